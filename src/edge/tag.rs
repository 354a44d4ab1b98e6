//! Tags of content, by which a client asks whether what it has is still what there is.

use axum::http::HeaderMap;
use axum::http::header;

use crate::base::secret;

/// The weak tag of a text: another text has another.
pub fn of(text: &str) -> String {
    let digest = secret::digest(text);
    let hex = digest.iter().take(12).map(|byte| format!("{byte:02x}"));
    format!("W/\"{}\"", hex.collect::<String>())
}

/// Whether a request says that its client has what bears this tag.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut values = given.filter_map(|value| value.to_str().ok());
    values.any(|value| {
        let mut tags = value.split(',').map(str::trim);
        tags.any(|each| each == tag || each == "*")
    })
}
