//! The home page: what is new for the user.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::web::api_types::Capacity;
use crate::web::api_types::Language;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::response;
use crate::web::threads;

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
}

/// Shows what is new. An address with filters belongs to the list, which used to be at this address.
async fn show(request: PageRequest) -> PageResult {
    if request.query().0.iter().any(|(name, _)| name != "lang") {
        return threads::show(request).await;
    }
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let pinned = |pinned| latest_query::ThreadFilter {
        pinned: Some(pinned),
        ..latest_query::ThreadFilter::default()
    };
    let variables = latest_query::Variables {
        pinned: pinned(true),
        filter: pinned(false),
    };
    let latest = execute::<LatestQuery>(&request.web, &request.caller, variables).await?;
    let mut page = Page {
        can_open: latest.viewer.can_open_thread,
        has_drafts: false,
        own: None,
        concepts: Vec::new(),
        delegation: None,
        latest,
        frame: Frame::load(request).await,
    };
    if request.caller.actor.person_id().is_none() {
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
    };
    page.own = Some(execute::<HomeQuery>(&request.web, &request.caller, variables).await?);
    Ok(page)
}
