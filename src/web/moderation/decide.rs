//! The form of a decision: on a post, on a thread, or undoing another.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;
use serde::Serialize;

use crate::base::message;
use crate::web::Asked;
use crate::web::Place;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::Act;
use crate::web::words::DateTime;
use crate::web::words::Language;
use crate::web::words::Reason;
use crate::web::words::UUID;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/post.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct DecidingPostQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/thread.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct DecidingThreadQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/decision.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act")
)]
struct DecidedQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/decide.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act", "Language", "Reason")
)]
struct DecideMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/undo.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language", "Reason")
)]
struct UndoMutation;

#[derive(Template)]
#[template(path = "moderation/decide.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    act: Act,
    action: String,
    back: String,
    subject: String,
    html: Option<String>,
    hidden: Option<String>,
    reason: Reason,
    explanation: String,
    language: Language,
    withhold: bool,
}

/// What a decision would be taken on.
struct Subject {
    act: Act,
    back: String,
    title: String,
    html: Option<String>,
    hidden: Option<String>,
}

async fn page(
    asked: &Asked,
    subject: Subject,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: StatusCode,
) -> Response {
    let template = Page {
        frame: Frame::load(asked).await,
        key: fields.next_key(trouble.as_ref()),
        trouble,
        act: subject.act,
        action: asked.uri.path().to_string(),
        back: subject.back,
        subject: subject.title,
        html: subject.html,
        hidden: subject.hidden,
        reason: Reason::read(&fields.one("reason")).unwrap_or(Reason::OffTopic),
        explanation: fields.one("explanation"),
        language: Language::read(&fields.one("language"))
            .unwrap_or(Language::of(asked.caller.language)),
        withhold: fields.given("withhold").is_some(),
    };
    forms::page(&template, status)
}

async fn show(asked: &Asked, found: Result<Subject, PageError>) -> Response {
    match found {
        Ok(subject) => {
            let fields = Fields(Vec::new());
            page(asked, subject, &fields, None, StatusCode::OK).await
        }
        Err(error) => forms::refuse(asked, error).await,
    }
}

/// Leads back after a decision; shows the form again with what can be corrected in it.
async fn answer(
    asked: &Asked,
    fields: &Fields,
    back: &str,
    taken: Result<(), PageError>,
    subject: impl AsyncFnOnce() -> Result<Subject, PageError>,
) -> Response {
    let error = match taken {
        Ok(()) => return forms::sent(back, &fields.key()),
        Err(error) => error,
    };
    match forms::trouble(error) {
        Ok((status, trouble)) => match subject().await {
            Ok(subject) => page(asked, subject, fields, Some(trouble), status).await,
            Err(error) => forms::refuse(asked, error).await,
        },
        Err(error) => forms::refuse(asked, error).await,
    }
}

/// The act that is open, or why none is.
fn open_act(
    asked: &Asked,
    acts: [(Act, bool); 2],
    refusal: Option<impl Serialize>,
) -> Result<Act, PageError> {
    let open = acts.into_iter().find(|(_, may)| *may);
    open.map(|(act, _)| act)
        .ok_or_else(|| denied(asked, refusal))
}

fn denied(asked: &Asked, refusal: Option<impl Serialize>) -> PageError {
    let reason = serde_json::to_value(refusal).unwrap_or_default();
    let reason = reason.as_str().unwrap_or("ALREADY_DECIDED").to_string();
    let key = format!("denied-{}", reason.to_lowercase().replace('_', "-"));
    PageError::Denied {
        message: message::text(asked.caller.language, &key),
        reason,
    }
}

async fn post(asked: &Asked, id: &str, number: i64) -> Result<Subject, PageError> {
    let variables = deciding_post_query::Variables {
        id: id.to_string(),
        number,
    };
    let found = ask::<DecidingPostQuery>(&asked.web, &asked.caller, variables).await?;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    let post = thread.post.ok_or(PageError::NotFound)?;
    let may = post.viewer;
    let acts = [
        (Act::HidePost, may.can_hide),
        (Act::RestorePost, may.can_restore),
    ];
    Ok(Subject {
        act: open_act(asked, acts, may.hide_refusal)?,
        back: format!("/threads/{id}?number={number}#post-{number}"),
        title: thread.title,
        html: post.body_html,
        hidden: may.hidden_body,
    })
}

async fn thread(asked: &Asked, id: &str) -> Result<Subject, PageError> {
    let variables = deciding_thread_query::Variables { id: id.to_string() };
    let found = ask::<DecidingThreadQuery>(&asked.web, &asked.caller, variables).await?;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    let may = thread.viewer;
    let acts = [
        (Act::LockThread, may.can_lock),
        (Act::UnlockThread, may.can_unlock),
    ];
    Ok(Subject {
        act: open_act(asked, acts, may.lock_refusal)?,
        back: format!("/threads/{id}"),
        title: thread.title,
        html: None,
        hidden: None,
    })
}

async fn decision(asked: &Asked, id: &str) -> Result<Subject, PageError> {
    let variables = decided_query::Variables { id: id.to_string() };
    let found = ask::<DecidedQuery>(&asked.web, &asked.caller, variables).await?;
    let Some(decided_query::DecidedQueryNode::Decision(decision)) = found.node else {
        return Err(PageError::NotFound);
    };
    if !decision.viewer.can_undo {
        return Err(denied(asked, decision.viewer.undo_refusal));
    }
    let act = decision.act;
    let frame = Frame::load(asked).await;
    Ok(Subject {
        act,
        back: format!("/ledger#decision-{}", decision.position),
        title: frame.text.n("ledger-undoes", decision.position),
        html: None,
        hidden: None,
    })
}

async fn take(asked: &Asked, fields: &Fields, target: String) -> Result<(), PageError> {
    let act = Act::read(&fields.one("act")).ok_or(PageError::NotFound)?;
    let variables = decide_mutation::Variables {
        input: decide_mutation::DecideInput {
            key: fields.key(),
            act,
            target_ids: vec![target],
            reason: Reason::read(&fields.one("reason")).unwrap_or(Reason::Other),
            explanation: fields.one("explanation"),
            language: Language::read(&fields.one("language")).unwrap_or(Language::En),
            withhold_explanation: fields.given("withhold").is_some(),
            until: None,
            body: None,
            seconds: None,
            change: None,
            case_id: None,
            into_thread_id: None,
        },
    };
    ask::<DecideMutation>(&asked.web, &asked.caller, variables)
        .await
        .map(drop)
}

/// The global id of a post by its place.
async fn post_id(asked: &Asked, id: &str, number: i64) -> Result<String, PageError> {
    let variables = deciding_post_query::Variables {
        id: id.to_string(),
        number,
    };
    let found = ask::<DecidingPostQuery>(&asked.web, &asked.caller, variables).await?;
    let post = found.thread.and_then(|thread| thread.post);
    post.map(|post| post.id).ok_or(PageError::NotFound)
}

/// Shows the form for a post.
pub async fn show_post(asked: Asked, Place { thread: id, number }: Place) -> Response {
    let found = post(&asked, &id, number).await;
    show(&asked, found).await
}

/// Decides on a post.
pub async fn send_post(
    asked: Asked,
    Place { thread: id, number }: Place,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let taken = match post_id(&asked, &id, number).await {
        Ok(target) => take(&asked, &fields, target).await,
        Err(error) => Err(error),
    };
    let back = format!("/threads/{id}?number={number}#post-{number}");
    let again = async || post(&asked, &id, number).await;
    answer(&asked, &fields, &back, taken, again).await
}

/// Shows the form for a thread.
pub async fn show_thread(asked: Asked, Path(id): Path<String>) -> Response {
    let found = thread(&asked, &id).await;
    show(&asked, found).await
}

/// Decides on a thread.
pub async fn send_thread(
    asked: Asked,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let taken = take(&asked, &fields, id.clone()).await;
    let again = async || thread(&asked, &id).await;
    answer(&asked, &fields, &format!("/threads/{id}"), taken, again).await
}

/// Shows the form that undoes a decision.
pub async fn show_undo(asked: Asked, Path(id): Path<String>) -> Response {
    let found = decision(&asked, &id).await;
    show(&asked, found).await
}

/// Undoes a decision.
pub async fn send_undo(
    asked: Asked,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let variables = undo_mutation::Variables {
        input: undo_mutation::UndoDecisionInput {
            key: fields.key(),
            decision_id: id.clone(),
            reason: Reason::read(&fields.one("reason")).unwrap_or(Reason::Other),
            explanation: fields.one("explanation"),
            language: Language::read(&fields.one("language")).unwrap_or(Language::En),
            withhold_explanation: fields.given("withhold").is_some(),
        },
    };
    let taken = ask::<UndoMutation>(&asked.web, &asked.caller, variables).await;
    let again = async || decision(&asked, &id).await;
    answer(&asked, &fields, "/ledger", taken.map(drop), again).await
}
