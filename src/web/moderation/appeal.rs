//! Appeals: the form, and the user's own appeals.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::api_types::Act;
use crate::web::api_types::AppealOutcome;
use crate::web::api_types::Language;
use crate::web::api_types::Reason;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::denial::denied;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::moderation::target;
use crate::web::moderation::target::Decided;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

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
    form_errors: Option<FormErrors>,
    key: String,
    id: String,
    decision: Decided,
    body: String,
    language: Language,
}

/// Shows the user's own appeals, newest first.
pub async fn list(request: PageRequest) -> PageResult {
    let variables = appeals_query::Variables {
        after: request.query().given("after"),
    };
    let viewer = execute::<AppealsQuery>(&request.web, &request.caller, variables)
        .await?
        .viewer;
    if viewer.person.is_none() {
        return Err(denied(&request, Some("SIGN_IN_REQUIRED")));
    }
    let template = ListPage {
        frame: Frame::load(&request).await,
        found: viewer.appeals,
    };
    Ok(response::page(&template, StatusCode::OK))
}

/// Shows the form.
pub async fn show(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let fields = Fields::default();
    page(&request, id, &fields, None, StatusCode::OK).await
}

async fn page(
    request: &PageRequest,
    id: String,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let decision = target::find_to_appeal(request, &id).await?;
    let template = Page {
        frame: Frame::load(request).await,
        key: fields.next_key(form_errors.as_ref()),
        form_errors,
        id,
        decision,
        body: fields.one("body"),
        language: Language::parse(&fields.one("language"))
            .unwrap_or(Language::of(request.caller.language)),
    };
    Ok(response::page(&template, status))
}

/// Appeals the decision.
pub async fn send(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    match appeal(&request, &id, &fields).await {
        Ok(()) => Ok(response::redirect_sent("/appeals", &fields.key())),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            page(&request, id, &fields, Some(form_errors), status).await
        }
    }
}

async fn appeal(request: &PageRequest, id: &str, fields: &Fields) -> Result<(), PageError> {
    Check::of(request, fields)
        .text("body", request.web.config.limits.explanation_length)
        .written_in(&["body"])
        .finish()?;
    let input = appeal_mutation::AppealDecisionInput {
        key: fields.key(),
        decision_id: id.to_string(),
        body: fields.one("body"),
        language: check::require_choice(request, fields, "language", Language::parse)?,
    };
    let variables = appeal_mutation::Variables { input };
    let done = execute::<AppealMutation>(&request.web, &request.caller, variables).await;
    done.map(drop)
}
