//! Appeals: the form, and the user's own appeals.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::denial::denied;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation::target;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::Act;
use crate::web::words::AppealOutcome;
use crate::web::words::Language;
use crate::web::words::Reason;

document!(AppealsQuery, "src/web/moderation/appeal.graphql");
document!(AppealMutation, "src/web/moderation/appeal.graphql");

#[derive(Template)]
#[template(path = "moderation/appeals.html")]
struct ListPage {
    frame: Frame,
    found: appeals_query::AppealsQueryViewerAppeals,
}

#[derive(Template)]
#[template(path = "moderation/appeal.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    id: String,
    position: i64,
    act: Act,
    body: String,
    language: Language,
}

/// Shows the user's own appeals, newest first.
pub async fn list(asked: Asked) -> PageResult {
    let variables = appeals_query::Variables {
        after: asked.query().given("after"),
    };
    let viewer = ask::<AppealsQuery>(&asked.web, &asked.caller, variables)
        .await?
        .viewer;
    if viewer.person.is_none() {
        return Err(denied(&asked, Some("SIGN_IN_REQUIRED")));
    }
    let template = ListPage {
        frame: Frame::load(&asked).await,
        found: viewer.appeals,
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// Shows the form.
pub async fn show(asked: Asked, Path(id): Path<String>) -> PageResult {
    let fields = Fields::default();
    page(&asked, id, &fields, None, StatusCode::OK).await
}

async fn page(
    asked: &Asked,
    id: String,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<Standing>,
) -> PageResult {
    let (position, act) = target::find_to_appeal(asked, &id).await?;
    let template = Page {
        frame: Frame::load(asked).await,
        key: fields.next_key(trouble.as_ref()),
        trouble,
        id,
        position,
        act,
        body: fields.one("body"),
        language: Language::read(&fields.one("language"))
            .unwrap_or(Language::of(asked.caller.language)),
    };
    Ok(response::page(&template, status))
}

/// Appeals the decision.
pub async fn send(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    match appeal(&asked, &id, &fields).await {
        Ok(()) => Ok(response::sent("/appeals", &fields.key())),
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            page(&asked, id, &fields, Some(trouble), status).await
        }
    }
}

async fn appeal(asked: &Asked, id: &str, fields: &Fields) -> Result<(), PageError> {
    Check::of(asked, fields)
        .text("body", asked.web.config.limits.explanation_length)
        .written_in(&["body"])
        .done()?;
    let input = appeal_mutation::AppealDecisionInput {
        key: fields.key(),
        decision_id: id.to_string(),
        body: fields.one("body"),
        language: check::chosen(asked, fields, "language", Language::read)?,
    };
    let variables = appeal_mutation::Variables { input };
    let done = ask::<AppealMutation>(&asked.web, &asked.caller, variables).await;
    done.map(drop)
}
