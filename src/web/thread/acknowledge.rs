//! Acknowledging a post for one's delegation, and taking that back.

use axum::extract::Path;

use crate::web::address;
use crate::web::api_types::AcknowledgementKind;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

document!(AcknowledgeMutation, "src/web/thread/acknowledge.graphql");
document!(
    WithdrawAcknowledgementMutation,
    "src/web/thread/acknowledge.graphql"
);

/// Says something of the post, or takes it back.
pub async fn acknowledge(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let post = fields.one("post");
    let kind = AcknowledgementKind::parse(&fields.one("kind")).ok_or(PageError::NotFound)?;
    if fields.given("withdraw").is_some() {
        let variables = withdraw_acknowledgement_mutation::Variables { post, kind };
        execute::<WithdrawAcknowledgementMutation>(&request.web, &request.caller, variables)
            .await?;
    } else {
        let variables = acknowledge_mutation::Variables { post, kind };
        execute::<AcknowledgeMutation>(&request.web, &request.caller, variables).await?;
    }
    let number = fields.one("number").parse().unwrap_or(1);
    Ok(response::redirect(&address::of_post(&id, number)))
}
