//! The list of threads, with its filters in the address.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use graphql_client::GraphQLQuery;
use serde_json::json;

use crate::base::error::Fault;
use crate::web::Asked;
use crate::web::Web;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::concepts;
use crate::web::concepts::Choice;
use crate::web::concepts::Facet;
use crate::web::days;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::words::Capacity;
use crate::web::words::Language;
use crate::web::words::ThreadKind;
use crate::web::words::Visibility;

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/threads/threads.graphql",
    response_derives = "Debug, Clone",
    variables_derives = "Clone",
    extern_enums("Capacity", "Language", "ThreadKind", "Visibility")
)]
struct ThreadsQuery;

/// The routes of the list.
pub fn routes() -> Router<Web> {
    Router::new().route("/threads", get(show))
}

#[derive(Template)]
#[template(path = "threads/threads.html")]
struct Page {
    frame: Frame,
    found: threads_query::ResponseData,
    facets: Vec<Facet>,
    kind: Option<ThreadKind>,
    language: Option<Language>,
    unread: bool,
    archived: bool,
    followed: bool,
    under_followed: bool,
    /// Days as the form gives them: year-month-day.
    from: String,
    until: String,
    trouble: Option<Trouble>,
    delegation: String,
    delegations: Vec<Choice>,
    filter: String,
    /// Whether anything is filtered, so that the filters are shown.
    filtered: bool,
    next: Option<String>,
    first: Option<String>,
}

/// Shows the list.
pub async fn show(asked: Asked) -> Response {
    match load(&asked).await {
        Ok(template) => forms::page(&template, StatusCode::OK),
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn load(asked: &Asked) -> Result<Page, PageError> {
    let fields = asked.query();
    let facets = concepts::facets(asked, |field| fields.all(field)).await?;
    let kind = ThreadKind::read(&fields.one("kind"));
    let language = Language::read(&fields.one("language"));
    let unread = asked.caller.actor.person_id().is_some() && fields.given("unread").is_some();
    let archived = fields.given("archived").is_some();
    let delegation = fields.one("delegations");
    let slugs = |at: usize| facets.get(at).map(|facet: &Facet| facet.asked.clone());
    let is_member = asked.caller.actor.person_id().is_some();
    let said = |name: &str| is_member && fields.given(name).is_some();
    let (followed, under_followed) = (said("followed"), said("underFollowed"));
    let check = Check::of(asked, &fields)
        .day("from", "openedFrom")
        .day("until", "openedUntil")
        .in_order("from", "until", "openedUntil");
    let trouble = match check.done().map_err(forms::trouble) {
        Ok(()) => None,
        Err(told) => Some(told?.1),
    };
    let day = |name: &str, of: fn(&str) -> Result<String, Fault>| of(&fields.plain(name)?).ok();
    let (opened_from, opened_until) = (day("from", days::begins), day("until", days::ends));
    let filter = threads_query::ThreadFilter {
        tools: slugs(0),
        methods: slugs(1),
        regions: slugs(2),
        kinds: kind.map(|kind| vec![kind]),
        languages: language.map(|language| vec![language]),
        delegations: (!delegation.is_empty()).then(|| vec![delegation.clone()]),
        unread: Some(unread),
        archived: Some(archived),
        pinned: Some(false),
        opened_from: opened_from.clone(),
        opened_until: opened_until.clone(),
        followed: followed.then_some(true),
        under_followed: under_followed.then_some(true),
    };
    let pinned = threads_query::ThreadFilter {
        pinned: Some(true),
        ..filter.clone()
    };
    let filtered = facets.iter().any(|facet| !facet.asked.is_empty())
        || kind.is_some()
        || language.is_some()
        || !delegation.is_empty()
        || unread
        || followed
        || under_followed
        || fields.given("from").is_some()
        || fields.given("until").is_some()
        || archived;
    let live = json!({
        "tools": filter.tools, "methods": filter.methods, "regions": filter.regions,
        "kinds": filter.kinds, "languages": filter.languages, "delegations": filter.delegations,
        "archived": archived, "openedFrom": opened_from, "openedUntil": opened_until,
    });
    let variables = threads_query::Variables {
        filter,
        pinned,
        after: fields.given("after"),
    };
    let found = ask::<ThreadsQuery>(&asked.web, &asked.caller, variables).await?;
    let place = &found.threads.page_info;
    let next = place
        .end_cursor
        .clone()
        .filter(|_| place.has_next_page)
        .map(|cursor| address(&fields, Some(&cursor)));
    let first = fields.given("after").map(|_| address(&fields, None));
    Ok(Page {
        frame: Frame::load(asked).await,
        delegations: concepts::delegations(asked).await?,
        found,
        facets,
        kind,
        language,
        unread,
        archived,
        followed,
        under_followed,
        from: fields.plain("from").unwrap_or_default(),
        until: fields.plain("until").unwrap_or_default(),
        trouble,
        delegation,
        filter: live.to_string(),
        filtered,
        next,
        first,
    })
}

/// The address of the same list at another place.
fn address(fields: &Fields, after: Option<&str>) -> String {
    let kept = fields
        .0
        .iter()
        .filter(|(name, value)| name != "after" && name != "lang" && !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<(&str, &str)> = kept.chain(after.map(|after| ("after", after))).collect();
    format!("/threads?{}", crate::web::encode(&pairs))
}
