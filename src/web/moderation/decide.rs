//! The form of a decision: which act, on which posts, threads or people, and why.

use askama::Template;
use axum::http::StatusCode;

use crate::base::digits;
use crate::base::error::Fault;
use crate::web::client::ask;
use crate::web::client::document;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::days;
use crate::web::error::PageError;
use crate::web::error::PageResult;
use crate::web::forms::check;
use crate::web::forms::check::Check;
use crate::web::forms::fields::Fields;
use crate::web::forms::trouble::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation::choose;
use crate::web::moderation::choose::acts;
use crate::web::moderation::choose::next;
use crate::web::moderation::choose::targets;
use crate::web::moderation::needs::Needs;
use crate::web::moderation::needs::needs;
use crate::web::moderation::target;
use crate::web::moderation::target::Target;
use crate::web::moderation::why::Why;
use crate::web::moderation::why::reason;
use crate::web::moderation::why::reasons;
use crate::web::moderation::why::why;
use crate::web::request::Asked;
use crate::web::request::Sent;
use crate::web::response;
use crate::web::response::Standing;
use crate::web::words::Act;
use crate::web::words::Language;
use crate::web::words::Reason;
use crate::web::words::ThreadKind;
use crate::web::words::Visibility;

document!(DecideMutation, "src/web/moderation/decide.graphql");
document!(ProposeMutation, "src/web/moderation/propose.graphql");

#[derive(Template)]
#[template(path = "moderation/decide.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    act: Act,
    /// Another person must confirm it.
    proposes: bool,
    targets: Vec<Target>,
    case: String,
    next: String,
    why: Why,
    needs: Needs,
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
pub async fn show(asked: Asked) -> PageResult {
    let fields = asked.query();
    let found = targets(&asked, &fields).await?;
    let (alone, proposed) = acts(&found);
    let act = Act::read(&fields.one("act"));
    match act.filter(|act| alone.contains(act) || proposed.contains(act)) {
        Some(act) => page(&asked, act, found, &fields, None, StatusCode::OK).await,
        None => Ok(choose::page(&asked, found, &fields).await),
    }
}

async fn page(
    asked: &Asked,
    act: Act,
    targets: Vec<Target>,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<Standing>,
) -> PageResult {
    let needs = needs(act);
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
    let facets = facets(asked, needs, fields, thread).await?;
    let reasons = reasons(asked, Some(act)).await?;
    let (alone, _) = acts(&targets);
    let body = first.and_then(|target| target.body.clone());
    let title = match needs {
        Needs::Change if targets.len() == 1 => first.map(|target| target.title.clone()),
        Needs::Change
        | Needs::Nothing
        | Needs::Until { .. }
        | Needs::Body
        | Needs::Seconds
        | Needs::NewThread
        | Needs::Into => None,
    };
    let seconds = thread.and_then(|thread| thread.slow_seconds);
    let template = Page {
        frame: Frame::load(asked).await,
        key: fields.next_key(trouble.as_ref()),
        trouble,
        act,
        proposes: !alone.contains(&act),
        case: fields.one("case"),
        next: next(fields, &targets),
        why: Why::read(asked, fields, reasons),
        needs,
        until: fields.plain("until").unwrap_or_default(),
        body: shown("body", body.unwrap_or_default()),
        seconds: digits::plain(&shown("seconds", seconds.unwrap_or(300).to_string())),
        title: shown("title", title.unwrap_or_default()),
        kind: ThreadKind::read(&fields.one("kind")).or(thread.map(|thread| thread.kind)),
        visibility: Visibility::read(&fields.one("visibility"))
            .or(thread.map(|thread| thread.visibility)),
        facets,
        into: fields.one("into"),
        targets,
    };
    Ok(response::page(&template, status))
}

/// The tags to choose from: with what was sent, or those that the thread has.
async fn facets(
    asked: &Asked,
    needs: Needs,
    fields: &Fields,
    thread: Option<&target::Thread>,
) -> Result<Vec<Facet>, PageError> {
    match needs {
        Needs::Change | Needs::NewThread => {}
        Needs::Nothing | Needs::Until { .. } | Needs::Body | Needs::Seconds | Needs::Into => {
            return Ok(Vec::new());
        }
    }
    let stored = |field: &str| match (thread, field) {
        (Some(thread), "tools") => thread.tools.clone(),
        (Some(thread), "methods") => thread.methods.clone(),
        (Some(thread), _) => thread.regions.clone(),
        (None, _) => Vec::new(),
    };
    concepts::facets(asked, |field| match fields.given("key") {
        Some(_) => fields.all(field),
        None => stored(field),
    })
    .await
}

/// Decides, or proposes an act that requires a second person.
pub async fn send(asked: Asked, fields: Sent) -> PageResult {
    let act = Act::read(&fields.one("act")).ok_or(PageError::NotFound)?;
    match take(&asked, act, &fields).await {
        Ok(()) => {
            let found = targets(&asked, &fields).await.unwrap_or_default();
            Ok(response::sent(&next(&fields, &found), &fields.key()))
        }
        Err(error) => {
            let (status, trouble) = Trouble::from_error(error)?;
            let found = targets(&asked, &fields).await?;
            page(&asked, act, found, &fields, Some(trouble), status).await
        }
    }
}

async fn take(asked: &Asked, act: Act, fields: &Fields) -> Result<(), PageError> {
    let input = input(asked, act, fields).await?;
    if fields.given("propose").is_none() {
        let variables = decide_mutation::Variables { input };
        let taken = ask::<DecideMutation>(&asked.web, &asked.caller, variables).await;
        return taken.map(drop);
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
    let made = ask::<ProposeMutation>(&asked.web, &asked.caller, variables).await;
    made.map(drop)
}

/// Checks a form for everything that is wrong with it for an act.
async fn check(asked: &Asked, act: Act, fields: &Fields) -> Result<(), PageError> {
    let limits = &asked.web.config.limits;
    let reasons = reasons(asked, Some(act)).await?;
    let check = why(asked, fields, &reasons);
    let check = match needs(act) {
        Needs::Until { required: true } => check.given("until").until("until"),
        Needs::Until { required: false } => check.until("until"),
        Needs::Body => check.text("body", limits.body_length),
        Needs::Seconds => check.pause("seconds"),
        Needs::Into => {
            let into = is_thread(asked, &thread_in(&fields.one("into"))).await?;
            check.given("into").unless(into, "into", Fault::Unknown)
        }
        Needs::NewThread => changed(check.line("title", limits.title_length), fields),
        Needs::Change if keeps_title(fields) => changed(check, fields),
        Needs::Change => changed(check.line("title", limits.title_length), fields),
        Needs::Nothing => check,
    };
    check.done()
}

/// Whether each thread keeps its title: the form shows the title of a single thread, but none for several.
fn keeps_title(fields: &Fields) -> bool {
    let is_shown = fields.all("target").len() == 1 && fields.is_sent("title");
    fields.given("title").is_none() && !is_shown
}

/// Kind and visibility must be known values if they are changed; tags are replaced as a whole, or stay unchanged.
fn changed<'a>(check: Check<'a>, fields: &Fields) -> Check<'a> {
    let check = check
        .optional_choice("kind", ThreadKind::read)
        .optional_choice("visibility", Visibility::read);
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
async fn is_thread(asked: &Asked, id: &str) -> Result<bool, PageError> {
    match target::find(asked, id).await {
        Ok(found) => Ok(found.thread.is_some()),
        Err(PageError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn input(
    asked: &Asked,
    act: Act,
    fields: &Fields,
) -> Result<decide_mutation::DecideInput, PageError> {
    check(asked, act, fields).await?;
    let needs = needs(act);
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
    let changes = matches!(needs, Needs::Change | Needs::NewThread);
    let change = changes.then(|| decide_mutation::DecideChangeInput {
        title: fields.given("title"),
        kind: ThreadKind::read(&fields.one("kind")),
        visibility: Visibility::read(&fields.one("visibility")),
        tags: tags(),
    });
    let given = |wanted: bool, field: &str| fields.plain(field).filter(|_| wanted);
    let until = given(matches!(needs, Needs::Until { .. }), "until");
    let seconds = given(matches!(needs, Needs::Seconds), "seconds");
    Ok(decide_mutation::DecideInput {
        key: fields.key(),
        act,
        target_ids: fields.all("target"),
        reason: reason(asked, fields)?,
        explanation: fields.one("explanation"),
        language: check::chosen(asked, fields, "language", Language::read)?,
        withhold_explanation: fields.given("withhold").is_some(),
        until: until.and_then(|until| days::until(&until).ok()),
        body: matches!(needs, Needs::Body).then(|| fields.one("body")),
        seconds: seconds.and_then(|seconds| seconds.parse().ok()),
        change,
        into_thread_id: matches!(needs, Needs::Into).then(|| thread_in(&fields.one("into"))),
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
