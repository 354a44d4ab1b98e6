//! A copy of everything that the forum stores about the user.

use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::web::api_types::Act;
use crate::web::api_types::Capacity;
use crate::web::api_types::DraftPurpose;
use crate::web::api_types::Language;
use crate::web::api_types::PostState;
use crate::web::api_types::Reason;
use crate::web::api_types::Role;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::error;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::request::PageRequest;

document!(
    ExportQuery,
    "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize"
);
document!(
    ExportPostsQuery,
    "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize"
);
document!(
    ExportThreadsQuery,
    "src/web/settings/settings.graphql",
    variables_derives = "Clone, Default",
    response_derives = "Debug, Clone, Serialize"
);
document!(
    ExportDraftsQuery,
    "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize"
);
document!(
    ExportNoticesQuery,
    "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize"
);

/// Everything that the forum stores about the user, as a file.
pub async fn export(request: PageRequest) -> PageResult {
    let all = collect(&request).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"partage-export.json\"",
        ),
    ];
    let text = serde_json::to_string_pretty(&all).unwrap_or_default();
    Ok((headers, text).into_response())
}

fn value(given: impl Serialize) -> Value {
    serde_json::to_value(given).unwrap_or_default()
}

async fn collect(request: &PageRequest) -> Result<Value, PageError> {
    let (web, caller) = (&request.web, &request.caller);
    let account = execute::<ExportQuery>(web, caller, export_query::Variables {}).await?;
    let person = account.viewer.person.clone();
    let id = person.ok_or_else(error::sign_in_first)?.id;
    let (mut posts, mut after) = (Vec::new(), None);
    loop {
        let variables = export_posts_query::Variables {
            id: id.clone(),
            after,
        };
        let found = execute::<ExportPostsQuery>(web, caller, variables).await?;
        let Some(export_posts_query::ExportPostsQueryNode::Person(person)) = found.node else {
            break;
        };
        posts.extend(person.posts.edges.into_iter().map(|edge| value(edge.node)));
        let page_info = person.posts.page_info;
        if !page_info.has_next_page {
            break;
        }
        after = page_info.end_cursor;
    }
    let (mut threads, mut after) = (Vec::new(), None);
    loop {
        let filter = export_threads_query::ThreadFilter {
            followed: Some(true),
            ..export_threads_query::ThreadFilter::default()
        };
        let variables = export_threads_query::Variables { filter, after };
        let found = execute::<ExportThreadsQuery>(web, caller, variables)
            .await?
            .threads;
        threads.extend(found.edges.into_iter().map(|edge| value(edge.node)));
        if !found.page_info.has_next_page {
            break;
        }
        after = found.page_info.end_cursor;
    }
    let (mut drafts, mut after) = (Vec::new(), None);
    loop {
        let variables = export_drafts_query::Variables { after };
        let found = execute::<ExportDraftsQuery>(web, caller, variables)
            .await?
            .viewer
            .drafts;
        drafts.extend(found.edges.into_iter().map(|edge| value(edge.node)));
        if !found.page_info.has_next_page {
            break;
        }
        after = found.page_info.end_cursor;
    }
    let (mut notices, mut after) = (Vec::new(), None);
    loop {
        let variables = export_notices_query::Variables { after };
        let found = execute::<ExportNoticesQuery>(web, caller, variables)
            .await?
            .viewer
            .notices;
        notices.extend(found.edges.into_iter().map(|edge| value(edge.node)));
        if !found.page_info.has_next_page {
            break;
        }
        after = found.page_info.end_cursor;
    }
    Ok(json!({
        "account": value(account.viewer),
        "posts": posts,
        "followedThreads": threads,
        "drafts": drafts,
        "notices": notices,
    }))
}
