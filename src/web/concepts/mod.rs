//! The vocabulary as forms offer it: every current concept of the three facets, and the delegations.

use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::words::Scheme;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/concepts/concepts.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Scheme")
)]
struct ConceptsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/concepts/delegations.graphql",
    response_derives = "Debug, Clone"
)]
struct DelegationsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/concepts/successor.graphql",
    response_derives = "Debug, Clone"
)]
struct SuccessorQuery;

/// Something to choose from.
#[derive(Clone, Debug)]
pub struct Choice {
    pub slug: String,
    pub label: String,
    pub chosen: bool,
}

/// One facet's concepts.
#[derive(Clone, Debug)]
pub struct Facet {
    /// The name of the form's field: `tools`, `methods`, `regions`.
    pub field: &'static str,
    pub choices: Vec<Choice>,
    /// What was asked for: also words that are no longer, or never were, to be chosen.
    pub asked: Vec<String>,
}

impl Facet {
    /// How many are chosen.
    pub fn chosen(&self) -> usize {
        self.choices.iter().filter(|choice| choice.chosen).count()
    }
}

/// The three facets with what is chosen of each.
pub async fn facets(
    asked: &Asked,
    chosen: impl Fn(&str) -> Vec<String>,
) -> Result<Vec<Facet>, PageError> {
    let mut facets = Vec::new();
    for (field, scheme) in [
        ("tools", Scheme::Tool),
        ("methods", Scheme::Method),
        ("regions", Scheme::Region),
    ] {
        let wanted = chosen(field);
        let mut choices = all(asked, scheme).await?;
        let mut resolved = Vec::new();
        for slug in &wanted {
            let is_current = choices.iter().any(|choice| choice.slug == *slug);
            resolved.push(match is_current {
                true => slug.clone(),
                false => successor(asked, slug).await?.unwrap_or_default(),
            });
        }
        for choice in &mut choices {
            choice.chosen = resolved.contains(&choice.slug);
        }
        facets.push(Facet {
            field,
            choices,
            asked: wanted,
        });
    }
    Ok(facets)
}

/// What stands in the place of a concept that is retired.
async fn successor(asked: &Asked, slug: &str) -> Result<Option<String>, PageError> {
    let variables = successor_query::Variables {
        slug: slug.to_string(),
    };
    let found = ask::<SuccessorQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found
        .concept
        .and_then(|concept| concept.successor)
        .map(|concept| concept.slug))
}

/// Every current concept of a facet, in the vocabulary's order.
pub async fn all(asked: &Asked, scheme: Scheme) -> Result<Vec<Choice>, PageError> {
    let mut choices = Vec::new();
    let mut after = None;
    loop {
        let variables = concepts_query::Variables { scheme, after };
        let found = ask::<ConceptsQuery>(&asked.web, &asked.caller, variables).await?;
        choices.extend(found.concepts.edges.into_iter().map(|edge| Choice {
            slug: edge.node.slug,
            label: edge.node.label,
            chosen: false,
        }));
        let place = found.concepts.page_info;
        if !place.has_next_page {
            return Ok(choices);
        }
        after = place.end_cursor;
    }
}

/// Every delegation, by name.
pub async fn delegations(asked: &Asked) -> Result<Vec<Choice>, PageError> {
    let mut choices = Vec::new();
    let mut after = None;
    loop {
        let variables = delegations_query::Variables { after };
        let found = ask::<DelegationsQuery>(&asked.web, &asked.caller, variables).await?;
        choices.extend(found.delegations.edges.into_iter().map(|edge| Choice {
            slug: edge.node.slug,
            label: edge.node.name,
            chosen: false,
        }));
        let place = found.delegations.page_info;
        if !place.has_next_page {
            return Ok(choices);
        }
        after = place.end_cursor;
    }
}
