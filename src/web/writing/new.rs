//! The form that opens a thread.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Sent;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::client::payload;
use crate::web::composing;
use crate::web::composing::Kept;
use crate::web::composing::Place;
use crate::web::composing::Speaking;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::Capacity;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;
use crate::web::words::ThreadKind;
use crate::web::words::UUID;
use crate::web::words::Visibility;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/writing/open.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Capacity", "Language", "ThreadKind", "Visibility")
)]
struct OpenMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/writing/may.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language")
)]
struct MayQuery;

#[derive(Template)]
#[template(path = "writing/new.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    title: String,
    body: String,
    kind: Option<ThreadKind>,
    language: Language,
    visibility: Visibility,
    capacity: Capacity,
    mandates: Vec<Speaking>,
    mandate: String,
    facets: Vec<Facet>,
    preview: Option<composing::Preview>,
    /// When the draft that the form takes up was kept.
    drafted: Option<String>,
    draft_revision: i64,
}

fn place(fields: &Fields) -> Place {
    Place {
        purpose: DraftPurpose::Thread,
        subject: None,
        language: Language::read(&fields.one("language")).unwrap_or(Language::En),
    }
}

/// Shows the empty form.
pub async fn show(asked: Asked) -> Response {
    let fields = asked.query();
    match load(&asked, &fields, None).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

/// Opens the thread.
pub async fn send(asked: Asked, fields: Sent) -> Response {
    let key = fields.key();
    if fields.given("preview").is_some() {
        return match load(&asked, &fields, None).await {
            Ok(template) => forms::page(&template, StatusCode::OK),
            Err(error) => forms::refuse(&asked, error).await,
        };
    }
    let done = if fields.given("keep").is_some() {
        composing::keep(&asked, place(&fields), &fields, "/drafts").await
    } else {
        let opened = open(&asked, &fields, &key).await;
        opened.map(|id| forms::sent(&format!("/threads/{id}"), &key))
    };
    match done {
        Ok(response) => response,
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => match load(&asked, &fields, Some(trouble)).await {
                Ok(template) => forms::page(&template, status),
                Err(error) => forms::refuse(&asked, error).await,
            },
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

async fn load(asked: &Asked, fields: &Fields, trouble: Option<Trouble>) -> Result<Page, PageError> {
    let may = ask::<MayQuery>(&asked.web, &asked.caller, may_query::Variables {}).await?;
    if may.viewer.person.is_none() {
        return Err(forms::sign_in_first());
    }
    let draft = composing::draft(asked, place(fields)).await?;
    // What the form was sent with stands before what was kept of it.
    let is_sent = asked.sent.is_some();
    let draft_revision = draft.as_ref().map_or(0, |draft| draft.revision);
    let draft_revision = composing::meant(fields, draft_revision);
    let draft = draft.filter(|_| !is_sent);
    let choices = draft.as_ref().map(|draft| &draft.choices);
    let tags = |field: &str| match &draft {
        Some(draft) => draft.tags(field),
        None => fields.all(field),
    };
    let facets = concepts::facets(asked, tags).await?;
    let frame = Frame::load(asked).await;
    let drafted = |pick: fn(&Kept) -> &String, name: &str| match &draft {
        Some(draft) => pick(draft).clone(),
        None => fields.one(name),
    };
    Ok(Page {
        preview: composing::preview(asked, fields).await.unwrap_or_default(),
        mandates: composing::mandates(asked).await?,
        mandate: choices
            .and_then(|choices| choices.mandate_id.clone())
            .unwrap_or_else(|| fields.one("mandateId")),
        key: fields.next_key(trouble.as_ref()),
        trouble,
        title: drafted(|draft| &draft.title, "title"),
        body: drafted(|draft| &draft.body, "body"),
        kind: ThreadKind::read(&fields.one("kind")).or(choices.and_then(|choices| choices.kind)),
        language: Language::read(&fields.one("language"))
            .or(draft.as_ref().map(|draft| draft.language))
            .or(may.viewer.last_language)
            .unwrap_or(Language::of(asked.caller.language)),
        visibility: Visibility::read(&fields.one("visibility"))
            .or(choices.and_then(|choices| choices.visibility))
            .unwrap_or(Visibility::Public),
        capacity: Capacity::read(&fields.one("capacity"))
            .or(choices.and_then(|choices| choices.capacity))
            .unwrap_or(Capacity::Personal),
        facets,
        draft_revision,
        drafted: draft.map(|draft| frame.text.date(&draft.updated_at)),
        frame,
    })
}

async fn open(asked: &Asked, fields: &Fields, key: &str) -> Result<String, PageError> {
    let limits = &asked.web.config.limits;
    let has_tool_or_method = !fields.all("tools").is_empty() || !fields.all("methods").is_empty();
    Check::of(asked, fields)
        .choice("kind", ThreadKind::read)
        .line("title", limits.title_length)
        .text("body", limits.body_length)
        .written_in(&["title", "body"])
        .needs("tools", has_tool_or_method)
        .given("regions")
        .choice("visibility", Visibility::read)
        .choice("capacity", Capacity::read)
        .done()?;
    let variables = open_mutation::Variables {
        input: open_mutation::OpenThreadInput {
            key: key.to_string(),
            title: fields.one("title"),
            body: fields.one("body"),
            kind: forms::chosen(asked, fields, "kind", ThreadKind::read)?,
            language: forms::chosen(asked, fields, "language", Language::read)?,
            visibility: forms::chosen(asked, fields, "visibility", Visibility::read)?,
            tools: fields.all("tools"),
            methods: fields.all("methods"),
            regions: fields.all("regions"),
            capacity: forms::chosen(asked, fields, "capacity", Capacity::read)?,
            mandate_id: fields.given("mandateId"),
        },
    };
    let done = ask::<OpenMutation>(&asked.web, &asked.caller, variables).await?;
    composing::forget(asked, place(fields), fields).await;
    Ok(payload(done.open_thread, &asked.caller)?.thread.id)
}
