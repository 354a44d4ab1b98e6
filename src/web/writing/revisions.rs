//! The revisions of a post, each with what changed.

use std::time::Duration;

use askama::Template;
use axum::http::StatusCode;
use similar::ChangeTag;
use similar::TextDiff;

use crate::web::api_types::Language;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::PostPath;
use crate::web::response;
use crate::web::writing::post;
use crate::web::writing::post::Post;
use crate::web::writing::post::Revision;

#[derive(Template)]
#[template(path = "writing/revisions.html")]
struct Page {
    frame: Frame,
    id: String,
    post: Post,
    /// Each revision with what changed since the one before.
    revisions: Vec<(Revision, Changes)>,
}

/// What changed from one revision to the next; empty for the first.
#[derive(Default)]
struct Changes {
    text: Vec<Change>,
    /// The languages before and after, where they differ.
    languages: Option<(Language, Language)>,
}

/// A piece of a text compared with the one before.
enum Change {
    Same(String),
    Gone(String),
    New(String),
}

/// Maximum time for comparing two texts; what has not been compared by then is shown as removed and added.
const COMPARED: Duration = Duration::from_millis(50);

/// What changed from one text to the next, by words.
fn changes(before: &str, after: &str) -> Vec<Change> {
    let mut all = Vec::new();
    let diff = TextDiff::configure()
        .timeout(COMPARED)
        .diff_unicode_words(before, after);
    for change in diff.iter_all_changes() {
        let text = change.value().to_string();
        match (change.tag(), all.last_mut()) {
            (ChangeTag::Equal, Some(Change::Same(last)))
            | (ChangeTag::Delete, Some(Change::Gone(last)))
            | (ChangeTag::Insert, Some(Change::New(last))) => last.push_str(&text),
            (ChangeTag::Equal, _) => all.push(Change::Same(text)),
            (ChangeTag::Delete, _) => all.push(Change::Gone(text)),
            (ChangeTag::Insert, _) => all.push(Change::New(text)),
        }
    }
    all
}

/// What changed in the text, and from which language to which.
fn since(before: Option<&Revision>, after: &Revision) -> Changes {
    let Some(before) = before else {
        return Changes::default();
    };
    let text = match before.body == after.body {
        true => Vec::new(),
        false => changes(&before.body, &after.body),
    };
    let languages = (before.language, after.language);
    Changes {
        text,
        languages: (languages.0 != languages.1).then_some(languages),
    }
}

/// Shows every text that a post has had.
pub async fn show(request: PageRequest, place: PostPath) -> PageResult {
    let post = post::find(&request, &place).await?;
    let all = || post.revisions.edges.iter().map(|edge| &edge.node);
    let before = std::iter::once(None).chain(all().map(Some));
    let revisions = all()
        .zip(before)
        .map(|(revision, before)| (revision.clone(), since(before, revision)))
        .collect();
    let template = Page {
        frame: Frame::load(&request).await,
        id: place.thread,
        post,
        revisions,
    };
    Ok(response::page(&template, StatusCode::OK))
}
