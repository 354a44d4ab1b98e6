//! Following a thread.

use axum::extract::Path;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageResult;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;

document!(FollowMutation, "src/web/thread/follow.graphql");

/// Starts or stops following the thread.
pub async fn follow(asked: Asked, Path(id): Path<String>, fields: Sent) -> PageResult {
    let variables = follow_mutation::Variables {
        id: id.clone(),
        follow: fields.one("follow") == "true",
    };
    ask::<FollowMutation>(&asked.web, &asked.caller, variables).await?;
    Ok(response::see_other(&format!("/threads/{id}")))
}
