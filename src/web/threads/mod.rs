//! The list of threads, with its filters in the address.

pub mod row;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::json;

use crate::base::error::Fault;
use crate::base::limit;
use crate::web::address;
use crate::web::api_types::Language;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::ThreadOrder;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::concepts::SelectOption;
use crate::web::days;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::request::Web;
use crate::web::response;
use crate::web::text::Text;
use crate::web::threads::row::Row;

document!(
    ThreadsQuery,
    "src/web/threads/threads.graphql",
    variables_derives = "Clone"
);

row::row!(threads_query::ThreadRow);

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
    answered: Option<bool>,
    unread: bool,
    archived: bool,
    followed: bool,
    under_followed: bool,
    /// Days as the form gives them: year-month-day.
    from: String,
    until: String,
    form_errors: Option<FormErrors>,
    delegation: String,
    delegations: Vec<SelectOption>,
    filter: String,
    /// The words that titles contain, as they were given.
    title: String,
    /// Whether it is filtered by them.
    is_by_title: bool,
    order: ThreadOrder,
    /// What is filtered by: how it is called, and the address of the list without it.
    chips: Vec<(String, String)>,
    /// The orders: how each is called, and the address of the same list in it.
    orders: Vec<(ThreadOrder, &'static str, String)>,
    /// Whether it shows no excerpts, and its addresses with and without them.
    is_compact: bool,
    full: String,
    compact: String,
    next: Option<String>,
    first: Option<String>,
}

impl Page {
    fn order_word(&self) -> &'static str {
        order_word(self.order)
    }

    fn of_kind(&self, kind: &ThreadKind) -> i64 {
        let found = &self.found;
        match kind {
            ThreadKind::Experience => found.experience,
            ThreadKind::Practice => found.practice,
            ThreadKind::Question => found.question,
            ThreadKind::Proposal => found.proposal,
        }
    }

    fn in_language(&self, language: &Language) -> i64 {
        let found = &self.found;
        match language {
            Language::Ar => found.ar,
            Language::En => found.en,
            Language::Es => found.es,
            Language::Fr => found.fr,
            Language::Ru => found.ru,
            Language::Zh => found.zh,
        }
    }
}

/// Shows the list.
pub async fn show(request: PageRequest) -> PageResult {
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let fields = request.query();
    let mut facets = concepts::facets(request, |field| fields.all(field)).await?;
    let archived = fields.given("archived").is_some();
    let choices = facets.iter_mut().flat_map(|facet| &mut facet.choices);
    concepts::count(request, choices, archived).await?;
    let form_errors = form_errors(request, &fields)?;
    let filter = filter(request, &fields, &facets);
    let order = ThreadOrder::parse(&fields.one("order")).unwrap_or(ThreadOrder::LatestActivity);
    let variables = threads_query::Variables {
        filter: filter.clone(),
        pinned: threads_query::ThreadFilter {
            pinned: Some(true),
            ..filter.clone()
        },
        after: fields.given("after"),
        order,
        reader: Language::of(request.caller.language),
        archived,
    };
    let found = execute::<ThreadsQuery>(&request.web, &request.caller, variables).await?;
    let page_info = &found.threads.page_info;
    let next = page_info
        .end_cursor
        .clone()
        .filter(|_| page_info.has_next_page);
    let frame = Frame::load(request).await;
    let delegations = concepts::delegations(request).await?;
    Ok(Page {
        chips: chips(&frame, &fields, &facets, &delegations),
        title: fields.given("q").unwrap_or_default(),
        is_by_title: filter.title.is_some(),
        order,
        orders: orders(&fields),
        is_compact: fields.one("view") == COMPACT,
        full: with(&fields, "view", None),
        compact: with(&fields, "view", Some(COMPACT)),
        frame,
        delegations,
        found,
        kind: ThreadKind::parse(&fields.one("kind")),
        language: Language::parse(&fields.one("language")),
        answered: filter.answered,
        unread: filter.unread == Some(true),
        archived: filter.archived == Some(true),
        followed: filter.followed == Some(true),
        under_followed: filter.under_followed == Some(true),
        from: fields.plain("from").unwrap_or_default(),
        until: fields.plain("until").unwrap_or_default(),
        form_errors,
        delegation: fields.one("delegations"),
        filter: live(&filter),
        next: next.map(|cursor| address(&fields, Some(&cursor))),
        first: fields.given("after").map(|_| address(&fields, None)),
        facets,
    })
}

/// What is wrong with the words of the title and the days.
fn form_errors(request: &PageRequest, fields: &Fields) -> Result<Option<FormErrors>, PageError> {
    let check = Check::of(request, fields)
        .optional_line("q", limit::MAX_SOUGHT)
        .day("from", "openedFrom")
        .day("until", "openedUntil")
        .in_order("from", "until", "openedUntil");
    match check.finish() {
        Ok(()) => Ok(None),
        Err(error) => Ok(Some(FormErrors::from_error(error)?.1)),
    }
}

/// The filter as the address gives it. What only members have is left out for others.
fn filter(request: &PageRequest, fields: &Fields, facets: &[Facet]) -> threads_query::ThreadFilter {
    let slugs = |at: usize| facets.get(at).map(|facet: &Facet| facet.requested.clone());
    let is_member = request.caller.actor.person_id().is_some();
    let is_set = |name: &str| is_member && fields.given(name).is_some();
    let day = |name: &str, of: fn(&str) -> Result<String, Fault>| of(&fields.plain(name)?).ok();
    threads_query::ThreadFilter {
        tools: slugs(0),
        methods: slugs(1),
        regions: slugs(2),
        kinds: ThreadKind::parse(&fields.one("kind")).map(|kind| vec![kind]),
        languages: Language::parse(&fields.one("language")).map(|language| vec![language]),
        delegations: fields.given("delegations").map(|slug| vec![slug]),
        answered: answered(fields),
        unread: Some(is_set("unread")),
        archived: Some(fields.given("archived").is_some()),
        pinned: Some(false),
        opened_from: day("from", days::begins),
        opened_until: day("until", days::ends),
        title: limit::optional_line("q", fields.given("q").as_deref(), limit::MAX_SOUGHT)
            .ok()
            .flatten(),
        followed: is_set("followed").then_some(true),
        under_followed: is_set("underFollowed").then_some(true),
    }
}

/// Whether only answered or only unanswered questions are listed.
fn answered(fields: &Fields) -> Option<bool> {
    fields.one("answered").parse().ok()
}

/// The key of an order's name.
fn order_word(order: ThreadOrder) -> &'static str {
    match order {
        ThreadOrder::LatestActivity => "sort-active",
        ThreadOrder::Created => "sort-newest",
        ThreadOrder::MostPosts => "sort-most-posts",
    }
}

/// The orders, each with its name and the address of the first page of the same list in it.
fn orders(fields: &Fields) -> Vec<(ThreadOrder, &'static str, String)> {
    let each = |order: &ThreadOrder| {
        let other = (*order != ThreadOrder::LatestActivity).then_some(*order);
        let other = other.map(|order| order.as_str());
        (*order, order_word(*order), with(fields, "order", other))
    };
    ThreadOrder::ALL.iter().map(each).collect()
}

/// What the list is filtered by, each with the address of the list without it.
fn chips(
    frame: &Frame,
    fields: &Fields,
    facets: &[Facet],
    delegations: &[SelectOption],
) -> Vec<(String, String)> {
    let is_member = frame.signed_in.is_some();
    let named = |choices: &[SelectOption], slug: &str| {
        let found = choices.iter().find(|choice| choice.slug == slug);
        found.map(|choice| choice.label.clone())
    };
    let mut chips = Vec::new();
    for (at, (name, value)) in fields.0.iter().enumerate() {
        let facet = facets.iter().find(|facet| facet.field == name);
        let text = &frame.text;
        let label = match (name.as_str(), facet) {
            _ if value.is_empty() => None,
            (_, Some(facet)) => named(&facet.choices, value).or_else(|| Some(value.clone())),
            ("kind", None) => ThreadKind::parse(value).map(|kind| text.of("kind", kind.as_str())),
            ("language", None) => {
                Language::parse(value).map(|language| language.own_name().to_string())
            }
            ("delegations", None) => named(delegations, value),
            ("q", None) => Some(labelled(text, "filter-title", value)),
            ("from", None) => Some(labelled(text, "filter-from", value)),
            ("until", None) => Some(labelled(text, "filter-until", value)),
            ("answered", None) => answered(fields).map(|yes| match yes {
                true => text.t("thread-answered"),
                false => text.t("thread-unanswered"),
            }),
            ("archived", None) => Some(text.t("filter-archived")),
            ("unread", None) if is_member => Some(text.t("filter-unread")),
            ("followed", None) if is_member => Some(text.t("filter-followed")),
            ("underFollowed", None) if is_member => Some(text.t("filter-under-followed")),
            (_, None) => None,
        };
        let others = || {
            let others = fields.0.iter().enumerate();
            let others = others.filter(|(other, _)| *other != at);
            Fields(others.map(|(_, pair)| pair.clone()).collect())
        };
        chips.extend(label.map(|label| (label, address(&others(), None))));
    }
    chips
}

fn labelled(text: &Text, key: &str, value: &str) -> String {
    format!("{}{}{value}", text.t(key), text.t("colon"))
}

/// The value of the field `view` of a list without excerpts.
const COMPACT: &str = "compact";

/// The address of the first page of the same list with another value of a field, or without the field.
fn with(fields: &Fields, changed: &str, value: Option<&str>) -> String {
    let others = fields.0.iter().filter(|(name, _)| name != changed);
    let mut fields: Vec<(String, String)> = others.cloned().collect();
    fields.extend(value.map(|value| (changed.to_string(), value.to_string())));
    address(&Fields(fields), None)
}

/// The filter by which a script follows the list: JSON.
fn live(filter: &threads_query::ThreadFilter) -> String {
    json!({
        "tools": filter.tools, "methods": filter.methods, "regions": filter.regions,
        "kinds": filter.kinds, "languages": filter.languages, "delegations": filter.delegations,
        "archived": filter.archived == Some(true),
        "title": filter.title, "openedFrom": filter.opened_from, "openedUntil": filter.opened_until,
    })
    .to_string()
}

/// The address of the same list at another position.
fn address(fields: &Fields, after: Option<&str>) -> String {
    let filters = fields
        .0
        .iter()
        .filter(|(name, value)| name != "after" && name != "lang" && !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<(&str, &str)> = filters.chain(after.map(|after| ("after", after))).collect();
    match &pairs[..] {
        [] => "/threads".to_string(),
        pairs => format!("/threads?{}", address::encode(pairs)),
    }
}
