//! The queue of cases, and the decisions that wait for a second person.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;

use crate::web::address;
use crate::web::api_types::Act;
use crate::web::api_types::CaseHeld;
use crate::web::api_types::CaseKind;
use crate::web::api_types::CaseState;
use crate::web::api_types::Language;
use crate::web::api_types::PostState;
use crate::web::api_types::Reason;
use crate::web::api_types::Role;
use crate::web::api_types::ThreadKind;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::denial::denied;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::request::PageRequest;
use crate::web::response;

document!(QueueQuery, "src/web/moderation/queue.graphql");
document!(NextQuery, "src/web/moderation/next.graphql");
document!(ConfirmMutation, "src/web/moderation/case_act.graphql");
document!(DeclineMutation, "src/web/moderation/case_act.graphql");

/// The longest time for which the queue can be asked, in days.
const MAX_DAYS: i64 = 3_650;

#[derive(Template)]
#[template(path = "moderation/queue.html")]
struct Page {
    frame: Frame,
    found: queue_query::QueueQueryViewer,
    facets: Vec<Facet>,
    kind: Option<CaseKind>,
    state: CaseState,
    held: Option<CaseHeld>,
    thread_kind: Option<ThreadKind>,
    /// As it was typed.
    days: String,
    form_errors: Option<FormErrors>,
    filtered: bool,
    done: bool,
    next: Option<String>,
}

/// Shows the queue.
pub async fn show(request: PageRequest) -> PageResult {
    Ok(response::page(&load(&request).await?, StatusCode::OK))
}

async fn load(request: &PageRequest) -> Result<Page, PageError> {
    let fields = request.query();
    let facets = concepts::facets(request, |field| fields.all(field)).await?;
    let slugs = |at: usize| facets.get(at).map(|facet: &Facet| facet.requested.clone());
    let kind = CaseKind::parse(&fields.one("case"));
    let state = CaseState::parse(&fields.one("state")).unwrap_or(CaseState::Open);
    let held = CaseHeld::parse(&fields.one("held"));
    let thread_kind = ThreadKind::parse(&fields.one("kind"));
    let days = fields.plain("days").unwrap_or_default();
    let form_errors = form_errors(request, &fields)?;
    let filter = queue_query::CaseFilter {
        state: Some(state),
        kinds: kind.map(|kind| vec![kind]),
        held,
        opened_before: None,
        waiting_days: days.parse().ok().filter(|_| form_errors.is_none()),
        tools: slugs(0),
        methods: slugs(1),
        regions: slugs(2),
        thread_kinds: thread_kind.map(|kind| vec![kind]),
    };
    let filtered = facets.iter().any(|facet| !facet.requested.is_empty())
        || kind.is_some()
        || held.is_some()
        || thread_kind.is_some()
        || state != CaseState::Open
        || !days.is_empty();
    let variables = queue_query::Variables {
        filter,
        after: fields.given("after"),
    };
    let found = execute::<QueueQuery>(&request.web, &request.caller, variables).await?;
    decides(request, found.viewer.role)?;
    let page_info = &found.viewer.cases.page_info;
    let cursor = page_info
        .end_cursor
        .as_ref()
        .filter(|_| page_info.has_next_page);
    Ok(Page {
        next: cursor.map(|cursor| address(&fields, cursor)),
        frame: Frame::load(request).await,
        found: found.viewer,
        facets,
        kind,
        state,
        held,
        thread_kind,
        days,
        form_errors,
        filtered,
        done: fields.given("done").is_some(),
    })
}

/// What is wrong with the number of days.
fn form_errors(request: &PageRequest, fields: &Fields) -> Result<Option<FormErrors>, PageError> {
    let check = Check::of(request, fields).number_of_days("days", "waitingDays", MAX_DAYS);
    match check.finish() {
        Ok(()) => Ok(None),
        Err(error) => Ok(Some(FormErrors::from_error(error)?.1)),
    }
}

/// Refuses a user who decides on nothing.
fn decides(request: &PageRequest, role: Role) -> Result<(), PageError> {
    match role {
        Role::Moderator | Role::Secretariat => Ok(()),
        Role::Visitor | Role::Delegate | Role::FocalPoint
            if request.caller.actor.person_id().is_some() =>
        {
            Err(denied(request, Some("ROLE_MAY_NOT")))
        }
        Role::Visitor | Role::Delegate | Role::FocalPoint => {
            Err(denied(request, Some("SIGN_IN_REQUIRED")))
        }
    }
}

/// The address of the same queue at another position.
fn address(fields: &Fields, after: &str) -> String {
    let fields_to_pass = fields.0.iter().filter(|(name, value)| {
        !["after", "lang", "done"].contains(&name.as_str()) && !value.is_empty()
    });
    let fields_to_pass = fields_to_pass.map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<(&str, &str)> = fields_to_pass.chain([("after", after)]).collect();
    format!("/moderation?{}", address::encode(&pairs))
}

/// Redirects to the longest-waiting case that nobody else works on and on which the user decides; to the queue if there
/// is none.
pub async fn next(request: PageRequest) -> PageResult {
    let variables = next_query::Variables {};
    let found = execute::<NextQuery>(&request.web, &request.caller, variables)
        .await?
        .viewer;
    decides(&request, found.role)?;
    let mut free = found.cases.edges.into_iter().filter(|edge| {
        let case = &edge.node;
        let is_free = case.holder.is_none() || case.viewer.holds;
        let mut appeals = case.appeal.iter();
        is_free && appeals.all(|appeal| appeal.viewer.can_decide)
    });
    let done = match request.query().given("done") {
        Some(_) => "?done=1",
        None => "",
    };
    let address = match free.next() {
        Some(edge) => format!("/moderation/cases/{}{done}", edge.node.id),
        None => format!("/moderation{done}"),
    };
    Ok(response::redirect(&address))
}

/// Confirms a proposed decision.
pub async fn confirm(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let input = confirm_mutation::ProposalInput { proposal_id: id };
    let variables = confirm_mutation::Variables { input };
    execute::<ConfirmMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect("/moderation?done=1"))
}

/// Declines a proposed decision, or withdraws the user's own.
pub async fn decline(request: PageRequest, Path(id): Path<String>) -> PageResult {
    let input = decline_mutation::ProposalInput { proposal_id: id };
    let variables = decline_mutation::Variables { input };
    execute::<DeclineMutation>(&request.web, &request.caller, variables).await?;
    Ok(response::redirect("/moderation?done=1"))
}
