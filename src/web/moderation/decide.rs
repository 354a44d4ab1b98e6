//! The form of a decision: which act, on which posts, threads or people, and why; also the one that undoes another.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use graphql_client::GraphQLQuery;

use crate::base::digits;
use crate::base::error::Fault;
use crate::web::Asked;
use crate::web::Sent;
use crate::web::client::PageError;
use crate::web::client::ask;
use crate::web::concepts;
use crate::web::concepts::Facet;
use crate::web::days;
use crate::web::forms;
use crate::web::forms::Check;
use crate::web::forms::Fields;
use crate::web::forms::Trouble;
use crate::web::frame::Frame;
use crate::web::moderation::Why;
use crate::web::moderation::reason;
use crate::web::moderation::reasons;
use crate::web::moderation::target;
use crate::web::moderation::target::Target;
use crate::web::moderation::why;
use crate::web::words::Act;
use crate::web::words::DateTime;
use crate::web::words::Language;
use crate::web::words::Reason;
use crate::web::words::ThreadKind;
use crate::web::words::UUID;
use crate::web::words::Visibility;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/decide.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act", "Language", "Reason", "ThreadKind", "Visibility")
)]
struct DecideMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/propose.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Act", "Language", "Reason", "ThreadKind", "Visibility")
)]
struct ProposeMutation;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "src/web/moderation/undo.graphql",
    response_derives = "Debug, Clone",
    extern_enums("Language", "Reason")
)]
struct UndoMutation;

/// What an act needs to be told besides its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    Until {
        required: bool,
    },
    Body,
    Seconds,
    /// Title, kind, visibility and tags of threads.
    Change,
    /// Title, kind and tags of the new thread.
    NewThread,
    Into,
}

fn needs(act: Act) -> Needs {
    match act {
        Act::PinThread => Needs::Until { required: false },
        Act::MutePerson | Act::SuspendPerson => Needs::Until { required: true },
        Act::EditPost => Needs::Body,
        Act::SlowThread => Needs::Seconds,
        Act::ChangeThread => Needs::Change,
        Act::SplitPosts => Needs::NewThread,
        Act::MergeThreads => Needs::Into,
        Act::HidePost
        | Act::RestorePost
        | Act::ErasePost
        | Act::LockThread
        | Act::UnlockThread
        | Act::UnpinThread
        | Act::ArchiveThread
        | Act::UnarchiveThread
        | Act::JoinPosts
        | Act::PartThreads
        | Act::ReviewThread
        | Act::TrustThread
        | Act::ReviewPerson
        | Act::TrustPerson
        | Act::ApprovePost
        | Act::RejectPost
        | Act::HoldPost
        | Act::WarnPerson
        | Act::WithdrawWarning
        | Act::ReinstatePerson
        | Act::DismissReports
        | Act::ReopenReports
        | Act::UpholdDecision => Needs::Nothing,
    }
}

/// An act to choose, and the address of its form.
struct Choice {
    act: Act,
    address: String,
}

#[derive(Template)]
#[template(path = "moderation/choose.html")]
struct ChoosePage {
    frame: Frame,
    targets: Vec<Target>,
    acts: Vec<Choice>,
    proposals: Vec<Choice>,
    next: String,
}

#[derive(Template)]
#[template(path = "moderation/decide.html")]
struct Page {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    act: Act,
    /// Somebody else has to confirm it.
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

#[derive(Template)]
#[template(path = "moderation/undo.html")]
struct UndoPage {
    frame: Frame,
    trouble: Option<Trouble>,
    key: String,
    id: String,
    position: i64,
    act: Act,
    targets: Vec<Target>,
    why: Why,
}

async fn targets(asked: &Asked, fields: &Fields) -> Result<Vec<Target>, PageError> {
    let mut all = Vec::new();
    for id in fields.all("target") {
        all.push(target::find(asked, &id).await?);
    }
    if all.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(all)
}

/// The acts that may be taken on all of them; of those that may not, the ones that may be proposed.
fn acts(targets: &[Target]) -> (Vec<Act>, Vec<Act>) {
    let on_all = |may: &dyn Fn(&Target, Act) -> bool| -> Vec<Act> {
        let all = Act::ALL.iter().copied();
        all.filter(|act| targets.iter().all(|target| may(target, *act)))
            .collect()
    };
    let alone = on_all(&|target, act| target.acts.contains(&act));
    let proposed =
        on_all(&|target, act| target.acts.contains(&act) || target.acts_to_propose.contains(&act));
    let proposed = proposed.into_iter().filter(|act| !alone.contains(act));
    let proposed = proposed.collect();
    (alone, proposed)
}

/// Where a decision leads when it is taken: an address of this forum and nothing else.
fn next(fields: &Fields, targets: &[Target]) -> String {
    let given = fields.one("next");
    if given.starts_with('/') && !given.starts_with("//") && !given.contains('\\') {
        return given;
    }
    if fields.given("case").is_some() {
        return "/moderation/next?done=1".to_string();
    }
    targets
        .first()
        .map_or("/".to_string(), |target| target.link.clone())
}

/// Shows the acts to choose from, or the form of the one that was chosen.
pub async fn show(asked: Asked) -> Response {
    let fields = asked.query();
    let found = match targets(&asked, &fields).await {
        Ok(targets) => targets,
        Err(error) => return forms::refuse(&asked, error).await,
    };
    let (alone, proposed) = acts(&found);
    let act = Act::read(&fields.one("act"));
    match act.filter(|act| alone.contains(act) || proposed.contains(act)) {
        Some(act) => page(&asked, act, found, &fields, None, StatusCode::OK).await,
        None => choose(&asked, found, &fields).await,
    }
}

async fn choose(asked: &Asked, targets: Vec<Target>, fields: &Fields) -> Response {
    let (alone, proposed) = acts(&targets);
    let choice = |act: Act| {
        let kept = fields.0.iter().filter(|(name, value)| {
            ["target", "case", "next"].contains(&name.as_str()) && !value.is_empty()
        });
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<(&str, &str)> = kept.chain([("act", act.name())]).collect();
        Choice {
            act,
            address: format!("/decide?{}", crate::web::encode(&pairs)),
        }
    };
    let template = ChoosePage {
        frame: Frame::load(asked).await,
        next: next(fields, &targets),
        targets,
        acts: alone.into_iter().map(choice).collect(),
        proposals: proposed.into_iter().map(choice).collect(),
    };
    forms::page(&template, StatusCode::OK)
}

async fn page(
    asked: &Asked,
    act: Act,
    targets: Vec<Target>,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    let needs = needs(act);
    let first = targets.first().cloned();
    // What several threads are is not the same: nothing is taken as given.
    let thread = match targets.as_slice() {
        [only] => only.thread.clone(),
        _ => None,
    };
    let shown = |name: &str, stored: String| match fields.given("key") {
        Some(_) => fields.one(name),
        None => stored,
    };
    let stored = |field: &str| match (&thread, field) {
        (Some(thread), "tools") => thread.tools.clone(),
        (Some(thread), "methods") => thread.methods.clone(),
        (Some(thread), _) => thread.regions.clone(),
        (None, _) => Vec::new(),
    };
    let facets = match needs {
        Needs::Change | Needs::NewThread => {
            concepts::facets(asked, |field| match fields.given("key") {
                Some(_) => fields.all(field),
                None => stored(field),
            })
            .await
        }
        _ => Ok(Vec::new()),
    };
    let facets = match facets {
        Ok(facets) => facets,
        Err(error) => return forms::refuse(asked, error).await,
    };
    let reasons = match reasons(asked, Some(act)).await {
        Ok(reasons) => reasons,
        Err(error) => return forms::refuse(asked, error).await,
    };
    let (alone, _) = acts(&targets);
    let title = match needs {
        Needs::Change if targets.len() == 1 => first.as_ref().map(|target| target.title.clone()),
        _ => None,
    };
    let seconds = thread.as_ref().and_then(|thread| thread.slow_seconds);
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
        body: shown(
            "body",
            first
                .as_ref()
                .and_then(|target| target.body.clone())
                .unwrap_or_default(),
        ),
        seconds: digits::plain(&shown("seconds", seconds.unwrap_or(300).to_string())),
        title: shown("title", title.unwrap_or_default()),
        kind: ThreadKind::read(&fields.one("kind")).or(thread.as_ref().map(|thread| thread.kind)),
        visibility: Visibility::read(&fields.one("visibility"))
            .or(thread.as_ref().map(|thread| thread.visibility)),
        facets,
        into: fields.one("into"),
        targets,
    };
    forms::page(&template, status)
}

/// Decides, or proposes what takes two.
pub async fn send(asked: Asked, fields: Sent) -> Response {
    let Some(act) = Act::read(&fields.one("act")) else {
        return forms::refuse(&asked, PageError::NotFound).await;
    };
    let error = match input(&asked, act, &fields).await {
        Ok(input) => match take(&asked, &fields, input).await {
            Ok(()) => {
                let found = targets(&asked, &fields).await.unwrap_or_default();
                return forms::sent(&next(&fields, &found), &fields.key());
            }
            Err(error) => error,
        },
        Err(error) => error,
    };
    match forms::trouble(error) {
        Ok((status, trouble)) => match targets(&asked, &fields).await {
            Ok(found) => page(&asked, act, found, &fields, Some(trouble), status).await,
            Err(error) => forms::refuse(&asked, error).await,
        },
        Err(error) => forms::refuse(&asked, error).await,
    }
}

async fn take(
    asked: &Asked,
    fields: &Fields,
    input: decide_mutation::DecideInput,
) -> Result<(), PageError> {
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

/// All that is wrong with what a form says for an act.
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

/// Whether each thread keeps its title: the form shows that of one thread, but none for several.
fn keeps_title(fields: &Fields) -> bool {
    let is_shown = fields.all("target").len() == 1 && fields.is_sent("title");
    fields.given("title").is_none() && !is_shown
}

/// Kind and visibility are known where they are changed; tags are given whole, or stay as they are.
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

/// Whether a thread with this id is there for who asks.
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
    let change = match needs {
        Needs::Change | Needs::NewThread => Some(decide_mutation::DecideChangeInput {
            title: fields.given("title"),
            kind: ThreadKind::read(&fields.one("kind")),
            visibility: Visibility::read(&fields.one("visibility")),
            tags: tags(),
        }),
        _ => None,
    };
    Ok(decide_mutation::DecideInput {
        key: fields.key(),
        act,
        target_ids: fields.all("target"),
        reason: reason(asked, fields)?,
        explanation: fields.one("explanation"),
        language: forms::chosen(asked, fields, "language", Language::read)?,
        withhold_explanation: fields.given("withhold").is_some(),
        until: match needs {
            Needs::Until { .. } => fields
                .plain("until")
                .and_then(|until| days::until(&until).ok()),
            _ => None,
        },
        body: match needs {
            Needs::Body => Some(fields.one("body")),
            _ => None,
        },
        seconds: match needs {
            Needs::Seconds => fields
                .plain("seconds")
                .and_then(|seconds| seconds.parse().ok()),
            _ => None,
        },
        change,
        into_thread_id: match needs {
            Needs::Into => Some(thread_in(&fields.one("into"))),
            _ => None,
        },
        case_id: fields.given("case"),
    })
}

/// A thread's id, also out of the address of its page.
fn thread_in(text: &str) -> String {
    let text = text.trim();
    let id = text.rsplit_once("/threads/").map_or(text, |(_, id)| id);
    let end = id.find(['?', '#', '/']).unwrap_or(id.len());
    id.get(..end).unwrap_or(id).to_string()
}

/// Shows the form that undoes a decision.
pub async fn show_undo(asked: Asked, Path(id): Path<String>) -> Response {
    let fields = Fields(Vec::new());
    undo_page(&asked, id, &fields, None, StatusCode::OK).await
}

async fn undo_page(
    asked: &Asked,
    id: String,
    fields: &Fields,
    trouble: Option<Trouble>,
    status: impl Into<forms::Standing>,
) -> Response {
    let found = target::find_to_undo(asked, &id).await;
    let reasons = match &found {
        Ok(_) => reasons(asked, None).await,
        Err(_) => Ok(Vec::new()),
    };
    match found.and_then(|undone| Ok((undone, reasons?))) {
        Ok((undone, reasons)) => {
            let template = UndoPage {
                frame: Frame::load(asked).await,
                key: fields.next_key(trouble.as_ref()),
                trouble,
                id,
                position: undone.position,
                act: undone.act,
                targets: undone.targets,
                why: Why::read(asked, fields, reasons),
            };
            forms::page(&template, status)
        }
        Err(error) => forms::refuse(asked, error).await,
    }
}

/// Undoes a decision.
pub async fn send_undo(asked: Asked, Path(id): Path<String>, fields: Sent) -> Response {
    let done = undo(&asked, &id, &fields).await;
    match done {
        Ok(()) => forms::sent("/ledger", &fields.key()),
        Err(error) => match forms::trouble(error) {
            Ok((status, trouble)) => undo_page(&asked, id, &fields, Some(trouble), status).await,
            Err(error) => forms::refuse(&asked, error).await,
        },
    }
}

async fn undo(asked: &Asked, id: &str, fields: &Fields) -> Result<(), PageError> {
    let reasons = reasons(asked, None).await?;
    why(asked, fields, &reasons).done()?;
    let variables = undo_mutation::Variables {
        input: undo_mutation::UndoDecisionInput {
            key: fields.key(),
            decision_id: id.to_string(),
            reason: reason(asked, fields)?,
            explanation: fields.one("explanation"),
            language: forms::chosen(asked, fields, "language", Language::read)?,
            withhold_explanation: fields.given("withhold").is_some(),
        },
    };
    let done = ask::<UndoMutation>(&asked.web, &asked.caller, variables).await;
    done.map(drop)
}
