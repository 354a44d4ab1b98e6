//! Days and numbers as people type them: in the digits of any script, of any width, with spaces or marks of direction around.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

use crate::base::letters;

/// The text with its digits in ASCII, without what stands around it unseen.
pub fn plain(typed: &str) -> String {
    let usual = letters::without_ignorable(&letters::usual(typed));
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

/// The value of a decimal digit. Unicode keeps the ten of each script together, from zero to nine, and so each of them stands
/// a whole number of tens after the first digit before which there is none.
fn value(c: char) -> Option<u32> {
    let is_digit = |point: &u32| {
        CodePointMapData::<GeneralCategory>::new().get32(*point) == GeneralCategory::DecimalNumber
    };
    let point = u32::from(c);
    let before = (0..point).rev().take_while(is_digit).count();
    is_digit(&point).then(|| u32::try_from(before % 10).unwrap_or(0))
}
