//! Entity tags, with which a client checks whether its copy is current.

use axum::http::HeaderValue;

use crate::base::secret;

/// Returns the weak tag of a text. Different texts have different tags.
pub fn of(content: &[u8]) -> HeaderValue {
    let digest = secret::digest(content);
    let hex = digest.iter().take(12).map(|byte| format!("{byte:02x}"));
    let tag = format!("W/\"{}\"", hex.collect::<String>());
    // Hexadecimal digits are valid in a header.
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// Whether the values of `If-None-Match` say that the client has the content with this tag.
pub fn is_among(given: &[HeaderValue], tag: &HeaderValue) -> bool {
    let mut values = given.iter().filter_map(|value| value.to_str().ok());
    values.any(|value| {
        let mut tags = value.split(',').map(str::trim);
        tags.any(|each| each.as_bytes() == tag.as_bytes() || each == "*")
    })
}
