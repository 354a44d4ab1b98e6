//! Following a thread.

use axum::extract::Path;

use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageResult;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;

document!(FollowMutation, "src/web/thread/follow.graphql");

/// Starts or stops following the thread.
pub async fn follow(
    request: PageRequest,
    Path(id): Path<String>,
    fields: SubmittedForm,
) -> PageResult {
    let variables = follow_mutation::Variables {
        id: id.clone(),
        follow: fields.one("follow") == "true",
    };
    execute::<FollowMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect(&format!("/threads/{id}")))
}
