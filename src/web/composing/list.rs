//! The list of one's own drafts.

use askama::Template;
use axum::http::StatusCode;

use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::response;

document!(DraftsQuery, "src/web/composing/composing.graphql");

/// A draft in the list.
struct Entry {
    id: String,
    revision: i64,
    purpose: DraftPurpose,
    language: Language,
    title: String,
    title_language: Language,
    /// The title that is part of the draft; empty if it has none.
    own_title: String,
    /// Where it is resumed; `None` when its place can no longer be seen.
    address: Option<String>,
    /// The whole text: a saved draft is never shortened.
    body: String,
    updated_at: String,
}

#[derive(Template)]
#[template(path = "composing/drafts.html")]
struct Page {
    frame: Frame,
    entries: Vec<Entry>,
    next: Option<String>,
}

/// Shows the list.
pub async fn show(request: PageRequest) -> PageResult {
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let variables = drafts_query::Variables {
        after: request.query().given("after"),
    };
    let found = execute::<DraftsQuery>(&request.web, &request.caller, variables).await?;
    if found.viewer.person.is_none() {
        return Err(error::sign_in_first());
    }
    let page_info = found.viewer.drafts.page_info;
    let cursor = page_info.end_cursor.filter(|_| page_info.has_next_page);
    let edges = found.viewer.drafts.edges.into_iter();
    Ok(Page {
        frame: Frame::load(request).await,
        entries: edges.map(|edge| entry(edge.node)).collect(),
        next: cursor.map(|cursor| format!("/drafts?after={cursor}")),
    })
}

fn entry(draft: drafts_query::DraftsQueryViewerDraftsEdgesNode) -> Entry {
    let mut entry = Entry {
        id: draft.id,
        revision: draft.revision,
        purpose: draft.purpose,
        language: draft.language,
        own_title: draft.title.clone(),
        title: draft.title,
        title_language: draft.language,
        address: None,
        body: draft.body,
        updated_at: draft.updated_at,
    };
    match (draft.purpose, draft.thread, draft.post) {
        (DraftPurpose::Thread, ..) => entry.address = Some("/threads/new".to_string()),
        (DraftPurpose::Reply, Some(thread), _) => {
            let next = thread.merged_into.as_ref();
            let last = next.and_then(|next| next.merged_into.as_ref());
            let end = last.and_then(|last| last.merged_into.as_ref());
            let into = end.map(|end| &end.id).or(last.map(|last| &last.id));
            let into = into.or(next.map(|next| &next.id));
            entry.address = Some(match into {
                Some(into) => format!("/threads/{into}?last&draft={}#reply", entry.id),
                None => format!("/threads/{}?last#reply", thread.id),
            });
            entry.title = thread.title;
            entry.title_language = thread.language;
        }
        (purpose, _, Some(post)) => {
            let (act, language) = if purpose == DraftPurpose::Translation {
                ("translate", format!("?into={}", draft.language.as_str()))
            } else {
                ("edit", String::new())
            };
            let (thread, number) = (&post.thread.id, post.number);
            entry.address = Some(format!("/threads/{thread}/posts/{number}/{act}{language}"));
            entry.title = post.thread.title;
            entry.title_language = post.thread.language;
        }
        _ => {}
    }
    entry
}
