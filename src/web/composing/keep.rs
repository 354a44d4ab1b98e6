//! Saving and discarding drafts by forms. A draft that was saved elsewhere in the meantime is shown beside the submitted one; both exist
//! until the writer has chosen.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::address;
use crate::web::composing::draft;
use crate::web::composing::draft::Discarded;
use crate::web::composing::draft::Kept;
use crate::web::composing::draft::Place;
use crate::web::composing::draft::Saved;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::fields::Fields;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;

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
    theirs: Saved,
    /// Where to redirect when the user leaves the draft as it is.
    next: String,
}

/// Where to redirect when the user is done with a draft.
fn next(fields: &Fields) -> String {
    let next = fields.given("next");
    next.map_or_else(|| "/drafts".to_string(), |next| address::local(&next))
}

/// Shows the draft that was saved elsewhere in the meantime beside the submitted one; both exist until the writer has chosen.
async fn differs(asked: &Asked, fields: &Fields, theirs: Kept) -> Response {
    let template = DiffersPage {
        frame: Frame::load(asked).await,
        is_discarded: false,
        address: Some(asked.uri.path().to_string()),
        fields: beside_text(fields),
        title: fields.given("title"),
        mine: fields.one("body"),
        theirs: theirs.into(),
        next: next(fields),
    };
    response::page(&template, StatusCode::CONFLICT)
}

/// The fields of a form other than the editable text.
fn beside_text(fields: &Fields) -> Vec<(String, String)> {
    let apart = ["title", "body", "draftRevision", "keep"];
    let others = fields.0.iter();
    let others = others.filter(|(name, _)| !apart.contains(&name.as_str()));
    others.cloned().collect()
}

/// Saves the contents of a form as the draft of its place, and redirects. A draft that was saved there since the form
/// resumed it is not overwritten unseen.
pub async fn keep_in(asked: &Asked, place: Place, fields: &Fields, next: &str) -> PageResult {
    check::chosen(asked, fields, "language", Language::read)?;
    match draft::save(asked, place.clone(), fields).await {
        Ok(()) => Ok(response::see_other(next)),
        Err(PageError::Conflict { message, .. }) => match draft::find(asked, place).await? {
            Some(theirs) => Ok(differs(asked, fields, theirs).await),
            None => Err(PageError::Invalid {
                field: "body".to_string(),
                message,
            }),
        },
        Err(error) => Err(error),
    }
}

/// The place that a form gives, if any.
fn place_of(fields: &Fields) -> Option<Place> {
    let purpose = DraftPurpose::read(&fields.one("purpose"))?;
    let language = Language::read(&fields.one("language"));
    // Only translations have one draft per language.
    let language = match (purpose == DraftPurpose::Translation, language) {
        (true, None) => return None,
        (_, language) => language.unwrap_or(Language::En),
    };
    Some(Place {
        purpose,
        subject: fields.given("subjectId"),
        language,
    })
}

/// Discards a draft, unless it was changed in the meantime.
pub async fn discard(asked: Asked, fields: Sent) -> PageResult {
    let place = place_of(&fields);
    let id = fields.given("draftId");
    if place.is_none() && id.is_none() {
        return Err(PageError::NotFound);
    }
    let discarded = Discarded {
        place: place.clone(),
        id,
        // A form without a draft revision refers to no draft.
        revision: fields.one("revision").parse().unwrap_or(0),
    };
    match draft::discard(&asked, discarded).await {
        Ok(()) => Ok(response::see_other(&next(&fields))),
        Err(PageError::Conflict { .. }) => went_on(&asked, &fields, place).await,
        Err(error) => Err(error),
    }
}

/// Shows the current draft beside the one to be discarded: nobody discards what they have not seen.
async fn went_on(asked: &Asked, fields: &Fields, place: Option<Place>) -> PageResult {
    let (place, saved) = match place {
        Some(place) => (Some(place), None),
        None => draft::by_id(asked, &fields.one("draftId")).await?,
    };
    let kept = match &place {
        Some(place) => draft::find(asked, place.clone()).await?,
        None => None,
    };
    let said = place.zip(kept.as_ref()).map(|(place, kept)| {
        let mut said = beside_choices(kept);
        said.push(("purpose".to_string(), place.purpose.name().to_string()));
        said.push(("language".to_string(), kept.language.name().to_string()));
        said.extend(place.subject.map(|id| ("subjectId".to_string(), id)));
        said.push(("next".to_string(), next(fields)));
        said
    });
    // It was removed in the meantime.
    let Some(theirs) = kept.map(Saved::from).or(saved) else {
        return Ok(response::see_other(&next(fields)));
    };
    let template = DiffersPage {
        frame: Frame::load(asked).await,
        is_discarded: true,
        address: said.as_ref().map(|_| "/drafts/keep".to_string()),
        fields: said.unwrap_or_default(),
        title: fields.given("title"),
        mine: fields.one("body"),
        theirs,
        next: next(fields),
    };
    Ok(response::page(&template, StatusCode::CONFLICT))
}

/// The choices saved with a draft, as form fields.
fn beside_choices(kept: &Kept) -> Vec<(String, String)> {
    let choices = &kept.choices;
    let one = [
        ("kind", choices.kind.map(|kind| kind.name())),
        (
            "visibility",
            choices.visibility.map(|visibility| visibility.name()),
        ),
        ("capacity", choices.capacity.map(|capacity| capacity.name())),
        ("mandateId", choices.mandate_id.as_deref()),
    ];
    let one = one
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_string(), value?.to_string())));
    let tags = ["tools", "methods", "regions"]
        .into_iter()
        .flat_map(|name| {
            let tags = kept.tags(name).into_iter();
            tags.map(move |tag| (name.to_string(), tag))
        });
    one.chain(tags).collect()
}

/// Saves a text in the place of its draft, after the user has seen both.
pub async fn keep(asked: Asked, fields: Sent) -> PageResult {
    let place = place_of(&fields).ok_or(PageError::NotFound)?;
    keep_in(&asked, place, &fields, &next(&fields)).await
}
