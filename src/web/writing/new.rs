//! The form that opens a thread.

use askama::Template;
use axum::http::StatusCode;

use crate::web::api_types::Capacity;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::client::payload;
use crate::web::composing::draft;
use crate::web::composing::draft::DraftPlace;
use crate::web::composing::draft::ResumedDraft;
use crate::web::composing::mandates;
use crate::web::composing::mandates::MandateChoice;
use crate::web::composing::preview;
use crate::web::composing::preview::Preview;
use crate::web::composing::save;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

document!(OpenMutation, "src/web/writing/open.graphql");
document!(MayQuery, "src/web/writing/may.graphql");

#[derive(Template)]
#[template(path = "writing/new.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    key: String,
    title: String,
    body: String,
    kind: Option<ThreadKind>,
    language: Language,
    visibility: Visibility,
    capacity: Capacity,
    mandates: Vec<MandateChoice>,
    mandate: String,
    facets: Vec<Facet>,
    preview: Option<Preview>,
    /// When the draft that the form resumes was saved.
    drafted: Option<String>,
    draft_revision: i64,
}

fn place(fields: &Fields) -> DraftPlace {
    DraftPlace {
        purpose: DraftPurpose::Thread,
        subject: None,
        language: Language::parse(&fields.one("language")).unwrap_or(Language::En),
    }
}

/// Shows the empty form.
pub async fn show(request: PageRequest) -> PageResult {
    let template = load(&request, &request.query(), None).await?;
    Ok(response::page(&template, StatusCode::OK))
}

/// Opens the thread.
pub async fn send(request: PageRequest, fields: SubmittedForm) -> PageResult {
    if fields.given("preview").is_some() {
        let template = load(&request, &fields, None).await?;
        return Ok(response::page(&template, StatusCode::OK));
    }
    match save_or_open(&request, &fields).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            let template = load(&request, &fields, Some(form_errors)).await?;
            Ok(response::page(&template, status))
        }
    }
}

async fn save_or_open(request: &PageRequest, fields: &Fields) -> PageResult {
    if fields.given("keep").is_some() {
        return save::save_in(request, place(fields), fields, "/drafts").await;
    }
    let key = fields.key();
    let id = open(request, fields, &key).await?;
    Ok(response::redirect_sent(&format!("/threads/{id}"), &key))
}

async fn load(
    request: &PageRequest,
    fields: &Fields,
    form_errors: Option<FormErrors>,
) -> Result<Page, PageError> {
    let may = execute::<MayQuery>(&request.web, &request.caller, may_query::Variables {}).await?;
    if may.viewer.person.is_none() {
        return Err(error::sign_in_first());
    }
    let draft = draft::find(request, place(fields)).await?;
    // Submitted content takes precedence over the saved draft.
    let is_sent = request.form.is_some();
    let draft_revision = draft.as_ref().map_or(0, |draft| draft.revision);
    let draft_revision = draft::resumed_revision(fields, draft_revision);
    let draft = draft.filter(|_| !is_sent);
    let choices = draft.as_ref().map(|draft| &draft.choices);
    let tags = |field: &str| match &draft {
        Some(draft) => draft.tags(field),
        None => fields.all(field),
    };
    let facets = concepts::facets(request, tags).await?;
    let frame = Frame::load(request).await;
    let drafted = |pick: fn(&ResumedDraft) -> &String, name: &str| match &draft {
        Some(draft) => pick(draft).clone(),
        None => fields.one(name),
    };
    Ok(Page {
        preview: preview::preview(request, fields).await.unwrap_or_default(),
        mandates: mandates::mandates(request).await?,
        mandate: choices
            .and_then(|choices| choices.mandate_id.clone())
            .unwrap_or_else(|| fields.one("mandateId")),
        key: fields.next_key(form_errors.as_ref()),
        form_errors,
        title: drafted(|draft| &draft.title, "title"),
        body: drafted(|draft| &draft.body, "body"),
        kind: ThreadKind::parse(&fields.one("kind")).or(choices.and_then(|choices| choices.kind)),
        language: Language::parse(&fields.one("language"))
            .or(draft.as_ref().map(|draft| draft.language))
            .or(may.viewer.last_language)
            .unwrap_or(Language::of(request.caller.language)),
        visibility: Visibility::parse(&fields.one("visibility"))
            .or(choices.and_then(|choices| choices.visibility))
            .unwrap_or(Visibility::Public),
        capacity: Capacity::parse(&fields.one("capacity"))
            .or(choices.and_then(|choices| choices.capacity))
            .unwrap_or(Capacity::Personal),
        facets,
        draft_revision,
        drafted: draft.map(|draft| frame.text.date(&draft.updated_at)),
        frame,
    })
}

async fn open(request: &PageRequest, fields: &Fields, key: &str) -> Result<String, PageError> {
    let limits = &request.web.config.limits;
    let has_tool_or_method = !fields.all("tools").is_empty() || !fields.all("methods").is_empty();
    Check::of(request, fields)
        .choice("kind", ThreadKind::parse)
        .line("title", limits.title_length)
        .text("body", limits.body_length)
        .written_in(&["title", "body"])
        .needs("tools", has_tool_or_method)
        .given("regions")
        .choice("visibility", Visibility::parse)
        .choice("capacity", Capacity::parse)
        .finish()?;
    let variables = open_mutation::Variables {
        input: open_mutation::OpenThreadInput {
            key: key.to_string(),
            title: fields.one("title"),
            body: fields.one("body"),
            kind: check::require_choice(request, fields, "kind", ThreadKind::parse)?,
            language: check::require_choice(request, fields, "language", Language::parse)?,
            visibility: check::require_choice(request, fields, "visibility", Visibility::parse)?,
            tools: fields.all("tools"),
            methods: fields.all("methods"),
            regions: fields.all("regions"),
            capacity: check::require_choice(request, fields, "capacity", Capacity::parse)?,
            mandate_id: fields.given("mandateId"),
        },
    };
    let done = execute::<OpenMutation>(&request.web, &request.caller, variables).await?;
    draft::discard_sent(request, place(fields), fields).await;
    Ok(payload(done.open_thread, &request.caller)?.thread.id)
}
