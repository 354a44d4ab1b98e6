//! The style sheets use no left and no right, so that a page mirrors with its language.

use std::fs;
use std::path::Path;

/// The words in properties and values that name a side or a physical dimension.
const SIDES: [&str; 6] = ["left", "right", "width", "height", "top", "bottom"];

/// Properties whose names contain such a word but apply to all sides.
const EVEN: [&str; 2] = ["border-width", "line-height"];

#[test]
fn the_style_names_no_side_of_the_window() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/assets/css");
    let sheets = fs::read_dir(folder).expect("the style sheets");
    let sheets = sheets.map(|sheet| fs::read_to_string(sheet.expect("a sheet").path()));
    let sheet: String = sheets.map(|sheet| sheet.expect("its text")).collect();
    let declarations = declarations(&sheet);
    assert!(declarations.len() > 1000, "{declarations:?}");
    for (property, value) in declarations {
        let mut words = property.split('-').chain(value.split([' ', ',']));
        let is_side = words.any(|word| SIDES.contains(&word)) && !EVEN.contains(&property);
        // Of four values the second is the right side, the fourth the left one.
        let is_short = ["margin", "padding", "inset"].contains(&property);
        let is_uneven = is_short && value.split(' ').count() == 4;
        assert!(!is_side && !is_uneven, "{property}: {value}");
    }
}

/// Each property with its value, without selectors and media queries.
fn declarations(sheet: &str) -> Vec<(&str, &str)> {
    let blocks = sheet.split('{').skip(1);
    let inside = blocks.filter_map(|block| block.split('}').next());
    inside
        .flat_map(|block| block.split(';'))
        .filter_map(|each| each.split_once(':'))
        .map(|(property, value)| (property.trim(), value.trim()))
        .filter(|(property, _)| property.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        .collect()
}
