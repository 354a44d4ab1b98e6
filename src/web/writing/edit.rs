//! The form that edits a post.

use askama::Template;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::address;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::composing::draft;
use crate::web::composing::preview;
use crate::web::composing::preview::Preview;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Place;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;
use crate::web::writing::post;
use crate::web::writing::post::Post;
use crate::web::writing::post::not_yours;

document!(EditMutation, "src/web/writing/edit.graphql");

#[derive(Template)]
#[template(path = "writing/edit.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    /// Identifies this text to the script that stores drafts.
    key: String,
    id: String,
    post: Post,
    body: String,
    language: Language,
    preview: Option<Preview>,
    reason: String,
    revision: i64,
    /// The other person's version of the text, if both changed it.
    theirs: Option<String>,
    /// When the draft that the form resumes was saved.
    drafted: Option<String>,
    draft_revision: i64,
}

/// Shows the form for editing a post's text.
pub async fn show(asked: Asked, place: Place) -> PageResult {
    let post = post::find(&asked, &place).await?;
    if !post.viewer.can_edit {
        return Err(not_yours(&asked));
    }
    let draft = draft::find(&asked, draft_of(&post)).await?;
    let frame = Frame::load(&asked).await;
    let template = Page {
        trouble: None,
        key: fields::new_key(),
        body: match &draft {
            Some(draft) => draft.body.clone(),
            None => post.body.clone().unwrap_or_default(),
        },
        language: post.language,
        preview: None,
        reason: String::new(),
        revision: draft
            .as_ref()
            .map_or(post.revision, |draft| base_of(&post, draft)),
        theirs: None,
        draft_revision: draft.as_ref().map_or(0, |draft| draft.revision),
        drafted: draft.map(|draft| frame.text.date(&draft.updated_at)),
        frame,
        id: place.thread,
        post,
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// The revision on which a draft is based: if it is saved after a later one, the result is a conflict.
fn base_of(post: &Post, draft: &draft::Kept) -> i64 {
    let all = post.revisions.edges.iter().map(|edge| &edge.node);
    let before = all.filter(|revision| revision.created_at <= draft.updated_at);
    before
        .map(|revision| revision.number)
        .max()
        .unwrap_or(post.revision)
}

/// The place of a draft of an edit.
fn draft_of(post: &Post) -> draft::Place {
    draft::Place {
        purpose: DraftPurpose::Edit,
        subject: Some(post.id.clone()),
        language: post.language,
    }
}

/// Saves the edit; if another person saved in the meantime, shows both versions.
pub async fn send(asked: Asked, place: Place, fields: Sent) -> PageResult {
    let post = post::find(&asked, &place).await?;
    if fields.given("preview").is_some() {
        let mut template = as_sent(&asked, place, post, &fields).await;
        template.preview = preview::preview(&asked, &fields).await.unwrap_or_default();
        return Ok(response::page(&template, StatusCode::OK));
    }
    let (status, trouble, conflict) = match save(&asked, &post, &fields).await {
        Ok(()) => {
            draft::forget(&asked, draft_of(&post), &fields).await;
            let back = address::of_post(&place.thread, place.number);
            return Ok(response::sent(&back, &fields.key()));
        }
        Err(PageError::Conflict {
            message,
            revision,
            body,
        }) => {
            let trouble = Trouble::of("body", message);
            (StatusCode::CONFLICT.into(), trouble, Some((revision, body)))
        }
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            (status, trouble, None)
        }
    };
    let mut template = as_sent(&asked, place, post, &fields).await;
    template.trouble = Some(trouble);
    if let Some((revision, theirs)) = conflict {
        template.revision = revision;
        template.theirs = Some(theirs);
    }
    Ok(response::page(&template, status))
}

/// The form as it was submitted.
async fn as_sent(asked: &Asked, place: Place, post: Post, fields: &Fields) -> Page {
    Page {
        frame: Frame::load(asked).await,
        trouble: None,
        key: fields.key(),
        body: fields.one("body"),
        language: language(&post, fields),
        preview: None,
        reason: fields.one("reason"),
        revision: revision(fields),
        theirs: None,
        drafted: None,
        draft_revision: draft::meant(fields, 0),
        id: place.thread,
        post,
    }
}

/// The revision that was edited.
fn revision(fields: &Fields) -> i64 {
    fields.one("revision").parse().unwrap_or(0)
}

/// The language of the text; a form without one leaves it unchanged.
fn language(post: &Post, fields: &Fields) -> Language {
    Language::read(&fields.one("language")).unwrap_or(post.language)
}

async fn save(asked: &Asked, post: &Post, fields: &Fields) -> Result<(), PageError> {
    Check::of(asked, fields)
        .text("body", asked.web.config.limits.body_length)
        .still_written_in(&["body"])
        .optional_line("reason", limit::REASON)
        .done()?;
    let variables = edit_mutation::Variables {
        input: edit_mutation::EditPostInput {
            post_id: post.id.clone(),
            revision: revision(fields),
            body: fields.one("body"),
            language: Some(language(post, fields)),
            reason: fields.given("reason"),
        },
    };
    ask::<EditMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(())
}
