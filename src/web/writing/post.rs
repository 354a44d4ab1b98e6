//! One post, as the forms that change it need it.

use crate::base::message;
use crate::web::api_types::Language;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::request::PageRequest;
use crate::web::request::PostPath;

document!(PostQuery, "src/web/writing/post.graphql");

/// A post with its revisions, and what of it the reader may change.
pub type Post = post_query::PostQueryThreadPost;

/// A revision of a post.
pub type Revision = post_query::PostQueryThreadPostRevisionsEdgesNode;

/// The post at a place.
pub async fn find(request: &PageRequest, place: &PostPath) -> Result<Post, PageError> {
    let variables = post_query::Variables {
        id: place.thread.clone(),
        number: place.number,
    };
    let found = execute::<PostQuery>(&request.web, &request.caller, variables).await?;
    let thread = found.thread.ok_or(PageError::NotFound)?;
    thread.post.ok_or(PageError::NotFound)
}

/// The refusal of what only its author may do.
pub fn not_yours(request: &PageRequest) -> PageError {
    let reason = if request.caller.actor.person_id().is_none() {
        "SIGN_IN_REQUIRED"
    } else {
        "NOT_YOURS"
    };
    PageError::Denied {
        reason: reason.to_string(),
        message: message::text(request.caller.language, "denied-not-yours"),
    }
}
