//! What a process costs, and how figures are written.

use std::time::Duration;

/// What the kernel says of a process.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Processor time, of the process itself and of the kernel for it.
    pub cpu: Duration,
    /// Resident memory that belongs to it alone, in bytes.
    pub memory: u64,
}

/// Reads what a process has used so far.
pub fn usage(process: u32) -> Usage {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process");
    // The second field is the name in brackets, which may contain spaces.
    let (_, fields) = stat.rsplit_once(") ").expect("its name");
    let ticks: u64 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().expect("ticks"))
        .sum();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process");
    let kilobytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|value| value.parse().ok())
        .expect("its memory");
    Usage {
        // The kernel counts in hundredths of a second for user space, on every architecture (USER_HZ).
        cpu: Duration::from_millis(ticks * 10),
        memory: kilobytes * 1024,
    }
}

/// The value below which this share of the sorted values lies, in milliseconds.
pub fn percentile(sorted: &[Duration], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * share).round() as usize;
    sorted
        .get(at)
        .map_or(0.0, |value| value.as_secs_f64() * 1e3)
}

/// Prints a table: the first row is its head.
#[expect(clippy::print_stdout, reason = "the bench's result")]
pub fn table(title: &str, rows: &[Vec<String>]) {
    println!("\n{title}");
    let columns = rows.first().map_or(0, Vec::len);
    let width = |at: usize| rows.iter().map(|row| row[at].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:>width$}"))
            .collect();
        println!("  {}", cells.join("  "));
    }
}
