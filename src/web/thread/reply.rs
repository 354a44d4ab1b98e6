//! Replying to a thread.

use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::api_types::Capacity;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::composing::draft;
use crate::web::composing::draft::DraftPlace;
use crate::web::composing::save;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::text::Text;
use crate::web::thread::show::SIZE;
use crate::web::thread::show::load;

document!(ReplyMutation, "src/web/thread/reply.graphql");
document!(MergedQuery, "src/web/thread/merged.graphql");

/// Sends a reply, saves its draft, or shows a preview.
pub async fn reply(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    if fields.given("preview").is_some() {
        let template = load(&request, &id, &fields, None).await?;
        return Ok(response::page(&template, StatusCode::OK));
    }
    match save_or_send(&request, &id, &fields).await {
        Ok(response) => Ok(response),
        Err(error) => refused(&request, &id, &fields, error).await,
    }
}

async fn save_or_send(request: &PageRequest, id: &str, fields: &Fields) -> PageResult {
    let draft_of = fields.given("draftOf");
    let next = match draft_of {
        Some(_) => "/drafts".to_string(),
        None => format!("/threads/{id}?last#reply"),
    };
    let place = DraftPlace {
        purpose: DraftPurpose::Reply,
        subject: Some(draft_of.unwrap_or_else(|| id.to_string())),
        language: Language::parse(&fields.one("language")).unwrap_or(Language::En),
    };
    if fields.given("keep").is_some() {
        return save::save_in(request, place, fields, &next).await;
    }
    let key = fields.key();
    let number = send(request, id, fields, &key).await?;
    draft::discard_sent(request, place, fields).await;
    let page = start(number);
    let address = format!("/threads/{id}?number={page}#post-{number}");
    Ok(response::redirect_sent(&address, &key))
}

/// The thread into which a merged thread's posts were moved, through several merges.
async fn merged_into(request: &PageRequest, id: &str) -> Result<Option<String>, PageError> {
    let variables = merged_query::Variables { id: id.to_string() };
    let found = execute::<MergedQuery>(&request.web, &request.caller, variables).await?;
    let first = found.thread.and_then(|thread| thread.merged_into);
    Ok(first.map(|first| match first.merged_into {
        Some(second) => match second.merged_into {
            Some(third) => third.id,
            None => second.id,
        },
        None => first.id,
    }))
}

/// Shows a reply whose thread was merged in the meantime, in the form of the thread into which it was merged.
async fn elsewhere(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
    message: String,
) -> PageResult {
    let into = merged_into(request, id).await?.ok_or(PageError::NotFound)?;
    let mut remaining = without_answer(fields);
    if fields.given("draftOf").is_none() {
        remaining.0.push(("draftOf".to_string(), id.to_string()));
    }
    let form_errors = FormErrors::of("", message);
    let template = load(request, &into, &remaining, Some(form_errors)).await?;
    Ok(response::page(&template, StatusCode::CONFLICT))
}

/// The contents of a form, without the post that it answers.
fn without_answer(fields: &Fields) -> Fields {
    let remaining = fields.0.iter().filter(|(name, _)| name != "inReplyToId");
    Fields(remaining.cloned().collect())
}

async fn refused(request: &PageRequest, id: &str, fields: &Fields, error: PageError) -> PageResult {
    let text = Text::of_language(request.caller.language);
    // Sent again, it is a reply to the thread as a whole.
    if let PageError::Invalid { field, .. } = &error
        && field == "inReplyToId"
    {
        let form_errors = FormErrors::of("", text.t("reply-answered-gone"));
        let template = load(request, id, &without_answer(fields), Some(form_errors)).await?;
        return Ok(response::page(&template, StatusCode::UNPROCESSABLE_ENTITY));
    }
    if let PageError::Denied { reason, .. } = &error
        && reason == "THREAD_MERGED"
    {
        return elsewhere(request, id, fields, text.t("reply-thread-merged")).await;
    }
    let (status, form_errors) = FormErrors::from_error(error)?;
    let template = load(request, id, fields, Some(form_errors)).await?;
    Ok(response::page(&template, status))
}

/// The number of the first post on a post's page (25 per page).
fn start(number: i64) -> i64 {
    (number - 1) / SIZE * SIZE + 1
}

async fn send(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
    key: &str,
) -> Result<i64, PageError> {
    Check::of(request, fields)
        .text("body", request.web.config.limits.body_length)
        .written_in(&["body"])
        .choice("capacity", Capacity::parse)
        .finish()?;
    let variables = reply_mutation::Variables {
        input: reply_mutation::ReplyInput {
            key: key.to_string(),
            thread_id: id.to_string(),
            in_reply_to_id: fields.given("inReplyToId"),
            body: fields.one("body"),
            language: check::require_choice(request, fields, "language", Language::parse)?,
            capacity: check::require_choice(request, fields, "capacity", Capacity::parse)?,
            mandate_id: fields.given("mandateId"),
        },
    };
    let done = execute::<ReplyMutation>(&request.web, &request.caller, variables).await?;
    Ok(payload(done.reply, &request.caller)?.post.number)
}
