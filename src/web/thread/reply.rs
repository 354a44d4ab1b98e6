//! Replying to a thread.

use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::client::payload;
use crate::web::composing::draft;
use crate::web::composing::draft::Place;
use crate::web::composing::keep;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::text::Text;
use crate::web::thread::show::SIZE;
use crate::web::thread::show::load;
use crate::web::words::Capacity;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;

document!(ReplyMutation, "src/web/thread/reply.graphql");
document!(MergedQuery, "src/web/thread/merged.graphql");

/// Sends a reply, saves its draft, or shows a preview.
pub async fn reply(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    if fields.given("preview").is_some() {
        let template = load(&asked, &id, &fields, None).await?;
        return Ok(response::page(&template, StatusCode::OK));
    }
    match keep_or_send(&asked, &id, &fields).await {
        Ok(response) => Ok(response),
        Err(error) => refused(&asked, &id, &fields, error).await,
    }
}

async fn keep_or_send(asked: &Asked, id: &str, fields: &Fields) -> PageResult {
    let draft_of = fields.given("draftOf");
    let next = match draft_of {
        Some(_) => "/drafts".to_string(),
        None => format!("/threads/{id}?last#reply"),
    };
    let place = Place {
        purpose: DraftPurpose::Reply,
        subject: Some(draft_of.unwrap_or_else(|| id.to_string())),
        language: Language::read(&fields.one("language")).unwrap_or(Language::En),
    };
    if fields.given("keep").is_some() {
        return keep::keep_in(asked, place, fields, &next).await;
    }
    let key = fields.key();
    let number = send(asked, id, fields, &key).await?;
    draft::forget(asked, place, fields).await;
    let page = start(number);
    let address = format!("/threads/{id}?number={page}#post-{number}");
    Ok(response::sent(&address, &key))
}

/// The thread into which a merged thread's posts were moved, through several merges.
async fn merged_into(asked: &Asked, id: &str) -> Result<Option<String>, PageError> {
    let variables = merged_query::Variables { id: id.to_string() };
    let found = ask::<MergedQuery>(&asked.web, &asked.caller, variables).await?;
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
async fn elsewhere(asked: &Asked, id: &str, fields: &Fields, message: String) -> PageResult {
    let into = merged_into(asked, id).await?.ok_or(PageError::NotFound)?;
    let mut said = without_answer(fields);
    if fields.given("draftOf").is_none() {
        said.0.push(("draftOf".to_string(), id.to_string()));
    }
    let trouble = Trouble::of("", message);
    let template = load(asked, &into, &said, Some(trouble)).await?;
    Ok(response::page(&template, StatusCode::CONFLICT))
}

/// The contents of a form, without the post that it answers.
fn without_answer(fields: &Fields) -> Fields {
    let said = fields.0.iter().filter(|(name, _)| name != "inReplyToId");
    Fields(said.cloned().collect())
}

async fn refused(asked: &Asked, id: &str, fields: &Fields, error: PageError) -> PageResult {
    let text = Text::of_language(asked.caller.language);
    // Sent again, it is a reply to the thread as a whole.
    if let PageError::Invalid { field, .. } = &error
        && field == "inReplyToId"
    {
        let trouble = Trouble::of("", text.t("reply-answered-gone"));
        let template = load(asked, id, &without_answer(fields), Some(trouble)).await?;
        return Ok(response::page(&template, StatusCode::UNPROCESSABLE_ENTITY));
    }
    if let PageError::Denied { reason, .. } = &error
        && reason == "THREAD_MERGED"
    {
        return elsewhere(asked, id, fields, text.t("reply-thread-merged")).await;
    }
    let (status, trouble) = Trouble::from_error(error)?;
    let template = load(asked, id, fields, Some(trouble)).await?;
    Ok(response::page(&template, status))
}

/// The number of the first post on a post's page (25 per page).
fn start(number: i64) -> i64 {
    (number - 1) / SIZE * SIZE + 1
}

async fn send(asked: &Asked, id: &str, fields: &Fields, key: &str) -> Result<i64, PageError> {
    Check::of(asked, fields)
        .text("body", asked.web.config.limits.body_length)
        .written_in(&["body"])
        .choice("capacity", Capacity::read)
        .done()?;
    let variables = reply_mutation::Variables {
        input: reply_mutation::ReplyInput {
            key: key.to_string(),
            thread_id: id.to_string(),
            in_reply_to_id: fields.given("inReplyToId"),
            body: fields.one("body"),
            language: check::chosen(asked, fields, "language", Language::read)?,
            capacity: check::chosen(asked, fields, "capacity", Capacity::read)?,
            mandate_id: fields.given("mandateId"),
        },
    };
    let done = ask::<ReplyMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(payload(done.reply, &asked.caller)?.post.number)
}
