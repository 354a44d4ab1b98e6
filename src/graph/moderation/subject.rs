//! What the caller may decide on a post, thread or person.

use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::forum::accounts::person as person_row;
use crate::forum::cases::case as case_row;
use crate::forum::cases::subject;
use crate::forum::discussion::post as post_row;
use crate::forum::discussion::thread as thread_row;
use crate::forum::moderation::acts;
use crate::forum::moderation::acts::permission;
use crate::forum::moderation::decision;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::report;
use crate::forum::moderation::scope;
use crate::graph::context::ReadView;
use crate::graph::moderation::loaders::ModeratedThreads;
use crate::graph::moderation::loaders::OwnReports;
use crate::graph::moderation::loaders::PendingWork;
use crate::graph::person;
use crate::graph::scalar::Act;
use crate::graph::scalar::Refusal;
use crate::graph::thread;

/// Whether the caller moderates a thread, by the regions assigned to them.
pub async fn moderates(view: &ReadView, thread_id: ThreadId) -> Result<bool> {
    Ok(view
        .get::<ModeratedThreads>(thread_id)
        .await?
        .unwrap_or(false))
}

/// The row that a decision would be taken on.
pub enum SubjectRow<'a> {
    Post(&'a post_row::Model),
    Thread(&'a thread_row::Model),
    Person(&'a person_row::Model),
}

/// Applies a rule to a subject; `None` when the caller does not see its thread.
async fn apply_rule<T>(
    view: &ReadView,
    on: SubjectRow<'_>,
    rule: impl FnOnce(&SubjectContext<'_>) -> T,
) -> Result<Option<T>> {
    let Some(found) = find_target(view, on).await? else {
        return Ok(None);
    };
    let in_scope = match (&found, view.actor.person_id()) {
        (LoadedSubject::Post { thread, .. } | LoadedSubject::Thread(thread), _) => {
            moderates(view, thread.id).await?
        }
        (LoadedSubject::Person { delegations, .. }, Some(own)) => {
            scope::covers(view.rows().await?, own, delegations).await?
        }
        (LoadedSubject::Person { .. }, None) => false,
    };
    let context = SubjectContext {
        subject: &found,
        in_scope,
        reported_by_actor: own_report(view, found.id()).await?.is_some(),
        waiting: waiting(view, found.id()).await?,
    };
    Ok(Some(rule(&context)))
}

async fn find_target(view: &ReadView, on: SubjectRow<'_>) -> Result<Option<LoadedSubject>> {
    Ok(Some(match on {
        SubjectRow::Post(post) => {
            let Some(thread) = thread::load(view, post.thread_id).await? else {
                return Ok(None);
            };
            LoadedSubject::Post {
                thread: thread.0,
                post: Box::new(post.clone()),
            }
        }
        SubjectRow::Thread(thread) => LoadedSubject::Thread(thread.clone()),
        SubjectRow::Person(person) => {
            let mandates = person::mandates_of(view, person.id).await?;
            let delegations = mandates.into_iter().map(|mandate| mandate.delegation_id);
            LoadedSubject::Person {
                person: Box::new(person.clone()),
                delegations: delegations.collect(),
            }
        }
    }))
}

/// Whether the caller may decide on anything at all; if not, no rule needs to be checked.
fn holds_office(view: &ReadView) -> bool {
    policy::office(&view.actor, view.now()).is_ok()
}

/// Why a decision would be denied to the caller; `None` when it would not.
pub async fn refusal(
    view: &ReadView,
    act: decision::Act,
    on: SubjectRow<'_>,
) -> Result<Option<Refusal>> {
    if let Err(refusal) = policy::office(&view.actor, view.now()) {
        return Ok(Some(refusal.into()));
    }
    let subject = match on {
        SubjectRow::Post(post) => subject::Subject::Post(post.id),
        SubjectRow::Thread(thread) => subject::Subject::Thread(thread.id),
        SubjectRow::Person(person) => subject::Subject::Person(person.id),
    };
    if !acts::is_taken_on(act, subject) {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    let action = acts::action(act);
    let rule =
        |on: &SubjectContext<'_>| permission::take(&view.actor, view.now(), action.as_ref(), on);
    let may = apply_rule(view, on, rule).await?;
    let may = may.unwrap_or(Err(error::Refusal::RoleMayNot));
    Ok(may.err().map(Into::into))
}

/// Whether the caller may decide on this at all.
pub async fn may_decide(view: &ReadView, on: SubjectRow<'_>) -> Result<bool> {
    if !holds_office(view) {
        return Ok(false);
    }
    let rule = |on: &SubjectContext<'_>| policy::decide(&view.actor, view.now(), on).is_ok();
    Ok(apply_rule(view, on, rule).await?.unwrap_or(false))
}

/// The acts that the mutation `decide` would allow.
pub async fn acts(view: &ReadView, on: SubjectRow<'_>) -> Result<Vec<Act>> {
    allowed(view, on, acts::taken_by).await
}

/// The acts that the mutation `proposeDecision` would allow, because they require a second person.
pub async fn acts_to_propose(view: &ReadView, on: SubjectRow<'_>) -> Result<Vec<Act>> {
    allowed(view, on, acts::proposed_by).await
}

type ActsRule = fn(&Actor, Moment, &SubjectContext<'_>) -> Vec<decision::Act>;

async fn allowed(view: &ReadView, on: SubjectRow<'_>, acts: ActsRule) -> Result<Vec<Act>> {
    if !holds_office(view) {
        return Ok(Vec::new());
    }
    let rule = |on: &SubjectContext<'_>| acts(&view.actor, view.now(), on);
    let acts = apply_rule(view, on, rule).await?.unwrap_or_default();
    Ok(acts.into_iter().map(Into::into).collect())
}

/// The caller's own report of a post or thread.
pub async fn own_report(view: &ReadView, subject: Uuid) -> Result<Option<report::Model>> {
    view.get::<OwnReports>(subject).await
}

/// What waits for a decision about a post, thread or person.
pub async fn waiting(view: &ReadView, subject: Uuid) -> Result<case_row::PendingCases> {
    Ok(view.get::<PendingWork>(subject).await?.unwrap_or_default())
}
