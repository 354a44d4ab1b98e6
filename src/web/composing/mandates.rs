//! The delegations on behalf of which a person may write.

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageError;
use crate::web::request::Asked;

document!(MandatesQuery, "src/web/composing/composing.graphql");

/// A mandate under which a person may write, with its display name.
#[derive(Clone, Debug)]
pub struct Speaking {
    pub id: String,
    pub name: String,
}

/// The mandates under which the caller may write.
pub async fn mandates(asked: &Asked) -> Result<Vec<Speaking>, PageError> {
    let variables = mandates_query::Variables {};
    let found = ask::<MandatesQuery>(&asked.web, &asked.caller, variables).await?;
    let edges = found.viewer.mandates.edges.into_iter();
    Ok(edges
        .map(|edge| Speaking {
            name: format!("{} · {}", edge.node.delegation.name, edge.node.title),
            id: edge.node.id,
        })
        .collect())
}
