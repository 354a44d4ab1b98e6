//! Delegations: member states and observers by name, each with the threads that were opened for it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;

use crate::web::api_types::DelegationKind;
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
use crate::web::threads::row;
use crate::web::threads::row::Row;

document!(DelegationsQuery, "src/web/delegations/delegations.graphql");
document!(
    DelegationQuery,
    "src/web/delegations/delegations.graphql",
    variables_derives = "Clone, Default"
);

row::row!(delegation_query::DelegationRow);

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

async fn list(request: PageRequest) -> PageResult {
    Ok(response::page(&load_list(&request).await?, StatusCode::OK))
}

async fn load_list(request: &PageRequest) -> Result<ListPage, PageError> {
    let search = request.query().one("search");
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
            let found =
                execute::<DelegationsQuery>(&request.web, &request.caller, variables).await?;
            let edges = found.delegations.edges.into_iter();
            entries.extend(edges.map(|edge| edge.node));
            let page_info = found.delegations.page_info;
            if !page_info.has_next_page {
                break;
            }
            after = page_info.end_cursor;
        }
        if !entries.is_empty() {
            kinds.push((*kind, entries));
        }
    }
    Ok(ListPage {
        frame: Frame::load(request).await,
        search,
        kinds,
    })
}

async fn show(request: PageRequest, Path(slug): Path<String>) -> PageResult {
    Ok(response::page(&load(&request, slug).await?, StatusCode::OK))
}

async fn load(request: &PageRequest, slug: String) -> Result<Page, PageError> {
    let variables = delegation_query::Variables {
        filter: delegation_query::ThreadFilter {
            delegations: Some(vec![slug.clone()]),
            ..delegation_query::ThreadFilter::default()
        },
        after: request.query().given("after"),
        reader: Language::of(request.caller.language),
        id: slug,
    };
    let found = execute::<DelegationQuery>(&request.web, &request.caller, variables).await?;
    let delegation = found.delegation.ok_or(PageError::NotFound)?;
    let page_info = &found.threads.page_info;
    let cursor = page_info
        .end_cursor
        .as_ref()
        .filter(|_| page_info.has_next_page);
    Ok(Page {
        frame: Frame::load(request).await,
        next: cursor.map(|cursor| format!("/delegations/{}?after={cursor}", delegation.slug)),
        delegation,
        threads: found.threads,
    })
}
