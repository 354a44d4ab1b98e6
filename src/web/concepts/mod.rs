//! The vocabulary as forms present it: every current concept of the three facets, and the delegations.

pub mod choice;

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use crate::base::locale;
use crate::web::api_types::Scheme;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::request::PageRequest;

use crate::web::concepts::choice::Counts;
pub use crate::web::concepts::choice::SelectOption;

document!(ConceptsQuery, "src/web/concepts/concepts.graphql");
document!(CountsQuery, "src/web/concepts/counts.graphql");
document!(MoreCountsQuery, "src/web/concepts/counts.graphql");
document!(DelegationsQuery, "src/web/concepts/delegations.graphql");
document!(SuccessorQuery, "src/web/concepts/successor.graphql");

/// One facet's concepts.
#[derive(Clone, Debug)]
pub struct Facet {
    /// The name of the form's field: `tools`, `methods`, `regions`.
    pub field: &'static str,
    pub choices: Vec<SelectOption>,
    /// The requested slugs, including those that can no longer be chosen or never could.
    pub requested: Vec<String>,
}

impl Facet {
    /// The options that have threads or are chosen: what a filter offers.
    pub fn with_threads(&self) -> impl Iterator<Item = &SelectOption> {
        let choices = self.choices.iter();
        choices.filter(|choice| choice.threads > 0 || choice.chosen)
    }

    /// The number of chosen options.
    pub fn chosen(&self) -> i64 {
        i64::try_from(self.labels().len()).unwrap_or(i64::MAX)
    }

    /// The labels of the chosen options.
    pub fn labels(&self) -> Vec<&str> {
        let chosen = self.choices.iter().filter(|choice| choice.chosen);
        chosen.map(|choice| choice.label.as_str()).collect()
    }
}

/// The facets, each with the field of its form.
pub const FACETS: [(&str, Scheme); 3] = [
    ("tools", Scheme::Tool),
    ("methods", Scheme::Method),
    ("regions", Scheme::Region),
];

/// Loads the three facets with the chosen options of each, without the numbers of threads.
pub async fn facets(
    request: &PageRequest,
    chosen: impl Fn(&str) -> Vec<String>,
) -> Result<Vec<Facet>, PageError> {
    let mut facets = Vec::new();
    for (field, scheme) in FACETS {
        let wanted = chosen(field);
        let mut choices = all(request, scheme).await?;
        let mut resolved = Vec::new();
        for slug in &wanted {
            let is_current = choices.iter().any(|choice| choice.slug == *slug);
            resolved.push(match is_current {
                true => slug.clone(),
                false => {
                    final_successor(request, slug)
                        .await?
                        .unwrap_or_default()
                        .slug
                }
            });
        }
        for choice in &mut choices {
            choice.chosen = resolved.contains(&choice.slug);
        }
        facets.push(Facet {
            field,
            choices,
            requested: wanted,
        });
    }
    Ok(facets)
}

/// Sets the numbers of threads of these options: of those that are archived, or of the others.
pub async fn count<'a>(
    request: &PageRequest,
    choices: impl Iterator<Item = &'a mut SelectOption>,
    archived: bool,
) -> Result<(), PageError> {
    // Where the state cannot be read, the documents say why.
    let counts = match request.web.graph.listed_state(&request.caller).await {
        Ok((audience, state)) => {
            let lists = &request.web.lists;
            match lists.known_counts((audience, archived), state) {
                Some(known) => known,
                None => {
                    let fresh = Arc::new(read_counts(request, archived).await?);
                    lists.keep_counts((audience, archived), state, &fresh);
                    fresh
                }
            }
        }
        Err(_) => Arc::new(read_counts(request, archived).await?),
    };
    for choice in choices {
        choice.threads = counts.get(&choice.slug).copied().unwrap_or(0);
    }
    Ok(())
}

/// Reads the number of threads of each concept.
async fn read_counts(request: &PageRequest, archived: bool) -> Result<Counts, PageError> {
    let found = execute::<CountsQuery>(
        &request.web,
        &request.caller,
        counts_query::Variables { archived },
    )
    .await?;
    let mut counts = Counts::new();
    for ((_, scheme), first) in FACETS
        .into_iter()
        .zip([found.tools, found.methods, found.regions])
    {
        let nodes = first.nodes.into_iter();
        counts.extend(nodes.map(|node| (node.slug, node.thread_count)));
        let (mut more, mut after) = (first.page_info.has_next_page, first.page_info.end_cursor);
        while more {
            let variables = more_counts_query::Variables {
                scheme,
                after,
                archived,
            };
            let found =
                execute::<MoreCountsQuery>(&request.web, &request.caller, variables).await?;
            let nodes = found.concepts.nodes.into_iter();
            counts.extend(nodes.map(|node| (node.slug, node.thread_count)));
            let page_info = found.concepts.page_info;
            (more, after) = (page_info.has_next_page, page_info.end_cursor);
        }
    }
    Ok(counts)
}

/// The concept that represents a retired one today: its successor, or that one's successor, and so on.
pub async fn final_successor(
    request: &PageRequest,
    slug: &str,
) -> Result<Option<SelectOption>, PageError> {
    let mut last: Option<SelectOption> = None;
    loop {
        let slug = last.as_ref().map_or(slug, |last| last.slug.as_str());
        let variables = successor_query::Variables {
            slug: slug.to_string(),
        };
        let found = execute::<SuccessorQuery>(&request.web, &request.caller, variables).await?;
        match found.concept.and_then(|concept| concept.successor) {
            Some(next) => last = Some(SelectOption::of(next.slug, next.label)),
            None => return Ok(last),
        }
    }
}

/// Returns a list as it is kept for this state of the vocabulary, or makes it.
async fn list<F>(
    request: &PageRequest,
    name: &'static str,
    make: impl FnOnce() -> F,
) -> Result<Vec<SelectOption>, PageError>
where
    F: Future<Output = Result<Vec<SelectOption>, PageError>>,
{
    // Where the state cannot be read, the documents say why.
    let Ok(state) = request.web.graph.vocabulary_state(&request.caller).await else {
        return make().await;
    };
    let (lists, language) = (&request.web.lists, request.caller.language);
    if let Some(known) = lists.known(name, language, state) {
        return Ok(known);
    }
    let fresh = make().await?;
    lists.keep(name, language, state, &fresh);
    Ok(fresh)
}

/// Every current concept of a facet, each under its parent: in the vocabulary's order, but countries by name. Without the
/// numbers of threads.
pub async fn all(request: &PageRequest, scheme: Scheme) -> Result<Vec<SelectOption>, PageError> {
    list(request, scheme.as_str(), || placed(request, scheme)).await
}

async fn placed(request: &PageRequest, scheme: Scheme) -> Result<Vec<SelectOption>, PageError> {
    let mut choices = Vec::new();
    let mut after = None;
    loop {
        let variables = concepts_query::Variables { scheme, after };
        let found = execute::<ConceptsQuery>(&request.web, &request.caller, variables).await?;
        choices.extend(found.concepts.nodes.into_iter().map(|node| {
            let above = node.broader.nodes.into_iter().next();
            SelectOption {
                parent: above.map(|above| above.slug),
                slug: node.slug,
                label: node.label,
                definition: node.definition,
                ..SelectOption::default()
            }
        }));
        let page_info = found.concepts.page_info;
        if !page_info.has_next_page {
            break;
        }
        after = page_info.end_cursor;
    }
    let listed: HashSet<String> = choices.iter().map(|choice| choice.slug.clone()).collect();
    let mut under: HashMap<Option<String>, Vec<SelectOption>> = HashMap::new();
    for choice in choices {
        // A concept whose parent is retired, and therefore not listed, is shown at the top.
        let above = choice.parent.clone().filter(|above| listed.contains(above));
        under.entry(above).or_default().push(choice);
    }
    if scheme == Scheme::Region {
        let parents: HashSet<Option<String>> = under.keys().cloned().collect();
        let is_leaf = |choice: &SelectOption| !parents.contains(&Some(choice.slug.clone()));
        for siblings in under.values_mut() {
            if siblings.iter().all(is_leaf) {
                let language = request.caller.language;
                locale::sort_by_name(language, siblings, |choice| choice.label.as_str());
            }
        }
    }
    let mut placed = Vec::new();
    place(&mut under, None, 0, &mut placed);
    Ok(placed)
}

fn place(
    under: &mut HashMap<Option<String>, Vec<SelectOption>>,
    above: Option<String>,
    depth: usize,
    placed: &mut Vec<SelectOption>,
) {
    for choice in under.remove(&above).unwrap_or_default() {
        let slug = choice.slug.clone();
        placed.push(SelectOption { depth, ..choice });
        place(under, Some(slug), depth + 1, placed);
    }
}

/// Every delegation, by name.
pub async fn delegations(request: &PageRequest) -> Result<Vec<SelectOption>, PageError> {
    list(request, "delegations", || named(request)).await
}

async fn named(request: &PageRequest) -> Result<Vec<SelectOption>, PageError> {
    let mut choices = Vec::new();
    let mut after = None;
    loop {
        let variables = delegations_query::Variables { after };
        let found = execute::<DelegationsQuery>(&request.web, &request.caller, variables).await?;
        let nodes = found.delegations.nodes.into_iter();
        choices.extend(nodes.map(|node| SelectOption::of(node.slug, node.name)));
        let page_info = found.delegations.page_info;
        if !page_info.has_next_page {
            return Ok(choices);
        }
        after = page_info.end_cursor;
    }
}
