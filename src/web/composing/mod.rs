//! What the forms in which people write have in common: previews, drafts kept by the server, and for whom somebody speaks.

use askama::Template;
use axum::Form;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;
use serde_json::Map;
use serde_json::Value;

use crate::web::Asked;
use crate::web::Web;
use crate::web::account;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::frame::Frame;
use crate::web::text::Text;
use crate::web::words::Capacity;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;
use crate::web::words::PreviewNote;
use crate::web::words::ThreadKind;
use crate::web::words::Visibility;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("PreviewNote")
)]
struct PreviewQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone"
)]
struct MandatesQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "DraftPurpose", "Language", "ThreadKind", "Visibility")
)]
struct DraftQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("DraftPurpose", "Language")
)]
struct DraftsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "DraftPurpose", "Language", "ThreadKind", "Visibility")
)]
struct KeepMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/composing/composing.graphql",
    response_derives = "Debug, Clone",
    extern_enums("DraftPurpose", "Language")
)]
struct DiscardMutation;

/// A place as one of the documents takes it.
macro_rules! place_input {
    ($document:ident, $place:expr) => {{
        let place = $place;
        let subject = |id| match place.purpose {
            DraftPurpose::Reply => $document::DraftSubjectInput::ThreadId(id),
            DraftPurpose::Edit | DraftPurpose::Translation | DraftPurpose::Thread => {
                $document::DraftSubjectInput::PostId(id)
            }
        };
        $document::DraftPlaceInput {
            purpose: place.purpose,
            subject: place.subject.map(subject),
            subject_id: None,
            language: place.language,
        }
    }};
}

/// The routes of the list of drafts.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/drafts", get(show))
        .route("/drafts/discard", post(discard_one))
}

/// The words that the script which helps with writing puts into the page.
pub fn words(text: &Text) -> Map<String, Value> {
    let mut words = Map::new();
    for key in [
        "draft-kept-now",
        "draft-conflict",
        "news-line-lost",
        "preview-note-HTML_AS_TEXT",
        "preview-note-IMAGE_AS_LINK",
        "preview-note-ADDRESS_AS_TEXT",
        "outbox-waits",
    ] {
        words.insert(key.to_string(), text.t(key).into());
    }
    words
}

/// For whom somebody may speak: a mandate, and how it is called.
#[derive(Clone, Debug)]
pub struct Speaking {
    pub id: String,
    pub name: String,
}

/// The mandates under which the caller may write.
pub async fn mandates(asked: &Asked) -> Result<Vec<Speaking>, PageError> {
    let variables = mandates_query::Variables {};
    let found = ask::<MandatesQuery>(&asked.web, &asked.caller, variables).await?;
    let edges = found.viewer.mandates.edges.into_iter();
    Ok(edges
        .map(|edge| Speaking {
            name: format!("{} · {}", edge.node.delegation.name, edge.node.title),
            id: edge.node.id,
        })
        .collect())
}

/// A text as it would be shown, and what is shown otherwise than its writer may expect.
pub struct Preview {
    pub html: String,
    pub notes: Vec<PreviewNote>,
}

/// A text as it would be shown; nothing where there is none, and the refusal where it would be refused.
pub async fn preview(asked: &Asked, fields: &Fields) -> Result<Option<Preview>, PageError> {
    if fields.given("preview").is_none() {
        return Ok(None);
    }
    let variables = preview_query::Variables {
        body: fields.one("body"),
    };
    let found = ask::<PreviewQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(Some(Preview {
        html: found.preview,
        notes: found.preview_notes,
    }))
}

/// Where a draft belongs.
#[derive(Clone, Debug)]
pub struct Place {
    pub purpose: DraftPurpose,
    pub subject: Option<String>,
    pub language: Language,
}

/// A draft as a form takes it up.
#[derive(Clone, Debug)]
pub struct Kept {
    pub title: String,
    pub body: String,
    pub language: Language,
    pub updated_at: String,
    pub revision: i64,
    pub choices: draft_query::DraftQueryViewerDraftChoices,
}

impl Kept {
    /// The tags that were chosen in a facet: `tools`, `methods`, `regions`.
    pub fn tags(&self, field: &str) -> Vec<String> {
        let choices = &self.choices;
        match field {
            "tools" => slugs(&choices.tools.edges, |edge| &edge.node.slug),
            "methods" => slugs(&choices.methods.edges, |edge| &edge.node.slug),
            _ => slugs(&choices.regions.edges, |edge| &edge.node.slug),
        }
    }
}

fn slugs<E>(edges: &[E], slug: fn(&E) -> &String) -> Vec<String> {
    edges.iter().map(slug).cloned().collect()
}

/// The caller's draft in a place.
pub async fn draft(asked: &Asked, place: Place) -> Result<Option<Kept>, PageError> {
    let place = place_input!(draft_query, place);
    let variables = draft_query::Variables { place };
    let found = ask::<DraftQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.viewer.draft.map(|draft| Kept {
        title: draft.title,
        body: draft.body,
        language: draft.language,
        updated_at: draft.updated_at,
        revision: draft.revision,
        choices: draft.choices,
    }))
}

/// Which revision the caller's draft in a place has; 0 where there is none, and for a form that does without.
pub async fn revision(asked: &Asked, place: Place) -> i64 {
    let kept = draft(asked, place).await.unwrap_or_default();
    kept.map_or(0, |draft| draft.revision)
}

/// Keeps what a form says as the draft of its place, whatever was kept there before: its writer has said so.
pub async fn keep(asked: &Asked, place: Place, fields: &Fields) -> Result<(), PageError> {
    let before = draft(asked, place.clone()).await?;
    let place = place_input!(keep_mutation, place);
    let input = keep_mutation::KeepDraftInput {
        place,
        title: fields.one("title"),
        body: fields.one("body"),
        choices: Some(keep_mutation::DraftChoicesInput {
            kind: ThreadKind::read(&fields.one("kind")),
            visibility: Visibility::read(&fields.one("visibility")),
            capacity: Capacity::read(&fields.one("capacity")),
            mandate_id: fields.given("mandateId"),
            tools: Some(fields.all("tools")),
            methods: Some(fields.all("methods")),
            regions: Some(fields.all("regions")),
        }),
        revision: before.map_or(0, |before| before.revision),
    };
    let variables = keep_mutation::Variables { input };
    ask::<KeepMutation>(&asked.web, &asked.caller, variables)
        .await
        .map(drop)
}

/// Lets go of the draft of what has been sent. That it could not be is no reason to say that nothing was sent.
pub async fn forget(asked: &Asked, place: Place) {
    if let Err(error) = discard(asked, place).await {
        tracing::warn!(?error, "a draft that was sent could not be let go");
    }
}

async fn discard(asked: &Asked, place: Place) -> Result<(), PageError> {
    let place = place_input!(discard_mutation, place);
    let variables = discard_mutation::Variables { place };
    ask::<DiscardMutation>(&asked.web, &asked.caller, variables)
        .await
        .map(drop)
}

/// A draft in the list.
struct Entry {
    purpose: DraftPurpose,
    /// What names its place to the form that discards it.
    subject: String,
    language: Language,
    title: String,
    title_language: Language,
    /// Where it is taken up again; nowhere when its place can no longer be seen.
    address: Option<String>,
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

async fn show(asked: Asked) -> Response {
    match load(&asked).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn load(asked: &Asked) -> Result<Page, PageError> {
    let variables = drafts_query::Variables {
        after: asked.query().given("after"),
    };
    let found = ask::<DraftsQuery>(&asked.web, &asked.caller, variables).await?;
    if found.viewer.person.is_none() {
        return Err(forms::sign_in_first());
    }
    let place = found.viewer.drafts.page_info;
    let cursor = place.end_cursor.filter(|_| place.has_next_page);
    let edges = found.viewer.drafts.edges.into_iter();
    Ok(Page {
        frame: Frame::load(asked).await,
        entries: edges.map(|edge| entry(edge.node)).collect(),
        next: cursor.map(|cursor| format!("/drafts?after={cursor}")),
    })
}

fn entry(draft: drafts_query::DraftsQueryViewerDraftsEdgesNode) -> Entry {
    let mut entry = Entry {
        purpose: draft.purpose,
        subject: String::new(),
        language: draft.language,
        title: draft.title,
        title_language: draft.language,
        address: None,
        body: draft.body,
        updated_at: draft.updated_at,
    };
    match (draft.purpose, draft.thread, draft.post) {
        (DraftPurpose::Thread, ..) => entry.address = Some("/threads/new".to_string()),
        (DraftPurpose::Reply, Some(thread), _) => {
            entry.address = Some(format!("/threads/{}?last#reply", thread.id));
            entry.subject = thread.id;
            entry.title = thread.title;
            entry.title_language = thread.language;
        }
        (purpose, _, Some(post)) => {
            let act = match purpose {
                DraftPurpose::Translation => "translate",
                _ => "edit",
            };
            let (thread, number) = (&post.thread.id, post.number);
            let language = match purpose {
                DraftPurpose::Translation => format!("?into={}", draft.language.name()),
                _ => String::new(),
            };
            entry.address = Some(format!("/threads/{thread}/posts/{number}/{act}{language}"));
            entry.subject = post.id;
            entry.title = post.thread.title;
            entry.title_language = post.thread.language;
        }
        _ => {}
    }
    entry
}

async fn discard_one(asked: Asked, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let fields = Fields(fields);
    let Some(purpose) = DraftPurpose::read(&fields.one("purpose")) else {
        return forms::refuse(&asked, PageError::NotFound).await;
    };
    let place = Place {
        purpose,
        subject: fields.given("subjectId"),
        language: Language::read(&fields.one("language")).unwrap_or(Language::En),
    };
    match discard(&asked, place).await {
        Ok(()) => forms::see_other(&account::local(&match fields.one("next") {
            next if next.is_empty() => "/drafts".to_string(),
            next => next,
        })),
        Err(error) => forms::refuse(&asked, error).await,
    }
}
