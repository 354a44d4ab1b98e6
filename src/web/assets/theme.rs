//! The style sheet of the operator's colour.

use crate::base::look::BLACK;
use crate::base::look::Colour;
use crate::base::look::WHITE;

/// The name of its file.
pub fn name(colour: Colour) -> String {
    format!("theme-{colour}.css")
}

/// Its content. Where people have asked for more contrast, the colour stays what they need.
pub fn sheet(colour: Colour) -> String {
    let rule = |colour: Colour| {
        let (low, quiet) = (colour.mixed(WHITE, 12), colour.quiet_letters());
        format!(":root{{--brand:#{colour};--brand-low:#{low};--on-brand-quiet:#{quiet}}}")
    };
    let (light, dark) = (rule(colour), rule(colour.mixed(BLACK, 25)));
    let usual = "(prefers-contrast:no-preference)";
    format!("@media {usual}{{{light}}}@media {usual} and (prefers-color-scheme:dark){{{dark}}}")
}
