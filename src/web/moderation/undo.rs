//! The form that undoes a decision.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::api_types::Language;
use crate::web::api_types::Reason;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::moderation::reason_fields::ReasonFields;
use crate::web::moderation::reason_fields::check_reason_fields;
use crate::web::moderation::reason_fields::reason;
use crate::web::moderation::reason_fields::reasons;
use crate::web::moderation::target;
use crate::web::moderation::target::Decided;
use crate::web::moderation::target::Target;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(UndoMutation, "src/web/moderation/undo.graphql");

#[derive(Template)]
#[template(path = "moderation/undo.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    key: String,
    id: String,
    decision: Decided,
    targets: Vec<Target>,
    reason_fields: ReasonFields,
}

/// Shows the form.
pub async fn show(request: PageRequest, Path(id): Path<String>) -> PageResult {
    page(&request, id, &Fields::default(), None, StatusCode::OK).await
}

async fn page(
    request: &PageRequest,
    id: String,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let found = target::find_to_undo(request, &id).await?;
    let reasons = reasons(request, None).await?;
    let template = Page {
        frame: Frame::load(request).await,
        key: fields.next_key(form_errors.as_ref()),
        form_errors,
        id,
        decision: found.decision,
        targets: found.targets,
        reason_fields: ReasonFields::of(request, fields, reasons),
    };
    Ok(response::page(&template, status))
}

/// Undoes the decision.
pub async fn send(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    match undo(&request, &id, &fields).await {
        Ok(()) => Ok(response::redirect_sent("/ledger", &fields.key())),
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            page(&request, id, &fields, Some(form_errors), status).await
        }
    }
}

async fn undo(request: &PageRequest, id: &str, fields: &Fields) -> Result<(), PageError> {
    let reasons = reasons(request, None).await?;
    check_reason_fields(request, fields, &reasons).finish()?;
    let variables = undo_mutation::Variables {
        input: undo_mutation::UndoDecisionInput {
            key: fields.key(),
            decision_id: id.to_string(),
            reason: reason(request, fields)?,
            explanation: fields.one("explanation"),
            language: check::require_choice(request, fields, "language", Language::parse)?,
            withhold_explanation: fields.given("withhold").is_some(),
        },
    };
    let done = execute::<UndoMutation>(&request.web, &request.caller, variables).await;
    done.map(drop)
}
