//! Tables in plain text: a name, the forum's value, the reference's, and the ratio of the two.

use std::io::Write;

/// A table of columns, the first of them names.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one with these headings.
    pub fn new(heads: &[&str]) -> Table {
        Table {
            rows: vec![heads.iter().map(|head| (*head).to_string()).collect()],
        }
    }

    /// Adds a row of cells.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds a row that compares the forum with its reference.
    pub fn compare(&mut self, name: &str, forum: f64, bare: f64) {
        self.row([
            name.to_string(),
            number(forum),
            number(bare),
            ratio(forum, bare),
        ]);
    }

    /// Adds a row that has no reference.
    pub fn alone(&mut self, name: &str, forum: f64) {
        self.row([name.to_string(), number(forum)]);
    }

    /// Prints it with an empty line after it.
    pub fn print(&self) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|at| {
                let cells = self.rows.iter().filter_map(|row| row.get(at));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for row in &self.rows {
            let mut line = String::new();
            for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if at == 0 {
                    line.push_str(&format!("  {cell:<width$}"));
                } else {
                    line.push_str(&format!("  {cell:>width$}"));
                }
            }
            say(line.trim_end());
        }
        say("");
    }
}

/// A number with three significant digits, and a comma between thousands.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "-".to_string();
    }
    if size < 100.0 {
        let places = match size {
            size if size >= 10.0 => 1,
            size if size >= 1.0 => 2,
            size if size > 0.0 => 3,
            _ => 0,
        };
        return format!("{value:.places$}");
    }
    let digits = format!("{size:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 {
        text.insert(0, '-');
    }
    text
}

/// How many times the forum's value is the reference's.
pub fn ratio(forum: f64, bare: f64) -> String {
    let ratio = forum / bare;
    if ratio.is_finite() && bare > 0.0 {
        format!("{ratio:.2}")
    } else {
        "-".to_string()
    }
}

/// A line of the report. A closed output is ignored.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
