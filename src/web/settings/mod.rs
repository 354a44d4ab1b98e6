//! The user's own settings, and a copy of everything that the forum stores about them.

mod export;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::base::error::Fault;
use crate::base::locale;
use crate::base::offices;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::request::Web;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::Language;

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
    trouble: Option<Trouble>,
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

async fn show(asked: Asked) -> PageResult {
    answer(&asked, None, None, StatusCode::OK).await
}

async fn answer(
    asked: &Asked,
    sent: Option<&Fields>,
    trouble: Option<Trouble>,
    status: impl Into<Standing>,
) -> PageResult {
    Ok(response::page(&load(asked, sent, trouble).await?, status))
}

async fn load(
    asked: &Asked,
    sent: Option<&Fields>,
    trouble: Option<Trouble>,
) -> Result<Page, PageError> {
    let variables = settings_query::Variables {};
    let viewer = ask::<SettingsQuery>(&asked.web, &asked.caller, variables)
        .await?
        .viewer;
    let person = viewer.person.ok_or_else(error::sign_in_first)?;
    let said = |name: &str| sent.map(|fields| fields.one(name));
    let ticked = |name: &str| sent.map(|fields| fields.given(name).is_some());
    Ok(Page {
        frame: Frame::load(asked).await,
        trouble,
        saved: asked.query().given("saved").is_some(),
        email: viewer.email.unwrap_or_default(),
        name: said("name").unwrap_or(person.name),
        language: said("language")
            .and_then(|language| Language::read(&language))
            .unwrap_or(Language::of(asked.caller.language)),
        time_zone: said("timeZone").unwrap_or(viewer.time_zone.unwrap_or_default()),
        zones: locale::time_zones(),
        text_only: ticked("textOnly").unwrap_or(viewer.text_only),
        announces: ticked("announces").unwrap_or(viewer.announces),
        shows_presence: ticked("showsPresence")
            .unwrap_or(viewer.shows_presence.unwrap_or_default()),
    })
}

async fn change(asked: Asked, fields: Sent) -> PageResult {
    match save(&asked, &fields).await {
        // The chosen language applies at once, even if another was chosen by a link before.
        Ok(()) => Ok(response::see_other(
            &match Language::read(&fields.one("language")) {
                Some(language) => format!("/settings?saved=true&lang={}", language.code()),
                None => "/settings?saved=true".to_string(),
            },
        )),
        Err(error) => {
            let (status, trouble) = Trouble::from_error_or_denied(error)?;
            answer(&asked, Some(&fields), Some(trouble), status).await
        }
    }
}

async fn save(asked: &Asked, fields: &Fields) -> Result<(), PageError> {
    check(asked, fields).await?;
    let variables = change_mutation::Variables {
        input: change_mutation::ChangeProfileInput {
            name: Some(fields.one("name")),
            language: Language::read(&fields.one("language")),
            time_zone: Some(fields.one("timeZone")),
            text_only: Some(fields.given("textOnly").is_some()),
            announces: Some(fields.given("announces").is_some()),
        },
    };
    ask::<ChangeMutation>(&asked.web, &asked.caller, variables).await?;
    let variables = presence_mutation::Variables {
        shown: fields.given("showsPresence").is_some(),
    };
    ask::<PresenceMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(())
}

/// Checks the whole form, so that all errors are reported at once.
async fn check(asked: &Asked, fields: &Fields) -> Result<(), PageError> {
    let name = fields.one("name");
    // A person who already has the name may keep it.
    let is_own = match offices::is_passed_for(&name, asked.caller.actor.role()) {
        true => {
            let variables = settings_query::Variables {};
            let found = ask::<SettingsQuery>(&asked.web, &asked.caller, variables).await?;
            let person = found.viewer.person.ok_or_else(error::sign_in_first)?;
            person.name == name
        }
        false => true,
    };
    Check::of(asked, fields)
        .name("name")
        .unless(is_own, "name", Fault::NameOfOffice)
        .time_zone("timeZone")
        .optional_choice_called("language", "ownLanguage", Language::read)
        .done()
}
