//! Texts as they would be shown.

use crate::web::api_types::PreviewNote;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::forms::fields::Fields;
use crate::web::request::PageRequest;

document!(PreviewQuery, "src/web/composing/composing.graphql");

/// A text as it would be shown, and what is shown differently from what its writer may expect.
pub struct Preview {
    pub html: String,
    pub notes: Vec<PreviewNote>,
}

/// A text as it would be shown; `None` if no preview was requested, and the refusal if the text would be refused.
pub async fn preview(request: &PageRequest, fields: &Fields) -> Result<Option<Preview>, PageError> {
    if fields.given("preview").is_none() {
        return Ok(None);
    }
    let variables = preview_query::Variables {
        body: fields.one("body"),
    };
    let found = execute::<PreviewQuery>(&request.web, &request.caller, variables).await?;
    Ok(Some(Preview {
        html: found.preview,
        notes: found.preview_notes,
    }))
}
