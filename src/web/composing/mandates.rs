//! The delegations on behalf of which a person may write.

use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::request::PageRequest;

document!(MandatesQuery, "src/web/composing/composing.graphql");

/// A mandate under which a person may write, with its display name.
#[derive(Clone, Debug)]
pub struct MandateChoice {
    pub id: String,
    pub name: String,
}

/// The mandates under which the caller may write.
pub async fn mandates(request: &PageRequest) -> Result<Vec<MandateChoice>, PageError> {
    let variables = mandates_query::Variables {};
    let found = execute::<MandatesQuery>(&request.web, &request.caller, variables).await?;
    let edges = found.viewer.mandates.edges.into_iter();
    Ok(edges
        .map(|edge| MandateChoice {
            name: format!("{} · {}", edge.node.delegation.name, edge.node.title),
            id: edge.node.id,
        })
        .collect())
}
