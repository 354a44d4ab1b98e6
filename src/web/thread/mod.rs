//! One thread with its posts, and the form to reply.

pub mod shown;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Sent;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::composing;
use crate::web::composing::Place;
use crate::web::composing::Speaking;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation;
use crate::web::text::Text;
use crate::web::thread::shown::Shown;
use crate::web::thread::shown::Translated;
use crate::web::words::Act;
use crate::web::words::Capacity;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;
use crate::web::words::PostState;
use crate::web::words::Reason;
use crate::web::words::ThreadKind;
use crate::web::words::UUID;
use crate::web::words::Visibility;

type DateTime = String;

/// Posts on one page.
const SIZE: i64 = 25;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/thread.graphql",
    response_derives = "Debug, Clone",
    extern_enums(
        "Act",
        "Capacity",
        "DraftPurpose",
        "Language",
        "PostState",
        "Reason",
        "ThreadKind",
        "Visibility"
    )
)]
struct ThreadQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/follow.graphql",
    response_derives = "Debug, Clone"
)]
struct FollowMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/quote.graphql",
    response_derives = "Debug, Clone"
)]
struct QuoteQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/reply.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "Language")
)]
struct ReplyMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/read.graphql",
    response_derives = "Debug, Clone"
)]
struct ReadMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/place.graphql",
    response_derives = "Debug, Clone"
)]
struct PlaceQuery;

/// The routes of a thread's page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/threads/{id}", get(show).post(reply))
        .route("/threads/{id}/follow", post(follow))
}

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/merged.graphql",
    response_derives = "Debug, Clone"
)]
struct MergedQuery;

#[derive(Template)]
#[template(path = "thread/thread.html")]
struct Page {
    frame: Frame,
    thread: thread_query::ThreadQueryThread,
    posts: Vec<Shown>,
    /// What the template that scripts fill is rendered from.
    blank: Shown,
    /// The language in which the reader wants translations.
    reader: Language,
    /// The words that scripts put into the template.
    words: String,
    trouble: Option<Trouble>,
    key: String,
    body: String,
    preview: Option<composing::Preview>,
    language: Language,
    capacity: Capacity,
    mandates: Vec<Speaking>,
    mandate: String,
    /// The draft that the form takes up: when it was kept, and its text.
    drafted: Option<(String, String)>,
    draft_revision: i64,
    /// The thread for which the draft was kept that the form takes up, when that has gone into this one.
    draft_of: String,
    /// The id of the post that is answered; empty for the thread.
    answering: String,
    earlier: Option<String>,
    later: Option<String>,
    first_unread: Option<i64>,
    /// Why one cannot reply, for whoever has signed in.
    refusal: Option<String>,
    /// Whether there is a post here on which one decides.
    decides: bool,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Response {
    let fields = asked.query();
    if fields.given("number").is_some() {
        match moved(&asked, &id, &fields).await {
            Ok(None) => {}
            Ok(Some(address)) => return forms::see_other(&address),
            Err(error) => return forms::refuse(&asked, error).await,
        }
    }
    match load(&asked, &id, &fields, None).await {
        Ok(template) if template.thread.merged_into.is_some() => {
            match moved(&asked, &id, &fields).await {
                Ok(Some(address)) => forms::see_other(&address),
                Ok(None) => forms::page(&template, StatusCode::OK),
                Err(error) => forms::refuse(&asked, error).await,
            }
        }
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Where a link leads whose post, or whose whole thread, stands elsewhere since.
async fn moved(asked: &Asked, id: &str, fields: &Fields) -> Result<Option<String>, PageError> {
    let number: i64 = fields.one("number").parse().unwrap_or(1);
    let variables = place_query::Variables {
        id: id.to_string(),
        number,
    };
    let found = ask::<PlaceQuery>(&asked.web, &asked.caller, variables).await?;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    let post = thread.post.filter(|post| post.thread.id != id);
    Ok(post.map(|post| {
        let (thread, number) = (post.thread.id, post.number);
        format!("/threads/{thread}?number={number}#post-{number}")
    }))
}

/// Which posts a page shows: around a number (`?number=`), from a cursor on, or the last ones (`?last`).
fn window(fields: &Fields) -> (Option<i64>, Option<i64>, Option<String>) {
    let number: Option<i64> = fields.one("number").parse().ok();
    let from = number.map(|number| crate::base::page::encode(&(number - 1).max(0).to_string()));
    let is_last = fields.0.iter().any(|(name, _)| name == "last");
    if fields.given("before").is_some() || (is_last && from.is_none()) {
        (None, Some(SIZE), None)
    } else {
        (Some(SIZE), None, from.or_else(|| fields.given("after")))
    }
}

async fn load(
    asked: &Asked,
    id: &str,
    fields: &Fields,
    trouble: Option<Trouble>,
) -> Result<Page, PageError> {
    let reader = Language::of(asked.caller.language);
    let (first, last, after) = window(fields);
    let variables = thread_query::Variables {
        id: id.to_string(),
        reader,
        place: thread_query::DraftPlaceInput {
            purpose: DraftPurpose::Reply,
            subject: Some(thread_query::DraftSubjectInput::ThreadId(id.to_string())),
            subject_id: None,
            language: reader,
        },
        first,
        last,
        after,
        before: fields.given("before"),
    };
    let found = ask::<ThreadQuery>(&asked.web, &asked.caller, variables).await?;
    let last_language = found.viewer.last_language;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    let is_member = asked.caller.actor.person_id().is_some();
    let frame = Frame::load(asked).await;
    let posts: Vec<Shown> = thread
        .posts
        .edges
        .iter()
        .map(|edge| Shown::of(&edge.node, &frame.text, &frame.person))
        .collect();
    if is_member && !asked.caller.is_ahead {
        mark_read(asked, id, &thread).await;
    }
    let place = &thread.posts.page_info;
    let link = |name: &str, cursor: &Option<String>, there: bool| {
        let cursor = cursor.as_ref().filter(|_| there)?;
        Some(format!("/threads/{id}?{name}={cursor}"))
    };
    let (first_shown, last_shown) = (
        posts.first().map_or(1, |post| post.number),
        posts.last().map_or(0, |post| post.number),
    );
    let refusal = thread.viewer.reply_refusal.clone().filter(|_| is_member);
    let unread = thread.viewer.last_read_number + 1;
    let has_unread = thread.viewer.unread > 0 && thread.viewer.last_read_number > 0;
    let draft = found.viewer.draft;
    let draft_revision = draft.as_ref().map_or(0, |draft| draft.revision);
    let draft_revision = composing::meant(fields, draft_revision);
    let taken = match fields.given("draft").filter(|_| trouble.is_none()) {
        Some(id) => composing::taken(asked, &id).await?,
        None => None,
    };
    // What the form was sent with stands before what was kept of it.
    let draft = draft.filter(|_| fields.given("body").is_none() && trouble.is_none());
    let draft_revision = taken
        .as_ref()
        .map_or(draft_revision, |taken| taken.revision);
    let draft = draft.filter(|_| taken.is_none());
    let body = match (&draft, quoted(asked, id, fields).await?) {
        (Some(draft), quote) => format!("{}{}", quote.unwrap_or_default(), draft.body),
        (None, Some(quote)) => quote,
        (None, None) => match &taken {
            Some(taken) => taken.body.clone(),
            None => fields.one("body"),
        },
    };
    let mandates = found.viewer.mandates.edges.into_iter();
    Ok(Page {
        refusal: refusal.map(|refusal| match refusal {
            // Nobody has asked for anything yet: it says what the role does not allow.
            thread_query::Refusal::ROLE_MAY_NOT => frame.t("reply-role-may-not"),
            _ => moderation::refusal_text(asked, refusal),
        }),
        decides: posts.iter().any(|post| post.decides),
        blank: Shown {
            author_id: "-".to_string(),
            revision: 1,
            translated: Some(Translated::default()),
            ..Shown::default()
        },
        reader,
        words: words(&frame),
        earlier: link("before", &place.start_cursor, first_shown > 1),
        later: link("after", &place.end_cursor, last_shown < thread.last_number),
        first_unread: (has_unread && !(first_shown..=last_shown).contains(&unread))
            .then_some(unread),
        key: fields.next_key(trouble.as_ref()),
        body,
        preview: composing::preview(asked, fields).await.unwrap_or_default(),
        language: Language::read(&fields.one("language"))
            .or(draft.as_ref().map(|draft| draft.language))
            .or(taken.as_ref().map(|taken| taken.language))
            .or(last_language)
            .unwrap_or(thread.language),
        capacity: Capacity::read(&fields.one("capacity"))
            .or(draft.as_ref().and_then(|draft| draft.choices.capacity))
            .or(taken.as_ref().and_then(|taken| taken.capacity))
            .unwrap_or(Capacity::Personal),
        mandates: mandates
            .map(|edge| Speaking {
                name: format!("{} · {}", edge.node.delegation.name, edge.node.title),
                id: edge.node.id,
            })
            .collect(),
        mandate: fields
            .given("mandateId")
            .or_else(|| draft.as_ref()?.choices.mandate_id.clone())
            .or_else(|| taken.as_ref()?.mandate.clone())
            .unwrap_or_default(),
        draft_revision,
        draft_of: match &taken {
            Some(taken) => taken.thread.clone(),
            None => fields.one("draftOf"),
        },
        drafted: draft.map(|draft| (frame.text.date(&draft.updated_at), draft.body)),
        answering: fields
            .given("answer")
            .or_else(|| fields.given("inReplyToId"))
            .unwrap_or_default(),
        trouble,
        posts,
        frame,
        thread,
    })
}

/// The words that scripts put into the template of a post, and into what they tell.
fn words(frame: &Frame) -> String {
    let text = &frame.text;
    let mut words = composing::words(text);
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

/// The beginning of a reply that quotes a post (`?quote=`), as Markdown.
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
            shown::address(id, post.number),
            lines.collect::<String>()
        ))
    }))
}

/// Follows the thread, or no longer.
async fn follow(asked: Asked, Path(id): Path<String>, fields: Sent) -> Response {
    let variables = follow_mutation::Variables {
        id: id.clone(),
        follow: fields.one("follow") == "true",
    };
    match ask::<FollowMutation>(&asked.web, &asked.caller, variables).await {
        Ok(_) => forms::see_other(&format!("/threads/{id}")),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// What is shown has been read. A page is shown even when that cannot be noted.
async fn mark_read(asked: &Asked, id: &str, thread: &thread_query::ThreadQueryThread) {
    let shown = thread.posts.edges.last().map_or(0, |edge| edge.node.number);
    if shown <= thread.viewer.last_read_number {
        return;
    }
    let variables = read_mutation::Variables {
        id: id.to_string(),
        number: shown,
    };
    if let Err(error) = ask::<ReadMutation>(&asked.web, &asked.caller, variables).await {
        tracing::warn!(?error, "how far a thread was read could not be noted");
    }
}

async fn reply(asked: Asked, Path(id): Path<String>, fields: Sent) -> Response {
    let place = || Place {
        purpose: DraftPurpose::Reply,
        subject: Some(fields.given("draftOf").unwrap_or_else(|| id.clone())),
        language: Language::read(&fields.one("language")).unwrap_or(Language::En),
    };
    if fields.given("preview").is_some() {
        return match load(&asked, &id, &fields, None).await {
            Ok(template) => forms::page(&template, StatusCode::OK),
            Err(error) => forms::refuse(&asked, error).await,
        };
    }
    if fields.given("keep").is_some() {
        let next = match fields.given("draftOf") {
            Some(_) => "/drafts".to_string(),
            None => format!("/threads/{id}?last#reply"),
        };
        return match composing::keep(&asked, place(), &fields, &next).await {
            Ok(response) => response,
            Err(error) => refused(&asked, &id, &fields, error).await,
        };
    }
    let key = fields.key();
    match send(&asked, &id, &fields, &key).await {
        Ok(number) => {
            composing::forget(&asked, place(), &fields).await;
            let page = start(number);
            forms::sent(&format!("/threads/{id}?number={page}#post-{number}"), &key)
        }
        Err(error) => refused(&asked, &id, &fields, error).await,
    }
}

/// Where the posts of a merged thread went, through several merges.
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

/// A reply whose thread was merged meanwhile, in the form of the thread into which it went.
async fn elsewhere(asked: &Asked, id: &str, fields: &Fields, message: String) -> Response {
    let into = match merged_into(asked, id).await {
        Ok(Some(into)) => into,
        Ok(None) => return forms::refuse(asked, PageError::NotFound).await,
        Err(error) => return forms::refuse(asked, error).await,
    };
    let mut said = without_answer(fields);
    if fields.given("draftOf").is_none() {
        said.0.push(("draftOf".to_string(), id.to_string()));
    }
    let trouble = Trouble::of("", message);
    match load(asked, &into, &said, Some(trouble)).await {
        Ok(template) => forms::page(&template, StatusCode::CONFLICT),
        Err(error) => forms::refuse(asked, error).await,
    }
}

/// What a form said, without the post that it answers.
fn without_answer(fields: &Fields) -> Fields {
    let said = fields.0.iter().filter(|(name, _)| name != "inReplyToId");
    Fields(said.cloned().collect())
}

async fn refused(asked: &Asked, id: &str, fields: &Fields, error: PageError) -> Response {
    let text = Text::of_language(asked.caller.language);
    // Sent again, it stands for itself.
    if let PageError::Invalid { field, .. } = &error
        && field == "inReplyToId"
    {
        let trouble = Trouble::of("", text.t("reply-answered-gone"));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return match load(asked, id, &without_answer(fields), Some(trouble)).await {
            Ok(template) => forms::page(&template, status),
            Err(error) => forms::refuse(asked, error).await,
        };
    }
    if let PageError::Denied { reason, .. } = &error
        && reason == "THREAD_MERGED"
    {
        return elsewhere(asked, id, fields, text.t("reply-thread-merged")).await;
    }
    match forms::trouble(error) {
        Ok((status, trouble)) => match load(asked, id, fields, Some(trouble)).await {
            Ok(template) => forms::page(&template, status),
            Err(error) => forms::refuse(asked, error).await,
        },
        Err(error) => forms::refuse(asked, error).await,
    }
}

/// The first post of the page of 25 on which a post stands.
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
            language: forms::chosen(asked, fields, "language", Language::read)?,
            capacity: forms::chosen(asked, fields, "capacity", Capacity::read)?,
            mandate_id: fields.given("mandateId"),
        },
    };
    let done = ask::<ReplyMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(payload(done.reply, &asked.caller)?.post.number)
}
