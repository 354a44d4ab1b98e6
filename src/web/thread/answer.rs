//! Marking a post as the answer to the question of its thread, and removing the mark.

use crate::web::address;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

document!(AcceptAnswerMutation, "src/web/thread/answer.graphql");
document!(WithdrawAnswerMutation, "src/web/thread/answer.graphql");

/// Marks the post, or removes the mark from it.
pub async fn mark(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let (web, caller, post) = (&request.web, &request.caller, fields.one("post"));
    // Where the post is now, whatever the form says.
    let address = if fields.given("withdraw").is_some() {
        let variables = withdraw_answer_mutation::Variables { post };
        let found = execute::<WithdrawAnswerMutation>(web, caller, variables).await?;
        let post = found.withdraw_answer.map(|done| done.post);
        post.map(|post| address::of_post(&post.thread.id, post.number))
    } else {
        let variables = accept_answer_mutation::Variables { post };
        let found = execute::<AcceptAnswerMutation>(web, caller, variables).await?;
        let post = found.accept_answer.map(|done| done.post);
        post.map(|post| address::of_post(&post.thread.id, post.number))
    };
    Ok(response::redirect(&address.ok_or(PageError::NotFound)?))
}
