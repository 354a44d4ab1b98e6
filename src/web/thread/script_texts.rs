//! The texts that scripts insert into the template of a post, and into their messages.

use crate::web::api_types::Capacity;
use crate::web::api_types::PostState;
use crate::web::api_types::Reason;
use crate::web::composing::script_texts;
use crate::web::frame::Frame;

/// The texts as JSON for the page.
pub fn of(frame: &Frame) -> String {
    let text = &frame.text;
    let mut words = script_texts::editor_texts(text);
    for key in [
        "comma",
        "news-replies-one",
        "news-replies-other",
        "news-reply-by",
        "news-hidden",
        "post-withdrawn",
        "post-hidden",
        "post-erased",
        "post-moved",
        "presence-one",
        "presence-other",
        "presence-writing",
    ] {
        words.insert(key.to_string(), text.t(key).into());
    }
    for (key, name) in [
        ("post-number", "count"),
        ("post-answers", "count"),
        ("post-revision", "count"),
        ("translation-by", "value"),
    ] {
        words.insert(key.to_string(), text.open(key, name).into());
    }
    for capacity in Capacity::ALL {
        words.insert(
            capacity.as_str().to_string(),
            text.of("capacity", capacity.as_str()).into(),
        );
    }
    for state in [PostState::Waiting, PostState::Rejected] {
        words.insert(
            state.as_str().to_string(),
            text.of("post-state", state.as_str()).into(),
        );
    }
    for reason in Reason::ALL {
        let key = format!("reason-{}", reason.as_str());
        words.insert(key, text.of("decided-for", reason.as_str()).into());
    }
    serde_json::Value::Object(words).to_string()
}
