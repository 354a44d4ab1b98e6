//! Days and numbers as people type them: in the digits of any script, of any width, surrounded by spaces or direction
//! marks.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

use crate::base::letters;

/// Returns the text with ASCII digits, without the invisible characters around it.
pub fn to_ascii(typed: &str) -> String {
    let usual = letters::without_ignorable(&letters::normalized(typed));
    usual
        .trim()
        .chars()
        .map(|c| {
            value(c)
                .and_then(|value| char::from_digit(value, 10))
                .unwrap_or(c)
        })
        .collect()
}

/// Returns the value of a decimal digit. Unicode keeps the ten digits of each script together, from zero to nine. Each
/// set of ten therefore starts a multiple of ten after the first digit of an unbroken run.
fn value(c: char) -> Option<u32> {
    let is_digit = |point: &u32| {
        CodePointMapData::<GeneralCategory>::new().get32(*point) == GeneralCategory::DecimalNumber
    };
    let point = u32::from(c);
    let before = (0..point).rev().take_while(is_digit).count();
    is_digit(&point).then(|| u32::try_from(before % 10).unwrap_or(0))
}
