//! What an operator gives the pages: a colour, on which white and gold letters must be readable, and a logo.

use std::fmt;
use std::fs;
use std::sync::Arc;

use crate::base::secret;

/// A colour of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// White.
pub const WHITE: Colour = Colour {
    red: 255,
    green: 255,
    blue: 255,
};
/// Black.
pub const BLACK: Colour = Colour {
    red: 0,
    green: 0,
    blue: 0,
};
/// The gold of the mark, of the current place and of the bell.
const GOLD: Colour = Colour {
    red: 0xf2,
    green: 0xc1,
    blue: 0x4e,
};
/// The contrasts that WCAG 2.2 requires of text and of signs.
const TEXT: f64 = 4.5;
const SIGN: f64 = 3.0;

impl Colour {
    /// Parses `#0b3558`; the sign may be missing.
    pub fn parse(given: &str) -> Option<Colour> {
        let digits = given.strip_prefix('#').unwrap_or(given);
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Colour {
            red: part(0)?,
            green: part(2)?,
            blue: part(4)?,
        })
    }

    /// This colour with so many per cent of another.
    pub fn mixed(self, other: Colour, percent: u16) -> Colour {
        let mix = |one: u8, other: u8| {
            let sum = u16::from(one) * (100 - percent) + u16::from(other) * percent;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Colour {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// The contrast of two colours: 1 if they are equal, 21 between black and white.
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            match part <= 0.04045 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// The letters beside the main ones on this ground.
    pub fn quiet_letters(self) -> Colour {
        WHITE.mixed(self, 18)
    }
}

/// Parses the colour of the bar at the top of each page.
///
/// # Errors
/// If it is no colour, or if what is written on it could not be read; with the contrast that it has.
pub fn colour(given: &str) -> Result<Colour, String> {
    let colour = Colour::parse(given.trim())
        .ok_or("it must be written like #0b3558: six hexadecimal digits")?;
    let pairs = [
        ("white letters", WHITE, TEXT),
        ("the paler letters", colour.quiet_letters(), TEXT),
        ("the gold signs", GOLD, SIGN),
    ];
    for (what, on_it, least) in pairs {
        let contrast = colour.contrast(on_it);
        if contrast < least {
            return Err(format!(
                "{what} on it have a contrast of {contrast:.1} : 1, and {least} : 1 is the least with which people can read \
                 them; choose a darker colour"
            ));
        }
    }
    Ok(colour)
}

/// The operator's logo.
#[derive(Clone, Debug)]
pub struct Logo {
    /// The name of the file, which is another for each content.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// The content.
    pub bytes: Arc<[u8]>,
}

/// The largest logo, in bytes: everybody loads it.
const MAX_LOGO: usize = 20_000;

/// Reads a logo: an SVG or PNG file.
///
/// # Errors
/// If the file cannot be read, is of another kind, or is too large.
pub fn logo(path: &str) -> Result<Logo, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    if bytes.len() > MAX_LOGO {
        let length = bytes.len();
        return Err(format!(
            "the file has {length} bytes, and {MAX_LOGO} are the most: everybody who visits the forum loads it"
        ));
    }
    let text = str::from_utf8(&bytes).unwrap_or_default().trim_start();
    let is_svg = text.starts_with("<svg") || text.starts_with("<?xml") && text.contains("<svg");
    let (media, end) = match (bytes.starts_with(b"\x89PNG\r\n\x1a\n"), is_svg) {
        (true, _) => ("image/png", "png"),
        (false, true) => ("image/svg+xml", "svg"),
        (false, false) => return Err("it must be an SVG or PNG file".to_string()),
    };
    let digest = secret::digest(&bytes);
    let version: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(Logo {
        name: format!("logo-{version}.{end}"),
        media,
        bytes: bytes.into(),
    })
}

/// Parses the description: one sentence.
///
/// # Errors
/// If it is empty or too long.
pub fn description(given: &str) -> Result<String, String> {
    const MAX: usize = 200;
    let description = given.split_whitespace().collect::<Vec<_>>().join(" ");
    match description.chars().count() {
        1..=MAX => Ok(description),
        0 => Err("it is empty".to_string()),
        count => Err(format!(
            "it has {count} characters, and {MAX} are the most: one sentence"
        )),
    }
}
