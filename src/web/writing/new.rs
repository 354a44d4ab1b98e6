//! The form that opens a thread.

use askama::Template;
use axum::http::StatusCode;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::client::payload;
use crate::web::composing::draft;
use crate::web::composing::draft::Kept;
use crate::web::composing::draft::Place;
use crate::web::composing::keep;
use crate::web::composing::mandates;
use crate::web::composing::mandates::Speaking;
use crate::web::composing::preview;
use crate::web::composing::preview::Preview;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::words::Capacity;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;
use crate::web::words::ThreadKind;
use crate::web::words::Visibility;

document!(OpenMutation, "src/web/writing/open.graphql");
document!(MayQuery, "src/web/writing/may.graphql");

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
    preview: Option<Preview>,
    /// When the draft that the form resumes was saved.
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
pub async fn show(asked: Asked) -> PageResult {
    let template = load(&asked, &asked.query(), None).await?;
    Ok(response::page(&template, StatusCode::OK))
}

/// Opens the thread.
pub async fn send(asked: Asked, fields: Sent) -> PageResult {
    if fields.given("preview").is_some() {
        let template = load(&asked, &fields, None).await?;
        return Ok(response::page(&template, StatusCode::OK));
    }
    match keep_or_open(&asked, &fields).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            let template = load(&asked, &fields, Some(trouble)).await?;
            Ok(response::page(&template, status))
        }
    }
}

async fn keep_or_open(asked: &Asked, fields: &Fields) -> PageResult {
    if fields.given("keep").is_some() {
        return keep::keep_in(asked, place(fields), fields, "/drafts").await;
    }
    let key = fields.key();
    let id = open(asked, fields, &key).await?;
    Ok(response::sent(&format!("/threads/{id}"), &key))
}

async fn load(asked: &Asked, fields: &Fields, trouble: Option<Trouble>) -> Result<Page, PageError> {
    let may = ask::<MayQuery>(&asked.web, &asked.caller, may_query::Variables {}).await?;
    if may.viewer.person.is_none() {
        return Err(error::sign_in_first());
    }
    let draft = draft::find(asked, place(fields)).await?;
    // Submitted content takes precedence over the saved draft.
    let is_sent = asked.sent.is_some();
    let draft_revision = draft.as_ref().map_or(0, |draft| draft.revision);
    let draft_revision = draft::meant(fields, draft_revision);
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
        preview: preview::preview(asked, fields).await.unwrap_or_default(),
        mandates: mandates::mandates(asked).await?,
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
            kind: check::chosen(asked, fields, "kind", ThreadKind::read)?,
            language: check::chosen(asked, fields, "language", Language::read)?,
            visibility: check::chosen(asked, fields, "visibility", Visibility::read)?,
            tools: fields.all("tools"),
            methods: fields.all("methods"),
            regions: fields.all("regions"),
            capacity: check::chosen(asked, fields, "capacity", Capacity::read)?,
            mandate_id: fields.given("mandateId"),
        },
    };
    let done = ask::<OpenMutation>(&asked.web, &asked.caller, variables).await?;
    draft::forget(asked, place(fields), fields).await;
    Ok(payload(done.open_thread, &asked.caller)?.thread.id)
}
