//! The initial contents of the reply form: submitted fields, a stored draft, or a quoted post.

use crate::web::address;
use crate::web::api_types::Capacity;
use crate::web::api_types::Language;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::composing::draft;
use crate::web::composing::draft::MovedDraft;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;
use crate::web::post::view::thread_query;
use crate::web::request::PageRequest;

document!(QuoteQuery, "src/web/thread/quote.graphql");

type Draft = thread_query::ThreadQueryViewerDraft;

/// The initial contents of the form.
pub struct Form {
    pub body: String,
    pub language: Option<Language>,
    pub capacity: Capacity,
    pub mandate: String,
    /// The draft that it resumes: when it was saved, and its text.
    pub drafted: Option<(String, String)>,
    pub draft_revision: i64,
    /// The thread for which the resumed draft was saved, if that thread was merged into this one.
    pub draft_of: String,
    /// The id of the post that is answered; empty for the thread.
    pub answering: String,
}

impl Form {
    /// The form of a thread with the user's stored draft. Submitted fields take precedence over the draft.
    pub async fn begin(
        request: &PageRequest,
        thread: &str,
        fields: &Fields,
        draft: Option<Draft>,
        has_errors: bool,
    ) -> Result<Form, PageError> {
        let moved = match fields.given("draft").filter(|_| !has_errors) {
            Some(id) => draft::moved_draft(request, &id).await?,
            None => None,
        };
        let revision = draft.as_ref().map_or(0, |draft| draft.revision);
        let draft_revision = match &moved {
            Some(moved) => moved.revision,
            None => draft::resumed_revision(fields, revision),
        };
        let is_new = fields.given("body").is_none() && !has_errors;
        let draft = draft.filter(|_| is_new && moved.is_none());
        let quote = quoted(request, thread, fields).await?;
        Ok(Form {
            body: body(fields, draft.as_ref(), quote, moved.as_ref()),
            language: Language::parse(&fields.one("language"))
                .or(draft.as_ref().map(|draft| draft.language))
                .or(moved.as_ref().map(|moved| moved.language)),
            capacity: Capacity::parse(&fields.one("capacity"))
                .or(draft.as_ref().and_then(|draft| draft.choices.capacity))
                .or(moved.as_ref().and_then(|moved| moved.capacity))
                .unwrap_or(Capacity::Personal),
            mandate: fields
                .given("mandateId")
                .or_else(|| draft.as_ref()?.choices.mandate_id.clone())
                .or_else(|| moved.as_ref()?.mandate.clone())
                .unwrap_or_default(),
            drafted: draft.map(|draft| (draft.updated_at, draft.body)),
            draft_revision,
            draft_of: match moved {
                Some(moved) => moved.thread,
                None => fields.one("draftOf"),
            },
            answering: fields
                .given("answer")
                .or_else(|| fields.given("inReplyToId"))
                .unwrap_or_default(),
        })
    }
}

/// The text: the draft after what it quotes, what was taken up, or what was sent.
fn body(
    fields: &Fields,
    draft: Option<&Draft>,
    quote: Option<String>,
    moved: Option<&MovedDraft>,
) -> String {
    match (draft, quote, moved) {
        (Some(draft), quote, _) => format!("{}{}", quote.unwrap_or_default(), draft.body),
        (None, Some(quote), _) => quote,
        (None, None, Some(moved)) => moved.body.clone(),
        (None, None, None) => fields.one("body"),
    }
}

/// The start of a reply that quotes a post (`?quote=`), as Markdown.
async fn quoted(
    request: &PageRequest,
    id: &str,
    fields: &Fields,
) -> Result<Option<String>, PageError> {
    let Ok(number) = fields.one("quote").parse() else {
        return Ok(None);
    };
    let variables = quote_query::Variables {
        id: id.to_string(),
        number,
    };
    let found = execute::<QuoteQuery>(&request.web, &request.caller, variables).await?;
    let post = found.thread.and_then(|thread| thread.post);
    Ok(post.and_then(|post| {
        let body = post.body?;
        let lines = body.lines().map(|line| format!("> {line}\n"));
        Some(format!(
            "{} ([{}]({})):\n\n{}\n",
            post.author_name,
            post.number,
            address::of_post(id, post.number),
            lines.collect::<String>()
        ))
    }))
}
