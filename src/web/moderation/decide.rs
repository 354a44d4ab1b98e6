//! The form of a decision: which act, on which posts, threads or people, and why.

use askama::Template;
use axum::http::StatusCode;

use crate::base::digits;
use crate::base::error::Fault;
use crate::web::api_types::Act;
use crate::web::api_types::Language;
use crate::web::api_types::Reason;
use crate::web::api_types::ThreadKind;
use crate::web::api_types::Visibility;
use crate::web::client::document;
use crate::web::client::execute;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::days;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::form_errors::FormErrors;
use crate::web::frame::Frame;
use crate::web::moderation::act_fields::ActFields;
use crate::web::moderation::act_fields::act_fields;
use crate::web::moderation::choose;
use crate::web::moderation::choose::acts;
use crate::web::moderation::choose::next;
use crate::web::moderation::choose::targets;
use crate::web::moderation::reason_fields::ReasonFields;
use crate::web::moderation::reason_fields::check_reason_fields;
use crate::web::moderation::reason_fields::reason;
use crate::web::moderation::reason_fields::reasons;
use crate::web::moderation::target;
use crate::web::moderation::target::Target;
use crate::web::request::PageRequest;
use crate::web::request::SubmittedForm;
use crate::web::response;
use crate::web::response::PageStatus;

document!(DecideMutation, "src/web/moderation/decide.graphql");
document!(ProposeMutation, "src/web/moderation/propose.graphql");

#[derive(Template)]
#[template(path = "moderation/decide.html")]
struct Page {
    frame: Frame,
    form_errors: Option<FormErrors>,
    key: String,
    act: Act,
    /// Another person must confirm it.
    proposes: bool,
    targets: Vec<Target>,
    case: String,
    next: String,
    reason_fields: ReasonFields,
    act_fields: ActFields,
    until: String,
    body: String,
    seconds: String,
    title: String,
    kind: Option<ThreadKind>,
    visibility: Option<Visibility>,
    facets: Vec<Facet>,
    into: String,
}

/// Shows the acts to choose from, or the form of the chosen one.
pub async fn show(request: PageRequest) -> PageResult {
    let fields = request.query();
    let found = targets(&request, &fields).await?;
    let (alone, proposed) = acts(&found);
    let act = Act::parse(&fields.one("act"));
    match act.filter(|act| alone.contains(act) || proposed.contains(act)) {
        Some(act) => page(&request, act, found, &fields, None, StatusCode::OK).await,
        None => Ok(choose::page(&request, found, &fields).await),
    }
}

async fn page(
    request: &PageRequest,
    act: Act,
    targets: Vec<Target>,
    fields: &Fields,
    form_errors: Option<FormErrors>,
    status: impl Into<PageStatus>,
) -> PageResult {
    let act_fields = act_fields(act);
    let first = targets.first();
    // Several threads have different values, so nothing is prefilled.
    let thread = match targets.as_slice() {
        [only] => only.thread.as_ref(),
        _ => None,
    };
    let shown = |name: &str, stored: String| match fields.given("key") {
        Some(_) => fields.one(name),
        None => stored,
    };
    let facets = facets(request, act_fields, fields, thread).await?;
    let reasons = reasons(request, Some(act)).await?;
    let (alone, _) = acts(&targets);
    let body = first.and_then(|target| target.body.clone());
    let title = match act_fields {
        ActFields::Change if targets.len() == 1 => first.map(|target| target.title.clone()),
        ActFields::Change
        | ActFields::Nothing
        | ActFields::Until { .. }
        | ActFields::Body
        | ActFields::Seconds
        | ActFields::NewThread
        | ActFields::Into => None,
    };
    let seconds = thread.and_then(|thread| thread.slow_seconds);
    let template = Page {
        frame: Frame::load(request).await,
        key: fields.next_key(form_errors.as_ref()),
        form_errors,
        act,
        proposes: !alone.contains(&act),
        case: fields.one("case"),
        next: next(fields, &targets),
        reason_fields: ReasonFields::of(request, fields, reasons),
        act_fields,
        until: fields.plain("until").unwrap_or_default(),
        body: shown("body", body.unwrap_or_default()),
        seconds: digits::to_ascii(&shown("seconds", seconds.unwrap_or(300).to_string())),
        title: shown("title", title.unwrap_or_default()),
        kind: ThreadKind::parse(&fields.one("kind")).or(thread.map(|thread| thread.kind)),
        visibility: Visibility::parse(&fields.one("visibility"))
            .or(thread.map(|thread| thread.visibility)),
        facets,
        into: fields.one("into"),
        targets,
    };
    Ok(response::page(&template, status))
}

/// The tags to choose from: with what was sent, or those that the thread has.
async fn facets(
    request: &PageRequest,
    act_fields: ActFields,
    fields: &Fields,
    thread: Option<&target::Thread>,
) -> Result<Vec<Facet>, PageError> {
    match act_fields {
        ActFields::Change | ActFields::NewThread => {}
        ActFields::Nothing
        | ActFields::Until { .. }
        | ActFields::Body
        | ActFields::Seconds
        | ActFields::Into => {
            return Ok(Vec::new());
        }
    }
    let stored = |field: &str| match (thread, field) {
        (Some(thread), "tools") => thread.tools.clone(),
        (Some(thread), "methods") => thread.methods.clone(),
        (Some(thread), _) => thread.regions.clone(),
        (None, _) => Vec::new(),
    };
    concepts::facets(request, |field| match fields.given("key") {
        Some(_) => fields.all(field),
        None => stored(field),
    })
    .await
}

/// Decides, or proposes an act that requires a second person.
pub async fn send(request: PageRequest, fields: SubmittedForm) -> PageResult {
    let act = Act::parse(&fields.one("act")).ok_or(PageError::NotFound)?;
    match take(&request, act, &fields).await {
        Ok(()) => {
            let found = targets(&request, &fields).await.unwrap_or_default();
            Ok(response::redirect_sent(
                &next(&fields, &found),
                &fields.key(),
            ))
        }
        Err(error) => {
            let (status, form_errors) = FormErrors::from_error(error)?;
            let found = targets(&request, &fields).await?;
            page(&request, act, found, &fields, Some(form_errors), status).await
        }
    }
}

async fn take(request: &PageRequest, act: Act, fields: &Fields) -> Result<(), PageError> {
    let input = input(request, act, fields).await?;
    if fields.given("propose").is_none() {
        let variables = decide_mutation::Variables { input };
        let decided = execute::<DecideMutation>(&request.web, &request.caller, variables).await;
        return decided.map(drop);
    }
    let input = propose_mutation::DecideInput {
        key: input.key,
        act: input.act,
        target_ids: input.target_ids,
        reason: input.reason,
        explanation: input.explanation,
        language: input.language,
        withhold_explanation: input.withhold_explanation,
        until: input.until,
        body: input.body,
        seconds: None,
        change: None,
        into_thread_id: None,
        case_id: input.case_id,
    };
    let variables = propose_mutation::Variables { input };
    let made = execute::<ProposeMutation>(&request.web, &request.caller, variables).await;
    made.map(drop)
}

/// Checks a form for everything that is wrong with it for an act.
async fn check(request: &PageRequest, act: Act, fields: &Fields) -> Result<(), PageError> {
    let limits = &request.web.config.limits;
    let reasons = reasons(request, Some(act)).await?;
    let check = check_reason_fields(request, fields, &reasons);
    let check = match act_fields(act) {
        ActFields::Until { required: true } => check.given("until").until("until"),
        ActFields::Until { required: false } => check.until("until"),
        ActFields::Body => check.text("body", limits.body_length),
        ActFields::Seconds => check.pause("seconds"),
        ActFields::Into => {
            let into = is_thread(request, &thread_in(&fields.one("into"))).await?;
            check.given("into").unless(into, "into", Fault::Unknown)
        }
        ActFields::NewThread => changed(check.line("title", limits.title_length), fields),
        ActFields::Change if keeps_title(fields) => changed(check, fields),
        ActFields::Change => changed(check.line("title", limits.title_length), fields),
        ActFields::Nothing => check,
    };
    check.finish()
}

/// Whether each thread keeps its title: the form shows the title of a single thread, but none for several.
fn keeps_title(fields: &Fields) -> bool {
    let is_shown = fields.all("target").len() == 1 && fields.is_sent("title");
    fields.given("title").is_none() && !is_shown
}

/// Kind and visibility must be known values if they are changed; tags are replaced as a whole, or stay unchanged.
fn changed<'a>(check: Check<'a>, fields: &Fields) -> Check<'a> {
    let check = check
        .optional_choice("kind", ThreadKind::parse)
        .optional_choice("visibility", Visibility::parse);
    let is_there = |field: &str| !fields.all(field).is_empty();
    let has_use = is_there("tools") || is_there("methods");
    if !has_use && !is_there("regions") {
        return check;
    }
    check
        .needs("tools", has_use)
        .needs("regions", is_there("regions"))
}

/// Whether a thread with this id exists for the user.
async fn is_thread(request: &PageRequest, id: &str) -> Result<bool, PageError> {
    match target::find(request, id).await {
        Ok(found) => Ok(found.thread.is_some()),
        Err(PageError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn input(
    request: &PageRequest,
    act: Act,
    fields: &Fields,
) -> Result<decide_mutation::DecideInput, PageError> {
    check(request, act, fields).await?;
    let act_fields = act_fields(act);
    let tags = || {
        let (tools, methods) = (fields.all("tools"), fields.all("methods"));
        let regions = fields.all("regions");
        let chosen = !(tools.is_empty() && methods.is_empty() && regions.is_empty());
        chosen.then_some(decide_mutation::DecideTagsInput {
            tools,
            methods,
            regions,
        })
    };
    let changes = matches!(act_fields, ActFields::Change | ActFields::NewThread);
    let change = changes.then(|| decide_mutation::DecideChangeInput {
        title: fields.given("title"),
        kind: ThreadKind::parse(&fields.one("kind")),
        visibility: Visibility::parse(&fields.one("visibility")),
        tags: tags(),
    });
    let given = |wanted: bool, field: &str| fields.plain(field).filter(|_| wanted);
    let until = given(matches!(act_fields, ActFields::Until { .. }), "until");
    let seconds = given(matches!(act_fields, ActFields::Seconds), "seconds");
    Ok(decide_mutation::DecideInput {
        key: fields.key(),
        act,
        target_ids: fields.all("target"),
        reason: reason(request, fields)?,
        explanation: fields.one("explanation"),
        language: check::require_choice(request, fields, "language", Language::parse)?,
        withhold_explanation: fields.given("withhold").is_some(),
        until: until.and_then(|until| days::until(&until).ok()),
        body: matches!(act_fields, ActFields::Body).then(|| fields.one("body")),
        seconds: seconds.and_then(|seconds| seconds.parse().ok()),
        change,
        into_thread_id: matches!(act_fields, ActFields::Into)
            .then(|| thread_in(&fields.one("into"))),
        case_id: fields.given("case"),
    })
}

/// Returns a thread's id, also from the address of its page.
fn thread_in(text: &str) -> String {
    let text = text.trim();
    let id = text.rsplit_once("/threads/").map_or(text, |(_, id)| id);
    let end = id.find(['?', '#', '/']).unwrap_or(id.len());
    id.get(..end).unwrap_or(id).to_string()
}
