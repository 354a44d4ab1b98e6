//! The user's own settings, and a copy of everything that the forum stores about them.

mod export;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::base::error::Fault;
use crate::base::locale;
use crate::base::offices;
use crate::web::api_types::Language;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::request::Web;
use crate::web::response;
use crate::web::response::PageStatus;

document!(SettingsQuery, "src/web/settings/settings.graphql");
document!(
    ChangeMutation,
    "src/web/settings/settings.graphql",
    variables_derives = "Clone, Default"
);
document!(PresenceMutation, "src/web/settings/settings.graphql");

/// The routes of the settings.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/settings", get(show).post(change))
        .route("/settings/export", get(export::export))
}

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    saved: bool,
    email: String,
    name: String,
    language: Language,
    time_zone: String,
    zones: Vec<String>,
    text_only: bool,
    announces: bool,
    shows_presence: bool,
}

async fn show(request: PageRequest) -> PageResult {
    answer(&request, None, None, StatusCode::OK).await
}

async fn answer(
    request: &PageRequest,
    sent: Option<&Fields>,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    Ok(response::page(
        &load(request, sent, form_errors).await?,
        status,
    ))
}

async fn load(
    request: &PageRequest,
    sent: Option<&Fields>,
    form_errors: Option<FormErrors>,
) -> Result<Page, PageError> {
    let variables = settings_query::Variables {};
    let viewer = execute::<SettingsQuery>(&request.web, &request.caller, variables)
        .await?
        .viewer;
    let person = viewer.person.ok_or_else(error::sign_in_first)?;
    let submitted = |name: &str| sent.map(|fields| fields.one(name));
    let ticked = |name: &str| sent.map(|fields| fields.given(name).is_some());
    Ok(Page {
        frame: Frame::load(request).await,
        form_errors,
        saved: request.query().given("saved").is_some(),
        email: viewer.email.unwrap_or_default(),
        name: submitted("name").unwrap_or(person.name),
        language: submitted("language")
            .and_then(|language| Language::parse(&language))
            .unwrap_or(Language::of(request.caller.language)),
        time_zone: submitted("timeZone").unwrap_or(viewer.time_zone.unwrap_or_default()),
        zones: locale::time_zones(),
        text_only: ticked("textOnly").unwrap_or(viewer.text_only),
        announces: ticked("announces").unwrap_or(viewer.announces),
        shows_presence: ticked("showsPresence")
            .unwrap_or(viewer.shows_presence.unwrap_or_default()),
    })
}

async fn change(request: PageRequest, fields: SubmittedForm) -> PageResult {
    match save(&request, &fields).await {
        // The chosen language applies at once, even if another was chosen by a link before.
        Ok(()) => Ok(response::redirect(
            &match Language::parse(&fields.one("language")) {
                Some(language) => format!("/settings?saved=true&lang={}", language.code()),
                None => "/settings?saved=true".to_string(),
            },
        )),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error_or_denied(error)?;
            answer(&request, Some(&fields), Some(form_errors), status).await
        }
    }
}

async fn save(request: &PageRequest, fields: &Fields) -> Result<(), PageError> {
    check(request, fields).await?;
    let variables = change_mutation::Variables {
        input: change_mutation::ChangeProfileInput {
            name: Some(fields.one("name")),
            language: Language::parse(&fields.one("language")),
            time_zone: Some(fields.one("timeZone")),
            text_only: Some(fields.given("textOnly").is_some()),
            announces: Some(fields.given("announces").is_some()),
        },
    };
    execute::<ChangeMutation>(&request.web, &request.caller, variables).await?;
    let variables = presence_mutation::Variables {
        shown: fields.given("showsPresence").is_some(),
    };
    execute::<PresenceMutation>(&request.web, &request.caller, variables).await?;
    Ok(())
}

/// Checks the whole form, so that all errors are reported at once.
async fn check(request: &PageRequest, fields: &Fields) -> Result<(), PageError> {
    let name = fields.one("name");
    // A person who already has the name may keep it.
    let is_own = match offices::impersonates_office(&name, request.caller.actor.role()) {
        true => {
            let variables = settings_query::Variables {};
            let found = execute::<SettingsQuery>(&request.web, &request.caller, variables).await?;
            let person = found.viewer.person.ok_or_else(error::sign_in_first)?;
            person.name == name
        }
        false => true,
    };
    Check::of(request, fields)
        .name("name")
        .unless(is_own, "name", Fault::NameOfOffice)
        .time_zone("timeZone")
        .optional_choice_labelled("language", "ownLanguage", Language::parse)
        .finish()
}
