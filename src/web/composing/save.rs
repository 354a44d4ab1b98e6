//! Saving and discarding drafts by forms. A draft that was saved elsewhere in the meantime is shown beside the submitted one; both exist
//! until the writer has chosen.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::address;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::composing::draft;
use crate::web::composing::draft::DraftPlace;
use crate::web::composing::draft::DraftToDiscard;
use crate::web::composing::draft::ResumedDraft;
use crate::web::composing::draft::StoredDraft;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::fields::Fields;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

#[derive(Template)]
#[template(path = "composing/differs.html")]
struct DiffersPage {
    frame: Frame,
    /// Whether the user wanted to discard the draft that they saw; otherwise they wanted to save it.
    is_discarded: bool,
    /// Where the form is submitted, and its contents besides the text; `None` when the draft's place is closed.
    address: Option<String>,
    fields: Vec<(String, String)>,
    title: Option<String>,
    mine: String,
    theirs: StoredDraft,
    /// Where to redirect when the user leaves the draft as it is.
    next: String,
}

/// Where to redirect when the user is done with a draft.
fn next(fields: &Fields) -> String {
    let next = fields.given("next");
    next.map_or_else(|| "/drafts".to_string(), |next| address::local(&next))
}

/// Shows the draft that was saved elsewhere in the meantime beside the submitted one; both exist until the writer has chosen.
async fn differs(request: &PageRequest, fields: &Fields, theirs: ResumedDraft) -> Response {
    let template = DiffersPage {
        frame: Frame::load(request).await,
        is_discarded: false,
        address: Some(request.uri.path().to_string()),
        fields: fields_besides_text(fields),
        title: fields.given("title"),
        mine: fields.one("body"),
        theirs: theirs.into(),
        next: next(fields),
    };
    response::page(&template, StatusCode::CONFLICT)
}

/// The fields of a form other than the editable text.
fn fields_besides_text(fields: &Fields) -> Vec<(String, String)> {
    let apart = ["title", "body", "draftRevision", "keep"];
    let others = fields.0.iter();
    let others = others.filter(|(name, _)| !apart.contains(&name.as_str()));
    others.cloned().collect()
}

/// Saves the contents of a form as the draft of its place, and redirects. A draft that was saved there since the form
/// resumed it is not overwritten unseen.
pub async fn save_in(
    request: &PageRequest,
    place: DraftPlace,
    fields: &Fields,
    next: &str,
) -> PageResult {
    check::require_choice(request, fields, "language", Language::parse)?;
    match draft::save(request, place.clone(), fields).await {
        Ok(()) => Ok(response::redirect(next)),
        Err(PageError::Conflict { message, .. }) => match draft::find(request, place).await? {
            Some(theirs) => Ok(differs(request, fields, theirs).await),
            None => Err(PageError::Invalid {
                field: "body".to_string(),
                message,
            }),
        },
        Err(error) => Err(error),
    }
}

/// The place that a form gives, if any.
fn place_of(fields: &Fields) -> Option<DraftPlace> {
    let purpose = DraftPurpose::parse(&fields.one("purpose"))?;
    let language = Language::parse(&fields.one("language"));
    // Only translations have one draft per language.
    let language = match (purpose == DraftPurpose::Translation, language) {
        (true, None) => return None,
        (_, language) => language.unwrap_or(Language::En),
    };
    Some(DraftPlace {
        purpose,
        subject: fields.given("subjectId"),
        language,
    })
}

/// Discards a draft, unless it was changed in the meantime.
pub async fn discard(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let place = place_of(&fields);
    let id = fields.given("draftId");
    if place.is_none() && id.is_none() {
        return Err(PageError::NotFound);
    }
    let discarded = DraftToDiscard {
        place: place.clone(),
        id,
        // A form without a draft revision refers to no draft.
        revision: fields.one("revision").parse().unwrap_or(0),
    };
    match draft::discard(&request, discarded).await {
        Ok(()) => Ok(response::redirect(&next(&fields))),
        Err(PageError::Conflict { .. }) => changed_meanwhile(&request, &fields, place).await,
        Err(error) => Err(error),
    }
}

/// Shows the current draft beside the one to be discarded: nobody discards what they have not seen.
async fn changed_meanwhile(
    request: &PageRequest,
    fields: &Fields,
    place: Option<DraftPlace>,
) -> PageResult {
    let (place, saved) = match place {
        Some(place) => (Some(place), None),
        None => draft::by_id(request, &fields.one("draftId")).await?,
    };
    let stored = match &place {
        Some(place) => draft::find(request, place.clone()).await?,
        None => None,
    };
    let form_fields = place.zip(stored.as_ref()).map(|(place, stored)| {
        let mut form_fields = choice_fields(stored);
        form_fields.push(("purpose".to_string(), place.purpose.as_str().to_string()));
        form_fields.push(("language".to_string(), stored.language.as_str().to_string()));
        form_fields.extend(place.subject.map(|id| ("subjectId".to_string(), id)));
        form_fields.push(("next".to_string(), next(fields)));
        form_fields
    });
    // It was removed in the meantime.
    let Some(theirs) = stored.map(StoredDraft::from).or(saved) else {
        return Ok(response::redirect(&next(fields)));
    };
    let template = DiffersPage {
        frame: Frame::load(request).await,
        is_discarded: true,
        address: form_fields.as_ref().map(|_| "/drafts/keep".to_string()),
        fields: form_fields.unwrap_or_default(),
        title: fields.given("title"),
        mine: fields.one("body"),
        theirs,
        next: next(fields),
    };
    Ok(response::page(&template, StatusCode::CONFLICT))
}

/// The choices saved with a draft, as form fields.
fn choice_fields(stored: &ResumedDraft) -> Vec<(String, String)> {
    let choices = &stored.choices;
    let one = [
        ("kind", choices.kind.map(|kind| kind.as_str())),
        (
            "visibility",
            choices.visibility.map(|visibility| visibility.as_str()),
        ),
        (
            "capacity",
            choices.capacity.map(|capacity| capacity.as_str()),
        ),
        ("mandateId", choices.mandate_id.as_deref()),
    ];
    let one = one
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_string(), value?.to_string())));
    let tags = ["tools", "methods", "regions"]
        .into_iter()
        .flat_map(|name| {
            let tags = stored.tags(name).into_iter();
            tags.map(move |tag| (name.to_string(), tag))
        });
    one.chain(tags).collect()
}

/// Saves a text in the place of its draft, after the user has seen both.
pub async fn save_after_conflict(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let place = place_of(&fields).ok_or(PageError::NotFound)?;
    save_in(&request, place, &fields, &next(&fields)).await
}
