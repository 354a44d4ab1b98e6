//! The home page: what is new for the user.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::web::api_types::Language;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::concepts;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::response;
use crate::web::threads;
use crate::web::threads::row;
use crate::web::threads::row::Row;

document!(
    HomeQuery,
    "src/web/home/home.graphql",
    variables_derives = "Clone, Default"
);
document!(
    HomeMandatesQuery,
    "src/web/home/home.graphql",
    variables_derives = "Clone, Default"
);
document!(
    LatestQuery,
    "src/web/home/home.graphql",
    variables_derives = "Clone, Default"
);

row::row!(home_query::HomeRow);
row::row!(latest_query::HomeRow);

/// The route of the home page.
pub fn routes() -> Router<Web> {
    Router::new().route("/", get(show))
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct Page {
    frame: Frame,
    can_open: bool,
    has_drafts: bool,
    /// What is new in the reader's own threads; `None` for visitors.
    own: Option<home_query::ResponseData>,
    /// The concepts that the reader follows: slug and label.
    concepts: Vec<(String, String)>,
    /// The reader's delegation: slug and name.
    delegation: Option<(String, String)>,
    latest: latest_query::ResponseData,
    /// The ways in by tool, method and region, for visitors.
    doors: Vec<Door>,
}

/// A way in: the terms of a facet with the most threads.
struct Door {
    field: &'static str,
    icon: &'static str,
    /// Slug, label and number of threads.
    terms: Vec<(String, String, i64)>,
    /// The number of all terms.
    all: i64,
}

/// The number of terms of a way in.
const TERMS: usize = 6;

/// Shows what is new. An address with filters belongs to the list, which used to be at this address.
async fn show(request: PageRequest) -> PageResult {
    if request.query().0.iter().any(|(name, _)| name != "lang") {
        return threads::show(request).await;
    }
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let reader = Language::of(request.caller.language);
    let pinned = |pinned| latest_query::ThreadFilter {
        pinned: Some(pinned),
        ..latest_query::ThreadFilter::default()
    };
    let variables = latest_query::Variables {
        pinned: pinned(true),
        filter: pinned(false),
        questions: latest_query::ThreadFilter {
            answered: Some(false),
            ..latest_query::ThreadFilter::default()
        },
        reader,
    };
    let latest = execute::<LatestQuery>(&request.web, &request.caller, variables).await?;
    let mut page = Page {
        can_open: latest.viewer.can_open_thread,
        has_drafts: false,
        own: None,
        concepts: Vec::new(),
        delegation: None,
        latest,
        doors: Vec::new(),
        frame: Frame::load(request).await,
    };
    if request.caller.actor.person_id().is_none() {
        page.doors = doors(request).await?;
        return Ok(page);
    }
    let variables = home_mandates_query::Variables {};
    let viewer = execute::<HomeMandatesQuery>(&request.web, &request.caller, variables)
        .await?
        .viewer;
    page.has_drafts = !viewer.drafts.edges.is_empty();
    let concepts = viewer.followed_concepts.edges.into_iter();
    page.concepts = concepts
        .map(|edge| (edge.node.slug, edge.node.label))
        .collect();
    let mandate = viewer.mandates.edges.into_iter().next();
    page.delegation = mandate.map(|edge| (edge.node.delegation.slug, edge.node.delegation.name));
    let unread = || home_query::ThreadFilter {
        unread: Some(true),
        ..home_query::ThreadFilter::default()
    };
    let variables = home_query::Variables {
        own: home_query::ThreadFilter {
            followed: Some(true),
            ..unread()
        },
        under: home_query::ThreadFilter {
            under_followed: Some(true),
            ..unread()
        },
        delegation: home_query::ThreadFilter {
            // Without a delegation, nothing is requested and nothing is found.
            delegations: Some(vec![
                page.delegation
                    .as_ref()
                    .map_or("-".to_string(), |(slug, _)| slug.clone()),
            ]),
            ..home_query::ThreadFilter::default()
        },
        reader,
    };
    page.own = Some(execute::<HomeQuery>(&request.web, &request.caller, variables).await?);
    Ok(page)
}

/// The ways in. Countries have their delegations, and the world is everywhere.
async fn doors(request: &PageRequest) -> Result<Vec<Door>, PageError> {
    let mut facets = concepts::facets(request, |_| Vec::new()).await?;
    let choices = facets.iter_mut().flat_map(|facet| &mut facet.choices);
    concepts::count(request, choices, false).await?;
    let icons = ["tool", "method", "globe"];
    let doors = facets.into_iter().zip(icons).map(|(facet, icon)| {
        let mut choices: Vec<_> = facet
            .choices
            .into_iter()
            .filter(|choice| !choice.slug.starts_with("country-") && choice.slug != "world")
            .collect();
        let all = i64::try_from(choices.len()).unwrap_or(i64::MAX);
        choices.sort_by_key(|choice| std::cmp::Reverse(choice.threads));
        let terms = choices.into_iter().filter(|choice| choice.threads > 0);
        let terms = terms.take(TERMS).map(|choice| {
            let label = row::brief(&choice.label).to_string();
            (choice.slug, label, choice.threads)
        });
        Door {
            field: facet.field,
            icon,
            terms: terms.collect(),
            all,
        }
    });
    Ok(doors.collect())
}
