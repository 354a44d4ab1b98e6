//! Small parts of pages that are written as values: icons, the marks of delegations, times.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::web::assets;
use crate::web::text::Text;

/// An icon of the sprite. It stands beside a word, or in an element with a name of its own.
pub struct Icon {
    pub name: &'static str,
    /// Whether it points in the direction of reading, and turns around with it.
    pub turns: bool,
    /// Whether the page is without decoration.
    pub is_left_out: bool,
}

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_left_out {
            return Ok(());
        }
        let turns = if self.turns { " turns" } else { "" };
        let (assets, name) = (assets::prefix(), self.name);
        write!(
            f,
            "<svg class=\"icon{turns}\" aria-hidden=\"true\"><use href=\"{assets}/icons.svg#{name}\"/></svg>"
        )
    }
}

/// The most letters of a mark.
const LETTERS: usize = 5;
/// The number of tints.
const HUES: u32 = 8;

/// The mark of a delegation: letters on a tint of its own. `thread.js` makes the same one.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    letters: String,
    hue: u32,
    is_slim: bool,
}

impl Mark {
    /// The mark of a delegation by its slug and acronym.
    pub fn of(slug: &str, acronym: Option<&str>) -> Mark {
        let is_short = |word: &&str| word.chars().count() <= LETTERS;
        let words = slug.split('-').filter_map(|word| word.chars().next());
        let letters = match acronym.filter(is_short) {
            Some(acronym) => acronym.to_string(),
            None if is_short(&slug) => slug.to_uppercase(),
            None => words.take(LETTERS).collect::<String>().to_uppercase(),
        };
        let sum: u32 = slug.encode_utf16().map(u32::from).sum();
        Mark {
            letters,
            hue: match slug {
                SECRETARIAT => 0,
                _ => sum % HUES + 1,
            },
            is_slim: false,
        }
    }

    /// The same, as high as a line.
    pub fn slim(&self) -> Mark {
        Mark {
            is_slim: true,
            ..self.clone()
        }
    }
}

const SECRETARIAT: &str = "secretariat";

impl HtmlSafe for Mark {}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slim = if self.is_slim { " slim" } else { "" };
        let long = match self.letters.chars().count() > 3 {
            true => " long",
            false => "",
        };
        write!(
            f,
            "<span class=\"mark{slim}{long}\" data-slot=\"mark\" data-hue=\"{}\" aria-hidden=\"true\">",
            self.hue
        )?;
        write!(f, "{}</span>", escaped(&self.letters))
    }
}

/// A time: how long ago it was, and the exact one for those who look for it.
pub struct Time<'a> {
    pub text: &'a Text,
    pub at: &'a str,
    /// Whether it is written as short as possible.
    pub is_short: bool,
}

impl HtmlSafe for Time<'_> {}

impl fmt::Display for Time<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.is_short {
            true => self.text.ago_shortly(self.at),
            false => self.text.ago(self.at),
        };
        write!(
            f,
            "<time datetime=\"{}\" data-exact=\"{}\">{}</time>",
            escaped(self.at),
            escaped(&self.text.date(self.at)),
            escaped(&shown)
        )
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
