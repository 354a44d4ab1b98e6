//! Marking a post as the answer to the question of its thread, and removing the mark.

use axum::extract::Path;

use crate::web::address;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageResult;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

document!(AcceptAnswerMutation, "src/web/thread/answer.graphql");
document!(WithdrawAnswerMutation, "src/web/thread/answer.graphql");

/// Marks the post, or removes the mark from it.
pub async fn mark(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let post = fields.one("post");
    if fields.given("withdraw").is_some() {
        let variables = withdraw_answer_mutation::Variables { post };
        execute::<WithdrawAnswerMutation>(&request.web, &request.caller, variables).await?;
    } else {
        let variables = accept_answer_mutation::Variables { post };
        execute::<AcceptAnswerMutation>(&request.web, &request.caller, variables).await?;
    }
    let number = fields.one("number").parse().unwrap_or(1);
    Ok(response::redirect(&address::of_post(&id, number)))
}
