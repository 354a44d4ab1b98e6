//! Delegations: member states and observers by name, each with the threads that were opened for it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;

use crate::web::client::ask;
use crate::web::client::document;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::frame::Frame;
use crate::web::request::Asked;
use crate::web::request::Web;
use crate::web::response;
use crate::web::words::Capacity;
use crate::web::words::DelegationKind;
use crate::web::words::Language;
use crate::web::words::ThreadKind;
use crate::web::words::Visibility;

document!(DelegationsQuery, "src/web/delegations/delegations.graphql");
document!(
    DelegationQuery,
    "src/web/delegations/delegations.graphql",
    variables_derives = "Clone, Default"
);

/// The routes of the delegations.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/delegations", get(list))
        .route("/delegations/{slug}", get(show))
}

type Entry = delegations_query::DelegationsQueryDelegationsEdgesNode;

#[derive(Template)]
#[template(path = "delegations/list.html")]
struct ListPage {
    frame: Frame,
    search: String,
    /// The delegations of each kind, by name in the reader's language.
    kinds: Vec<(DelegationKind, Vec<Entry>)>,
}

#[derive(Template)]
#[template(path = "delegations/delegation.html")]
struct Page {
    frame: Frame,
    delegation: delegation_query::DelegationQueryDelegation,
    threads: delegation_query::DelegationQueryThreads,
    next: Option<String>,
}

async fn list(asked: Asked) -> PageResult {
    Ok(response::page(&load_list(&asked).await?, StatusCode::OK))
}

async fn load_list(asked: &Asked) -> Result<ListPage, PageError> {
    let search = asked.query().one("search");
    let mut kinds = Vec::new();
    for kind in DelegationKind::ALL {
        let mut entries = Vec::new();
        let mut after = None;
        loop {
            let variables = delegations_query::Variables {
                kind: Some(*kind),
                search: (!search.is_empty()).then(|| search.clone()),
                after,
            };
            let found = ask::<DelegationsQuery>(&asked.web, &asked.caller, variables).await?;
            let edges = found.delegations.edges.into_iter();
            entries.extend(edges.map(|edge| edge.node));
            let place = found.delegations.page_info;
            if !place.has_next_page {
                break;
            }
            after = place.end_cursor;
        }
        if !entries.is_empty() {
            kinds.push((*kind, entries));
        }
    }
    Ok(ListPage {
        frame: Frame::load(asked).await,
        search,
        kinds,
    })
}

async fn show(asked: Asked, Path(slug): Path<String>) -> PageResult {
    Ok(response::page(&load(&asked, slug).await?, StatusCode::OK))
}

async fn load(asked: &Asked, slug: String) -> Result<Page, PageError> {
    let variables = delegation_query::Variables {
        filter: delegation_query::ThreadFilter {
            delegations: Some(vec![slug.clone()]),
            ..delegation_query::ThreadFilter::default()
        },
        after: asked.query().given("after"),
        id: slug,
    };
    let found = ask::<DelegationQuery>(&asked.web, &asked.caller, variables).await?;
    let delegation = found.delegation.ok_or(PageError::NotFound)?;
    let place = &found.threads.page_info;
    let cursor = place.end_cursor.as_ref().filter(|_| place.has_next_page);
    Ok(Page {
        frame: Frame::load(asked).await,
        next: cursor.map(|cursor| format!("/delegations/{}?after={cursor}", delegation.slug)),
        delegation,
        threads: found.threads,
    })
}
