//! The form that edits a post.

use askama::Template;
use axum::http::StatusCode;

use crate::base::limit;
use crate::web::address;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::composing::draft;
use crate::web::composing::preview;
use crate::web::composing::preview::Preview;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::PostPath;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::writing::post;
use crate::web::writing::post::Post;
use crate::web::writing::post::not_yours;

document!(EditMutation, "src/web/writing/edit.graphql");

#[derive(Template)]
#[template(path = "writing/edit.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
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
pub async fn show(request: PageRequest, place: PostPath) -> PageResult {
    let post = post::find(&request, &place).await?;
    if !post.viewer.can_edit {
        return Err(not_yours(&request));
    }
    let draft = draft::find(&request, draft_of(&post)).await?;
    let frame = Frame::load(&request).await;
    let template = Page {
        form_errors: None,
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
fn base_of(post: &Post, draft: &draft::ResumedDraft) -> i64 {
    let all = post.revisions.edges.iter().map(|edge| &edge.node);
    let before = all.filter(|revision| revision.created_at <= draft.updated_at);
    before
        .map(|revision| revision.number)
        .max()
        .unwrap_or(post.revision)
}

/// The place of a draft of an edit.
fn draft_of(post: &Post) -> draft::DraftPlace {
    draft::DraftPlace {
        purpose: DraftPurpose::Edit,
        subject: Some(post.id.clone()),
        language: post.language,
    }
}

/// Saves the edit; if another person saved in the meantime, shows both versions.
pub async fn send(request: PageRequest, place: PostPath, fields: SubmittedForm) -> PageResult {
    let post = post::find(&request, &place).await?;
    if fields.given("preview").is_some() {
        let mut template = as_sent(&request, place, post, &fields).await;
        template.preview = preview::preview(&request, &fields)
            .await
            .unwrap_or_default();
        return Ok(response::page(&template, StatusCode::OK));
    }
    let (status, form_errors, conflict) = match save(&request, &post, &fields).await {
        Ok(()) => {
            draft::discard_sent(&request, draft_of(&post), &fields).await;
            let back = address::of_post(&place.thread, place.number);
            return Ok(response::redirect_sent(&back, &fields.key()));
        }
        Err(PageError::Conflict {
            message,
            revision,
            body,
        }) => {
            let form_errors = FormErrors::of("body", message);
            (
                StatusCode::CONFLICT.into(),
                form_errors,
                Some((revision, body)),
            )
        }
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            (status, form_errors, None)
        }
    };
    let mut template = as_sent(&request, place, post, &fields).await;
    template.form_errors = Some(form_errors);
    if let Some((revision, theirs)) = conflict {
        template.revision = revision;
        template.theirs = Some(theirs);
    }
    Ok(response::page(&template, status))
}

/// The form as it was submitted.
async fn as_sent(request: &PageRequest, place: PostPath, post: Post, fields: &Fields) -> Page {
    Page {
        frame: Frame::load(request).await,
        form_errors: None,
        key: fields.key(),
        body: fields.one("body"),
        language: language(&post, fields),
        preview: None,
        reason: fields.one("reason"),
        revision: revision(fields),
        theirs: None,
        drafted: None,
        draft_revision: draft::resumed_revision(fields, 0),
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
    Language::parse(&fields.one("language")).unwrap_or(post.language)
}

async fn save(request: &PageRequest, post: &Post, fields: &Fields) -> Result<(), PageError> {
    Check::of(request, fields)
        .text("body", request.web.config.limits.body_length)
        .still_written_in(&["body"])
        .optional_line("reason", limit::MAX_REASON)
        .finish()?;
    let variables = edit_mutation::Variables {
        input: edit_mutation::EditPostInput {
            post_id: post.id.clone(),
            revision: revision(fields),
            body: fields.one("body"),
            language: Some(language(post, fields)),
            reason: fields.given("reason"),
        },
    };
    execute::<EditMutation>(&request.web, &request.caller, variables).await?;
    Ok(())
}
