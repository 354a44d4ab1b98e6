//! The own settings, and a copy of everything that the forum keeps about oneself.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use graphql_client::GraphQLQuery;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::base::error::Fault;
use crate::base::locale;
use crate::base::offices;
use crate::web::Asked;
use crate::web::Sent;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::Act;
use crate::web::words::Capacity;
use crate::web::words::DraftPurpose;
use crate::web::words::Language;
use crate::web::words::PostState;
use crate::web::words::Reason;
use crate::web::words::Role;
use crate::web::words::Visibility;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone"
)]
struct SettingsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize",
    extern_enums("Capacity", "Language", "PostState", "Role")
)]
struct ExportQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize",
    extern_enums("Capacity", "Language")
)]
struct ExportPostsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize",
    variables_derives = "Clone, Default",
    extern_enums("Language", "ThreadKind")
)]
struct ExportThreadsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize",
    extern_enums("Capacity", "DraftPurpose", "Language", "ThreadKind", "Visibility")
)]
struct ExportDraftsQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone, Serialize",
    extern_enums("Act", "Reason")
)]
struct ExportNoticesQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone",
    variables_derives = "Clone, Default",
    extern_enums("Language")
)]
struct ChangeMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/settings/settings.graphql",
    response_derives = "Debug, Clone"
)]
struct PresenceMutation;

type ThreadKind = crate::web::words::ThreadKind;

/// The routes of the settings.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/settings", get(show).post(change))
        .route("/settings/export", get(export))
}

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    saved: bool,
    email: String,
    name: String,
    language: Language,
    time_zone: String,
    zones: Vec<String>,
    text_only: bool,
    announces: bool,
    shows_presence: bool,
}

async fn show(asked: Asked) -> Response {
    answer(&asked, None, None, StatusCode::OK).await
}

async fn answer(
    asked: &Asked,
    sent: Option<&Fields>,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    match load(asked, sent, trouble).await {
        Ok(template) => forms::page(&template, status),
        Err(error) => forms::refuse(asked, error).await,
    }
}

async fn load(
    asked: &Asked,
    sent: Option<&Fields>,
    trouble: Option<Trouble>,
) -> Result<Page, PageError> {
    let variables = settings_query::Variables {};
    let viewer = ask::<SettingsQuery>(&asked.web, &asked.caller, variables)
        .await?
        .viewer;
    let person = viewer.person.ok_or_else(forms::sign_in_first)?;
    let said = |name: &str| sent.map(|fields| fields.one(name));
    let ticked = |name: &str| sent.map(|fields| fields.given(name).is_some());
    Ok(Page {
        frame: Frame::load(asked).await,
        trouble,
        saved: asked.query().given("saved").is_some(),
        email: viewer.email.unwrap_or_default(),
        name: said("name").unwrap_or(person.name),
        language: said("language")
            .and_then(|language| Language::read(&language))
            .unwrap_or(Language::of(asked.caller.language)),
        time_zone: said("timeZone").unwrap_or(viewer.time_zone.unwrap_or_default()),
        zones: locale::time_zones(),
        text_only: ticked("textOnly").unwrap_or(viewer.text_only),
        announces: ticked("announces").unwrap_or(viewer.announces),
        shows_presence: ticked("showsPresence")
            .unwrap_or(viewer.shows_presence.unwrap_or_default()),
    })
}

async fn change(asked: Asked, fields: Sent) -> Response {
    let language = Language::read(&fields.one("language"));
    let variables = change_mutation::Variables {
        input: change_mutation::ChangeProfileInput {
            name: Some(fields.one("name")),
            language,
            time_zone: Some(fields.one("timeZone")),
            text_only: Some(fields.given("textOnly").is_some()),
            announces: Some(fields.given("announces").is_some()),
        },
    };
    let presence = presence_mutation::Variables {
        shown: fields.given("showsPresence").is_some(),
    };
    let done = async {
        check(&asked, &fields).await?;
        ask::<ChangeMutation>(&asked.web, &asked.caller, variables).await?;
        ask::<PresenceMutation>(&asked.web, &asked.caller, presence).await
    };
    match done.await.map(drop) {
        // The chosen language holds at once, also where another was chosen by a link before.
        Ok(()) => forms::see_other(&match language {
            Some(language) => format!("/settings?saved=true&lang={}", language.code()),
            None => "/settings?saved=true".to_string(),
        }),
        Err(error) => match forms::trouble_or_denied(error) {
            Ok((status, trouble)) => answer(&asked, Some(&fields), Some(trouble), status).await,
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

/// Looks at all that is wrong with the form at once.
async fn check(asked: &Asked, fields: &Fields) -> Result<(), PageError> {
    let name = fields.one("name");
    // Who goes by it already keeps it.
    let is_own = match offices::is_passed_for(&name, asked.caller.actor.role()) {
        true => {
            let variables = settings_query::Variables {};
            let found = ask::<SettingsQuery>(&asked.web, &asked.caller, variables).await?;
            let person = found.viewer.person.ok_or_else(forms::sign_in_first)?;
            person.name == name
        }
        false => true,
    };
    Check::of(asked, fields)
        .name("name")
        .unless(is_own, "name", Fault::NameOfOffice)
        .time_zone("timeZone")
        .optional_choice_called("language", "ownLanguage", Language::read)
        .done()
}

/// Everything that the forum keeps about who asks, as a file.
async fn export(asked: Asked) -> Response {
    match collect(&asked).await {
        Ok(all) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json; charset=utf-8"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"partage-export.json\"",
                ),
            ];
            let text = serde_json::to_string_pretty(&all).unwrap_or_default();
            (headers, text).into_response()
        }
        Err(error) => forms::refuse(&asked, error).await,
    }
}

fn value(given: impl Serialize) -> Value {
    serde_json::to_value(given).unwrap_or_default()
}

async fn collect(asked: &Asked) -> Result<Value, PageError> {
    let (web, caller) = (&asked.web, &asked.caller);
    let account = ask::<ExportQuery>(web, caller, export_query::Variables {}).await?;
    let person = account.viewer.person.clone();
    let id = person.ok_or_else(forms::sign_in_first)?.id;
    let (mut posts, mut after) = (Vec::new(), None);
    loop {
        let variables = export_posts_query::Variables {
            id: id.clone(),
            after,
        };
        let found = ask::<ExportPostsQuery>(web, caller, variables).await?;
        let Some(export_posts_query::ExportPostsQueryNode::Person(person)) = found.node else {
            break;
        };
        posts.extend(person.posts.edges.into_iter().map(|edge| value(edge.node)));
        let place = person.posts.page_info;
        if !place.has_next_page {
            break;
        }
        after = place.end_cursor;
    }
    let (mut threads, mut after) = (Vec::new(), None);
    loop {
        let filter = export_threads_query::ThreadFilter {
            followed: Some(true),
            ..export_threads_query::ThreadFilter::default()
        };
        let variables = export_threads_query::Variables { filter, after };
        let found = ask::<ExportThreadsQuery>(web, caller, variables)
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
        let found = ask::<ExportDraftsQuery>(web, caller, variables)
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
        let found = ask::<ExportNoticesQuery>(web, caller, variables)
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
