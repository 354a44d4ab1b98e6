//! One thread with its posts, and the form to reply.

use askama::Template;
use axum::Form;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation;
use crate::web::words::Act;
use crate::web::words::Capacity;
use crate::web::words::Language;
use crate::web::words::PostState;
use crate::web::words::Reason;
use crate::web::words::ThreadKind;
use crate::web::words::UUID;
use crate::web::words::Visibility;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/thread/thread.graphql",
    response_derives = "Debug, Clone",
    extern_enums(
        "Act",
        "Capacity",
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
    Router::new().route("/threads/{id}", get(show).post(reply))
}

#[derive(Template)]
#[template(path = "thread/thread.html")]
struct Page {
    frame: Frame,
    thread: thread_query::ThreadQueryThread,
    trouble: Option<Trouble>,
    key: String,
    body: String,
    language: Language,
    capacity: Capacity,
    /// The id of the post that is answered; empty for the thread.
    answering: String,
    earlier: Option<String>,
    later: Option<String>,
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

/// The page around a post's number (`?number=`), or from a cursor on.
async fn load(
    asked: &Asked,
    id: &str,
    fields: &Fields,
    trouble: Option<Trouble>,
) -> Result<Page, PageError> {
    let number: Option<i64> = fields.one("number").parse().ok();
    let from = number.map(|number| crate::base::page::encode(&(number - 1).max(0).to_string()));
    let before = fields.given("before");
    let window = if before.is_some() {
        (None, Some(25))
    } else {
        (Some(25), None)
    };
    let variables = thread_query::Variables {
        id: id.to_string(),
        first: window.0,
        last: window.1,
        after: from.or_else(|| fields.given("after")),
        before,
    };
    let found = ask::<ThreadQuery>(&asked.web, &asked.caller, variables).await?;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    if asked.caller.actor.person_id().is_some() {
        mark_read(asked, id, &thread).await;
    }
    let place = &thread.posts.page_info;
    let link = |name: &str, cursor: &Option<String>, there: bool| {
        let cursor = cursor.as_ref().filter(|_| there)?;
        Some(format!("/threads/{id}?{name}={cursor}"))
    };
    let first_shown = thread
        .posts
        .edges
        .first()
        .map_or(1, |edge| edge.node.number);
    let last_shown = thread.posts.edges.last().map_or(0, |edge| edge.node.number);
    let refusal = thread.viewer.reply_refusal.clone();
    let refusal = refusal.filter(|_| asked.caller.actor.person_id().is_some());
    let decides = thread.posts.edges.iter().any(|edge| {
        let viewer = &edge.node.viewer;
        !viewer.acts.is_empty() || !viewer.acts_to_propose.is_empty()
    });
    Ok(Page {
        refusal: refusal.map(|refusal| moderation::refusal_text(asked, refusal)),
        decides,
        frame: Frame::load(asked).await,
        earlier: link("before", &place.start_cursor, first_shown > 1),
        later: link("after", &place.end_cursor, last_shown < thread.last_number),
        key: fields.next_key(trouble.as_ref()),
        trouble,
        body: fields.one("body"),
        language: Language::read(&fields.one("language"))
            .unwrap_or(Language::of(asked.caller.language)),
        capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
        answering: fields
            .given("answer")
            .or_else(|| fields.given("inReplyToId"))
            .unwrap_or_default(),
        thread,
    })
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

async fn reply(
    asked: Asked,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let key = fields.key();
    match send(&asked, &id, &fields, &key).await {
        Ok(number) => forms::sent(
            &format!("/threads/{id}?number={}#post-{number}", start(number)),
            &key,
        ),
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => match load(&asked, &id, &fields, Some(trouble)).await {
                Ok(template) => forms::page(&template, status),
                Err(error) => forms::refuse(&asked, error).await,
            },
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

/// The first post of the page of 25 on which a post stands.
fn start(number: i64) -> i64 {
    (number - 1) / 25 * 25 + 1
}

async fn send(asked: &Asked, id: &str, fields: &Fields, key: &str) -> Result<i64, PageError> {
    let variables = reply_mutation::Variables {
        input: reply_mutation::ReplyInput {
            key: key.to_string(),
            thread_id: id.to_string(),
            in_reply_to_id: fields.given("inReplyToId"),
            body: fields.one("body"),
            language: Language::read(&fields.one("language")).unwrap_or(Language::En),
            capacity: Capacity::read(&fields.one("capacity")).unwrap_or(Capacity::Personal),
            mandate_id: None,
        },
    };
    let done = ask::<ReplyMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(done.reply.post.number)
}
