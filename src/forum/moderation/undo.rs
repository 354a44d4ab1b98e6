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
use crate::forum::moderation::acts::may::Around;
use crate::forum::moderation::acts::moving;
use crate::forum::moderation::appeal;
use crate::forum::moderation::carry;
use crate::forum::moderation::carry::By;
use crate::forum::moderation::carry::Carried;
use crate::forum::moderation::carry::Cause;
use crate::forum::moderation::carry::New;
use crate::forum::moderation::decide;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::Why;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::Concerned;
use crate::forum::moderation::policy::May;
use crate::forum::moderation::standing::Facts;
use crate::forum::moderation::standing::Standing;
use crate::store::tx::Tx;

/// A decision to undo.
#[derive(Clone, Debug)]
pub struct Undoing {
    /// Idempotency key made by the client: sending it twice returns the same decision twice.
    pub key: Uuid,
    pub decision_id: Uuid,
    pub why: Why,
}

/// Undoes a decision. Refuses a decision that does not exist, that requires a second person to undo, that has been
/// undone, that erased texts, or whose subjects have been decided on again since; and an actor who may not decide on
/// its subjects.
pub async fn undo(forum: &Forum, actor: &Actor, undoing: Undoing) -> Result<decision::Model> {
    let most = forum.limits.explanation_length;
    let explanation = limit::text("explanation", &undoing.why.explanation, most)?;
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = decide::office_holder(actor, &tx)?;
    let undone = decision::find(tx.rows(), undoing.decision_id)
        .await?
        .ok_or(Error::NotFound)?;
    let targets = target::of(tx.rows(), undone.id).await?;
    let subjects = subjects(&targets)?;
    let action = inverse(&undone, &targets)?.ok_or(Error::Denied(Refusal::CannotBeUndone))?;
    if let Some(earlier) = decide::with_key(tx.rows(), moderator, undoing.key).await? {
        let act = action.definition().act;
        return decide::resent(tx.rows(), earlier, act, Some(undone.id), &subjects).await;
    }
    decide::fits(&Reason::OF_UNDOING, undoing.why.reason)?;
    decide::slow_down(forum, &tx, moderator).await?;
    let found = find_targets(&tx, &undone, &targets).await?;
    let around = Around::of(tx.rows(), moderator, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let on = around.concerned(each);
        let may = may(actor, tx.now(), action.as_ref(), &undone, &on);
        office = decide::overtaken(tx.rows(), each.subject(), may).await?;
    }
    let by = By {
        moderator,
        office,
        second: None,
    };
    let why = Why {
        explanation,
        ..undoing.why
    };
    let carried = carry(forum, &tx, undoing.key, by, why, &undone, &found).await?;
    carried.commit(forum, tx).await
}

/// Executes an undo that the rules allow; an appeal against the decision is thereby overturned.
pub(crate) async fn carry(
    forum: &Forum,
    tx: &Tx,
    key: Uuid,
    by: By,
    why: Why,
    undone: &decision::Model,
    found: &[Found],
) -> Result<Carried> {
    let targets = target::of(tx.rows(), undone.id).await?;
    let action = inverse(undone, &targets)?.ok_or(Error::Denied(Refusal::CannotBeUndone))?;
    let was_undone = decision::undoing(tx.rows(), undone.id).await?.is_some();
    let mut former = Vec::new();
    for (each, target) in found.iter().zip(&targets) {
        let now = action.before(tx.rows(), each).await?;
        if was_undone || !stands_as_left(&now, target)? {
            return match decision::latest_on(tx.rows(), each.id()).await? {
                Some(first) if first.id != undone.id => {
                    Err(Error::Overtaken { decision: first.id })
                }
                Some(_) | None => Err(Error::Denied(Refusal::AlreadyDecided)),
            };
        }
        former.push(Standing {
            by: target.before_id,
            facts: Facts::read(&target.before_facts)?,
        });
    }
    let new = New {
        key,
        action,
        cause: Cause::Undoing {
            undone: undone.id,
            former,
        },
        by,
        why,
        told: Vec::new(),
    };
    let mut carried = carry::carry(forum, tx, new, found).await?;
    let (overturned, decision) = (appeal::Outcome::Overturned, carried.decision.id);
    let case = appeal::settle(tx, undone.id, overturned, decision).await?;
    let changed = case.map(|case| Event::CaseChanged { case });
    carried.events.extend(changed);
    Ok(carried)
}

/// Whether a subject is still in the state in which a decision left it. A row from before details were recorded counts
/// as equal in them.
fn stands_as_left(now: &Standing, target: &target::Model) -> Result<bool> {
    let after = Facts::read(&target.after_facts)?;
    let is_same = after == Facts::default() || now.facts == after;
    Ok(now.by == target.after_id && is_same)
}

/// The act that undoes a decision; `None` if there is none.
pub(crate) fn inverse(
    undone: &decision::Model,
    targets: &[target::Model],
) -> Result<Option<Box<dyn Action>>> {
    let before = match targets.first() {
        Some(target) => Facts::read(&target.before_facts)?,
        None => Facts::default(),
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
) -> Result<Vec<Found>> {
    let subjects = subjects(targets)?;
    let threads = moving::threads(targets)?;
    let action = acts::action(undone.act);
    action.lock(tx, &subjects, &threads).await?;
    found::find_all(tx, &subjects).await
}

/// The office in which the actor may undo, by this act, a decision on this subject.
fn may(
    actor: &Actor,
    now: Moment,
    action: &dyn Action,
    undone: &decision::Model,
    on: &Concerned<'_>,
) -> May<Office> {
    let office = policy::decide(actor, now, on)?;
    if action.takes_two(on) {
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
    let found = found::look_at(rows, actor.audience(), &subjects(&targets)?).await?;
    let around = Around::of(rows, moderator, &found).await?;
    for each in &found {
        let on = around.concerned(each);
        if let Err(refusal) = may(actor, now, action.as_ref(), undone, &on) {
            return Ok(Some(refusal));
        }
    }
    let was_undone = decision::undoing(rows, undone.id).await?.is_some();
    if !was_undone && let Some(refusal) = action.obstacle(rows, &found).await? {
        return Ok(Some(refusal));
    }
    for (each, target) in found.iter().zip(&targets) {
        let now = action.before(rows, each).await?;
        let former = Facts::read(&target.before_facts)?;
        if action.newly_public(rows, each, &former).await?.is_some()
            && let Err(refusal) = office.and_then(policy::publish)
        {
            return Ok(Some(refusal));
        }
        if was_undone || !stands_as_left(&now, target)? {
            return Ok(Some(Refusal::AlreadyDecided));
        }
    }
    Ok(None)
}
