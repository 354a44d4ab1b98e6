//! Acknowledging a post for one's delegation, and taking that back.

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
pub async fn acknowledge(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let (web, caller, post) = (&request.web, &request.caller, fields.one("post"));
    let kind = AcknowledgementKind::parse(&fields.one("kind")).ok_or(PageError::NotFound)?;
    // Where the post is now, whatever the form says.
    let address = if fields.given("withdraw").is_some() {
        let variables = withdraw_acknowledgement_mutation::Variables { post, kind };
        let found = execute::<WithdrawAcknowledgementMutation>(web, caller, variables).await?;
        let post = found.withdraw_acknowledgement.map(|done| done.post);
        post.map(|post| address::of_post(&post.thread.id, post.number))
    } else {
        let variables = acknowledge_mutation::Variables { post, kind };
        let found = execute::<AcknowledgeMutation>(web, caller, variables).await?;
        let post = found.acknowledge.map(|done| done.post);
        post.map(|post| address::of_post(&post.thread.id, post.number))
    };
    Ok(response::redirect(&address.ok_or(PageError::NotFound)?))
}
