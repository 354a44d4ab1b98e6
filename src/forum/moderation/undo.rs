//! Undoing a decision, with a new decision that refers to it: its subjects return to their former states.

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::acts;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::moving;
use crate::forum::moderation::acts::permission::SubjectContexts;
use crate::forum::moderation::appeal;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Justification;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::execute;
use crate::forum::moderation::execute::Cause;
use crate::forum::moderation::execute::Decider;
use crate::forum::moderation::execute::Executed;
use crate::forum::moderation::execute::NewDecision;
use crate::forum::moderation::loaded_subject;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::forum::moderation::policy::SubjectContext;
use crate::forum::moderation::subject_state::StateDetails;
use crate::forum::moderation::subject_state::SubjectState;
use crate::store::tx::Tx;

/// A decision to undo.
#[derive(Clone, Debug)]
pub struct UndoRequest {
    /// Idempotency key made by the client: sending it twice returns the same decision twice.
    pub key: Uuid,
    pub decision_id: Uuid,
    pub justification: Justification,
}

/// Undoes a decision. Refuses a decision that does not exist, that requires a second person to undo, that has been
/// undone, that erased texts, or whose subjects have been decided on again since; and an actor who may not decide on
/// its subjects.
pub async fn undo(forum: &Forum, actor: &Actor, request: UndoRequest) -> Result<decision::Model> {
    let max = forum.limits.explanation_length;
    let explanation = limit::text("explanation", &request.justification.explanation, max)?;
    let tx = forum.store.begin_serialized(actor).await?;
    let moderator = decide::office_holder(actor, &tx)?;
    let undone = decision::find(tx.rows(), request.decision_id)
        .await?
        .ok_or(Error::NotFound)?;
    let targets = target::of(tx.rows(), undone.id).await?;
    let subjects = subjects(&targets)?;
    let action = inverse(&undone, &targets)?.ok_or(Error::Denied(Refusal::CannotBeUndone))?;
    if let Some(earlier) = decide::with_key(tx.rows(), moderator, request.key).await? {
        let act = action.definition().act;
        return decide::resent(tx.rows(), earlier, act, Some(undone.id), &subjects).await;
    }
    decide::require_reason(&Reason::OF_UNDOING, request.justification.reason)?;
    decide::enforce_rate_limit(forum, &tx, moderator).await?;
    let found = find_targets(&tx, &undone, &targets).await?;
    let contexts = SubjectContexts::load(tx.rows(), moderator, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let on = contexts.of(each);
        let allowed = deciding_office(actor, tx.now(), action.as_ref(), &undone, &on);
        office = decide::office_or_overtaken(tx.rows(), each.subject(), allowed).await?;
    }
    let decider = Decider {
        moderator,
        office,
        second: None,
    };
    let justification = Justification {
        explanation,
        ..request.justification
    };
    let executed = execute(
        forum,
        &tx,
        request.key,
        decider,
        justification,
        &undone,
        &found,
    )
    .await?;
    executed.commit(forum, tx).await
}

/// Executes an undo that the rules allow; an appeal against the decision is thereby overturned.
pub(crate) async fn execute(
    forum: &Forum,
    tx: &Tx,
    key: Uuid,
    decider: Decider,
    justification: Justification,
    undone: &decision::Model,
    found: &[LoadedSubject],
) -> Result<Executed> {
    let targets = target::of(tx.rows(), undone.id).await?;
    let action = inverse(undone, &targets)?.ok_or(Error::Denied(Refusal::CannotBeUndone))?;
    let was_undone = decision::find_undo_of(tx.rows(), undone.id)
        .await?
        .is_some();
    let mut former = Vec::new();
    for (each, target) in found.iter().zip(&targets) {
        let now = action.current_state(tx.rows(), each).await?;
        if was_undone || !is_as_left(&now, target)? {
            return match decision::latest_on(tx.rows(), each.id()).await? {
                Some(first) if first.id != undone.id => {
                    Err(Error::Overtaken { decision: first.id })
                }
                Some(_) | None => Err(Error::Denied(Refusal::AlreadyDecided)),
            };
        }
        former.push(SubjectState {
            decision_id: target.before_id,
            details: StateDetails::read(&target.before_facts)?,
        });
    }
    let new = NewDecision {
        key,
        action,
        cause: Cause::Undoing {
            undone: undone.id,
            former,
        },
        decider,
        justification,
        also_notified: Vec::new(),
    };
    let mut executed = execute::execute(forum, tx, new, found).await?;
    let (overturned, decision) = (appeal::Outcome::Overturned, executed.decision.id);
    let case = appeal::settle(tx, undone.id, overturned, decision).await?;
    let changed = case.map(|case| Event::CaseChanged { case });
    executed.events.extend(changed);
    Ok(executed)
}

/// Whether a subject is still in the state in which a decision left it. A row from before details were recorded counts
/// as equal in them.
fn is_as_left(now: &SubjectState, target: &target::Model) -> Result<bool> {
    let after = StateDetails::read(&target.after_facts)?;
    let is_same = after == StateDetails::default() || now.details == after;
    Ok(now.decision_id == target.after_id && is_same)
}

/// The act that undoes a decision; `None` if there is none.
pub(crate) fn inverse(
    undone: &decision::Model,
    targets: &[target::Model],
) -> Result<Option<Box<dyn Action>>> {
    let before = match targets.first() {
        Some(target) => StateDetails::read(&target.before_facts)?,
        None => StateDetails::default(),
    };
    let inverse = acts::action(undone.act).inverse(&before);
    Ok(inverse.map(acts::action))
}

/// The subjects of a decision with these targets.
pub(crate) fn subjects(targets: &[target::Model]) -> Result<Vec<Subject>> {
    targets.iter().map(target::Model::subject).collect()
}

/// Finds the subjects of a decision in their current state, and locks them until the transaction ends.
pub(crate) async fn find_targets(
    tx: &Tx,
    undone: &decision::Model,
    targets: &[target::Model],
) -> Result<Vec<LoadedSubject>> {
    let subjects = subjects(targets)?;
    let threads = moving::threads(targets)?;
    let action = acts::action(undone.act);
    action.lock(tx, &subjects, &threads).await?;
    loaded_subject::find_all(tx, &subjects).await
}

/// The office in which the actor may undo, by this act, a decision on this subject.
fn deciding_office(
    actor: &Actor,
    now: Moment,
    action: &dyn Action,
    undone: &decision::Model,
    on: &SubjectContext<'_>,
) -> PolicyResult<Office> {
    let office = policy::decide(actor, now, on)?;
    if action.needs_second_person(on) {
        return Err(Refusal::SecondPersonRequired);
    }
    if on.is_post(|post| post.erased_by.is_some()) {
        return Err(Refusal::PostErased);
    }
    acts::action(undone.act).refuse_undoing(on)?;
    Ok(office)
}

/// Why undoing a decision would be denied to the actor now; `None` if it would not.
pub async fn refusal(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    undone: &decision::Model,
) -> Result<Option<Refusal>> {
    let office = policy::office(actor, now);
    let moderator = match (office, actor.person_id()) {
        (Ok(_), Some(moderator)) => moderator,
        (Ok(_), None) => return Ok(Some(Refusal::SignInRequired)),
        (Err(refusal), _) => return Ok(Some(refusal)),
    };
    let targets = target::of(rows, undone.id).await?;
    let Some(action) = inverse(undone, &targets)? else {
        return Ok(Some(Refusal::CannotBeUndone));
    };
    let found = loaded_subject::find_visible(rows, actor.audience(), &subjects(&targets)?).await?;
    let contexts = SubjectContexts::load(rows, moderator, &found).await?;
    for each in &found {
        let on = contexts.of(each);
        if let Err(refusal) = deciding_office(actor, now, action.as_ref(), undone, &on) {
            return Ok(Some(refusal));
        }
    }
    let was_undone = decision::find_undo_of(rows, undone.id).await?.is_some();
    if !was_undone && let Some(refusal) = action.obstacle(rows, &found).await? {
        return Ok(Some(refusal));
    }
    for (each, target) in found.iter().zip(&targets) {
        let now = action.current_state(rows, each).await?;
        let former = StateDetails::read(&target.before_facts)?;
        if action
            .newly_public_authors(rows, each, &former)
            .await?
            .is_some()
            && let Err(refusal) = office.and_then(policy::publish)
        {
            return Ok(Some(refusal));
        }
        if was_undone || !is_as_left(&now, target)? {
            return Ok(Some(Refusal::AlreadyDecided));
        }
    }
    Ok(None)
}
