//! The form that undoes a decision.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation::target;
use crate::web::moderation::target::Target;
use crate::web::moderation::why::Why;
use crate::web::moderation::why::reason;
use crate::web::moderation::why::reasons;
use crate::web::moderation::why::why;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::Act;
use crate::web::words::Language;
use crate::web::words::Reason;

document!(UndoMutation, "src/web/moderation/undo.graphql");

#[derive(Template)]
#[template(path = "moderation/undo.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    id: String,
    position: i64,
    act: Act,
    targets: Vec<Target>,
    why: Why,
}

/// Shows the form.
pub async fn show(asked: Asked, Path(id): Path<String>) -> PageResult {
    page(&asked, id, &Fields::default(), None, StatusCode::OK).await
}

async fn page(
    asked: &Asked,
    id: String,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<Standing>,
) -> PageResult {
    let undone = target::find_to_undo(asked, &id).await?;
    let reasons = reasons(asked, None).await?;
    let template = Page {
        frame: Frame::load(asked).await,
        key: fields.next_key(trouble.as_ref()),
        trouble,
        id,
        position: undone.position,
        act: undone.act,
        targets: undone.targets,
        why: Why::read(asked, fields, reasons),
    };
    Ok(response::page(&template, status))
}

/// Undoes the decision.
pub async fn send(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    match undo(&asked, &id, &fields).await {
        Ok(()) => Ok(response::sent("/ledger", &fields.key())),
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            page(&asked, id, &fields, Some(trouble), status).await
        }
    }
}

async fn undo(asked: &Asked, id: &str, fields: &Fields) -> Result<(), PageError> {
    let reasons = reasons(asked, None).await?;
    why(asked, fields, &reasons).done()?;
    let variables = undo_mutation::Variables {
        input: undo_mutation::UndoDecisionInput {
            key: fields.key(),
            decision_id: id.to_string(),
            reason: reason(asked, fields)?,
            explanation: fields.one("explanation"),
            language: check::chosen(asked, fields, "language", Language::read)?,
            withhold_explanation: fields.given("withhold").is_some(),
        },
    };
    let done = ask::<UndoMutation>(&asked.web, &asked.caller, variables).await;
    done.map(drop)
}
