//! The initial contents of the reply form: submitted fields, a stored draft, or a quoted post.

use crate::web::address;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::composing::draft;
use crate::web::composing::draft::Taken;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;
use crate::web::post::face::thread_query;
use crate::web::request::Asked;
use crate::web::words::Capacity;
use crate::web::words::Language;

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
        asked: &Asked,
        thread: &str,
        fields: &Fields,
        draft: Option<Draft>,
        has_trouble: bool,
    ) -> Result<Form, PageError> {
        let taken = match fields.given("draft").filter(|_| !has_trouble) {
            Some(id) => draft::taken(asked, &id).await?,
            None => None,
        };
        let revision = draft.as_ref().map_or(0, |draft| draft.revision);
        let draft_revision = match &taken {
            Some(taken) => taken.revision,
            None => draft::meant(fields, revision),
        };
        let is_new = fields.given("body").is_none() && !has_trouble;
        let draft = draft.filter(|_| is_new && taken.is_none());
        let quote = quoted(asked, thread, fields).await?;
        Ok(Form {
            body: body(fields, draft.as_ref(), quote, taken.as_ref()),
            language: Language::read(&fields.one("language"))
                .or(draft.as_ref().map(|draft| draft.language))
                .or(taken.as_ref().map(|taken| taken.language)),
            capacity: Capacity::read(&fields.one("capacity"))
                .or(draft.as_ref().and_then(|draft| draft.choices.capacity))
                .or(taken.as_ref().and_then(|taken| taken.capacity))
                .unwrap_or(Capacity::Personal),
            mandate: fields
                .given("mandateId")
                .or_else(|| draft.as_ref()?.choices.mandate_id.clone())
                .or_else(|| taken.as_ref()?.mandate.clone())
                .unwrap_or_default(),
            drafted: draft.map(|draft| (draft.updated_at, draft.body)),
            draft_revision,
            draft_of: match taken {
                Some(taken) => taken.thread,
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
    taken: Option<&Taken>,
) -> String {
    match (draft, quote, taken) {
        (Some(draft), quote, _) => format!("{}{}", quote.unwrap_or_default(), draft.body),
        (None, Some(quote), _) => quote,
        (None, None, Some(taken)) => taken.body.clone(),
        (None, None, None) => fields.one("body"),
    }
}

/// The start of a reply that quotes a post (`?quote=`), as Markdown.
async fn quoted(asked: &Asked, id: &str, fields: &Fields) -> Result<Option<String>, PageError> {
    let Ok(number) = fields.one("quote").parse() else {
        return Ok(None);
    };
    let variables = quote_query::Variables {
        id: id.to_string(),
        number,
    };
    let found = ask::<QuoteQuery>(&asked.web, &asked.caller, variables).await?;
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
