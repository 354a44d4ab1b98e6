//! The texts for the script that helps with writing.

use crate::web::text::Text;
use serde_json::Map;
use serde_json::Value;

/// The texts that the script which helps with writing inserts into the page.
pub fn editor_texts(text: &Text) -> Map<String, Value> {
    let mut words = Map::new();
    for key in [
        "draft-kept-now",
        "draft-conflict",
        "news-line-lost",
        "preview-note-HTML_AS_TEXT",
        "preview-note-IMAGE_AS_LINK",
        "preview-note-ADDRESS_AS_TEXT",
        "preview-note-CODE_LANGUAGE_NOT_SHOWN",
        "outbox-waits",
        "outbox-sending",
        "reply-sent",
    ] {
        words.insert(key.to_string(), text.t(key).into());
    }
    words
}
