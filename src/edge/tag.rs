//! Entity tags, with which a client checks whether its copy is current.

use axum::http::HeaderMap;
use axum::http::header;

use crate::base::secret;

/// Returns the weak tag of a text. Different texts have different tags.
pub fn of(text: &str) -> String {
    let digest = secret::digest(text);
    let hex = digest.iter().take(12).map(|byte| format!("{byte:02x}"));
    format!("W/\"{}\"", hex.collect::<String>())
}

/// Whether a request says that its client has the content with this tag.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut values = given.filter_map(|value| value.to_str().ok());
    values.any(|value| {
        let mut tags = value.split(',').map(str::trim);
        tags.any(|each| each == tag || each == "*")
    })
}
