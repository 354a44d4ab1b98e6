//! The texts that scripts insert into the template of a post, and into their messages.

use crate::web::composing::words;
use crate::web::frame::Frame;
use crate::web::words::Capacity;
use crate::web::words::PostState;
use crate::web::words::Reason;

/// The texts as JSON for the page.
pub fn of(frame: &Frame) -> String {
    let text = &frame.text;
    let mut words = words::words(text);
    for key in [
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
            capacity.name().to_string(),
            text.of("capacity", capacity.name()).into(),
        );
    }
    for state in [PostState::Waiting, PostState::Rejected] {
        words.insert(
            state.name().to_string(),
            text.of("post-state", state.name()).into(),
        );
    }
    for reason in Reason::ALL {
        let key = format!("reason-{}", reason.name());
        words.insert(key, text.of("decided-for", reason.name()).into());
    }
    serde_json::Value::Object(words).to_string()
}
