//! The vocabulary: the published list of tools and methods, and the regions, each with its threads; and the forms with
//! which the Secretariat keeps it.

mod keep;

use std::collections::HashSet;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use graphql_client::GraphQLQuery;

use crate::web::Asked;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::forms;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::ConceptState;
use crate::web::words::Language;
use crate::web::words::Scheme;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/list.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Scheme")
)]
struct ListQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/concept.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Scheme", "ConceptState", "Language")
)]
struct ConceptQuery;

/// The routes of the vocabulary.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/vocabulary", get(show_list))
        .route("/vocabulary/{slug}", get(show))
        .route("/vocabulary/{slug}/change", post(keep::change))
        .route("/vocabulary/{slug}/add", post(keep::add))
        .route("/vocabulary/{slug}/deprecate", post(keep::deprecate))
}

/// A concept in the list.
#[derive(Clone)]
struct Entry {
    slug: String,
    /// What it lies under in the tree.
    parent: Option<String>,
    /// How deep it lies: 0 for a top.
    depth: usize,
    label: String,
    definition: Option<String>,
    threads: i64,
}

/// The entries with each under its parent, in their order.
fn tree(entries: &[Entry], parent: Option<&str>, depth: usize, found: &mut Vec<Entry>) {
    for entry in entries
        .iter()
        .filter(|entry| entry.parent.as_deref() == parent)
    {
        found.push(Entry {
            depth,
            ..entry.clone()
        });
        tree(entries, Some(&entry.slug), depth + 1, found);
    }
}

#[derive(Template)]
#[template(path = "vocabulary/list.html")]
struct ListPage {
    frame: Frame,
    schemes: Vec<(&'static str, Vec<Entry>)>,
}

async fn show_list(asked: Asked) -> Response {
    match load_list(&asked).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn load_list(asked: &Asked) -> Result<ListPage, PageError> {
    let mut schemes = Vec::new();
    for (name, scheme) in [
        ("tools", Scheme::Tool),
        ("methods", Scheme::Method),
        ("regions", Scheme::Region),
    ] {
        let mut entries = Vec::new();
        let mut after = None;
        loop {
            let variables = list_query::Variables { scheme, after };
            let found = ask::<ListQuery>(&asked.web, &asked.caller, variables).await?;
            entries.extend(found.concepts.edges.into_iter().map(|edge| {
                Entry {
                    parent: edge
                        .node
                        .broader
                        .edges
                        .into_iter()
                        .next()
                        .map(|above| above.node.slug),
                    depth: 0,
                    slug: edge.node.slug,
                    label: edge.node.label,
                    definition: edge.node.definition,
                    threads: edge.node.thread_count,
                }
            }));
            let place = found.concepts.page_info;
            if !place.has_next_page {
                break;
            }
            after = place.end_cursor;
        }
        let listed: HashSet<String> = entries.iter().map(|entry| entry.slug.clone()).collect();
        for entry in &mut entries {
            // What lies under a retired concept, which is not listed, is shown at the top.
            entry.parent = entry.parent.take().filter(|above| listed.contains(above));
        }
        let mut placed = Vec::with_capacity(entries.len());
        tree(&entries, None, 0, &mut placed);
        schemes.push((name, placed));
    }
    Ok(ListPage {
        frame: Frame::load(asked).await,
        schemes,
    })
}

type Concept = concept_query::ConceptQueryConcept;

#[derive(Template)]
#[template(path = "vocabulary/concept.html")]
struct ConceptPage {
    frame: Frame,
    concept: Concept,
    threads: Vec<concept_query::ConceptQueryThreadsEdges>,
    /// The field of the list's filter: `tools`, `methods`, `regions`.
    facet: &'static str,
    can_edit: bool,
    successors: Vec<Choice>,
    trouble: Option<Trouble>,
    key: String,
    /// What was typed in a form that was refused.
    typed: Typed,
}

/// What was typed in one of the page's forms.
#[derive(Default)]
struct Typed {
    /// `change`, `add`, `deprecate`, or nothing.
    form: &'static str,
    slug: String,
    label: String,
    definition: String,
    language: String,
    successor: String,
}

impl Typed {
    fn of(form: &'static str, fields: &Fields) -> Typed {
        Typed {
            form,
            slug: fields.one("slug"),
            label: fields.one("label"),
            definition: fields.one("definition"),
            language: fields.one("language"),
            successor: fields.one("successorId"),
        }
    }

    fn is(&self, form: &str) -> bool {
        self.form == form
    }
}

async fn show(asked: Asked, Path(slug): Path<String>) -> Response {
    concept_page(&asked, &slug, None, Typed::default(), StatusCode::OK).await
}

async fn concept_page(
    asked: &Asked,
    slug: &str,
    trouble: Option<Trouble>,
    typed: Typed,
    status: StatusCode,
) -> Response {
    match load(asked, slug, trouble, typed).await {
        Ok(template) => forms::page(&template, status),
        Err(error) => forms::refuse(asked, error).await,
    }
}

async fn load(
    asked: &Asked,
    slug: &str,
    trouble: Option<Trouble>,
    typed: Typed,
) -> Result<ConceptPage, PageError> {
    let scheme = scheme_of(asked, slug).await?;
    let only = |wanted: Scheme| (scheme == wanted).then(|| vec![slug.to_string()]);
    let variables = concept_query::Variables {
        slug: slug.to_string(),
        tools: only(Scheme::Tool),
        methods: only(Scheme::Method),
        regions: only(Scheme::Region),
    };
    let found = ask::<ConceptQuery>(&asked.web, &asked.caller, variables).await?;
    let concept = found.concept.ok_or(PageError::NotFound)?;
    let can_edit = found.viewer.can_edit_vocabulary;
    let successors = if can_edit {
        concepts::all(asked, scheme).await?
    } else {
        Vec::new()
    };
    Ok(ConceptPage {
        frame: Frame::load(asked).await,
        facet: match scheme {
            Scheme::Tool => "tools",
            Scheme::Method => "methods",
            Scheme::Region => "regions",
        },
        concept,
        threads: found.threads.edges,
        can_edit,
        successors,
        trouble,
        key: forms::new_key(),
        typed,
    })
}

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/vocabulary/scheme.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Scheme")
)]
struct SchemeQuery;

async fn scheme_of(asked: &Asked, slug: &str) -> Result<Scheme, PageError> {
    let variables = scheme_query::Variables {
        slug: slug.to_string(),
    };
    let found = ask::<SchemeQuery>(&asked.web, &asked.caller, variables).await?;
    Ok(found.concept.ok_or(PageError::NotFound)?.scheme)
}
