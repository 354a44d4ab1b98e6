//! Taking a decision that needs no second person.

use std::collections::HashSet;
use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::may;
use crate::forum::moderation::acts::may::Around;
use crate::forum::moderation::carry;
use crate::forum::moderation::carry::By;
use crate::forum::moderation::carry::Cause;
use crate::forum::moderation::carry::New;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::Why;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::found;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::May;
use crate::store::tx::Tx;

const HOUR: Duration = Duration::from_secs(3_600);

/// A decision to take or propose.
#[derive(Debug)]
pub struct Wanted {
    /// Idempotency key made by the client: sending it twice returns the same decision twice.
    pub key: Uuid,
    pub action: Box<dyn Action>,
    /// The subjects, of a kind that the act allows.
    pub subjects: Vec<Subject>,
    pub why: Why,
    /// A case that it resolves in addition to those about its subjects.
    pub case_id: Option<Uuid>,
}

/// Takes a decision on all of its subjects, or on none. Refuses what the policy or the act refuses for any of them; no
/// subjects, or too many; a subject that the actor does not see; a reason that the act does not allow; an explanation
/// that is empty or too long; missing input of the act; a case that another person works on; and too many decisions in
/// an hour.
pub async fn decide(forum: &Forum, actor: &Actor, wanted: Wanted) -> Result<decision::Model> {
    let mut wanted = check(forum, wanted)?;
    let definition = wanted.action.definition();
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = office_holder(actor, &tx)?;
    if let Some(earlier) = with_key(tx.rows(), moderator, wanted.key).await? {
        return resent(tx.rows(), earlier, definition.act, None, &wanted.subjects).await;
    }
    if wanted.action.only_answers() {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    fits(definition.reasons, wanted.why.reason)?;
    slow_down(forum, &tx, moderator).await?;
    let others: Vec<Uuid> = wanted.action.kept().into.into_iter().collect();
    wanted.action.lock(&tx, &wanted.subjects, &others).await?;
    let found = found::find_all(&tx, &wanted.subjects).await?;
    let around = Around::of(tx.rows(), moderator, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let on = around.concerned(each);
        let may = may::take(actor, tx.now(), wanted.action.as_ref(), &on);
        office = overtaken(tx.rows(), each.subject(), may).await?;
    }
    wanted.action.check(forum, &tx).await?;
    wanted.action.prepare(&tx, actor, &found).await?;
    let new = New {
        key: wanted.key,
        action: wanted.action,
        cause: Cause::Taken {
            case_id: wanted.case_id,
        },
        by: By {
            moderator,
            office,
            second: None,
        },
        why: wanted.why,
        told: Vec::new(),
    };
    let carried = carry::carry(forum, &tx, new, &found).await?;
    carried.commit(forum, tx).await
}

/// Checks the input before anything is read.
pub(crate) fn check(forum: &Forum, mut wanted: Wanted) -> Result<Wanted> {
    let most = forum.limits.explanation_length;
    wanted.why.explanation = limit::text("explanation", &wanted.why.explanation, most)?;
    let mut seen = HashSet::new();
    wanted.subjects.retain(|subject| seen.insert(*subject));
    if wanted.subjects.is_empty() {
        return Err(Error::invalid("targetIds", Fault::Empty));
    }
    let most = usize::from(forum.limits.decision_targets);
    if wanted.subjects.len() > most {
        return Err(Error::invalid("targetIds", Fault::TooMany { most }));
    }
    if wanted.action.is_of_one() && wanted.subjects.len() > 1 {
        return Err(Error::invalid("targetIds", Fault::TooMany { most: 1 }));
    }
    Ok(wanted)
}

/// Refuses a reason that the act does not allow.
pub(crate) fn fits(reasons: &[Reason], reason: Reason) -> Result<()> {
    match reasons.contains(&reason) {
        true => Ok(()),
        false => Err(Error::invalid("reason", Fault::Unknown)),
    }
}

/// If another person has already decided, returns the error that names that decision.
pub(crate) async fn overtaken(
    rows: &DatabaseTransaction,
    subject: Subject,
    may: May<Office>,
) -> Result<Office> {
    match may {
        Ok(office) => Ok(office),
        Err(Refusal::AlreadyDecided) => match decision::latest_on(rows, subject.id()).await? {
            Some(first) => Err(Error::Overtaken { decision: first.id }),
            None => Err(Error::Denied(Refusal::AlreadyDecided)),
        },
        Err(refusal) => Err(Error::Denied(refusal)),
    }
}

/// Returns the person who decides, if the actor holds any office.
pub(crate) fn office_holder(actor: &Actor, tx: &Tx) -> Result<Uuid> {
    policy::office(actor, tx.now()).map_err(Error::Denied)?;
    actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))
}

pub(crate) async fn slow_down(forum: &Forum, tx: &Tx, moderator: Uuid) -> Result<()> {
    let count = decision::Entity::find()
        .filter(decision::Column::ModeratorId.eq(moderator))
        .filter(decision::Column::CreatedAt.gt(tx.now().minus(HOUR)))
        .count(tx.rows())
        .await?;
    if count < u64::from(forum.limits.decisions_per_hour) {
        return Ok(());
    }
    Err(Error::TooMany {
        retry_at: tx.now().plus(HOUR),
    })
}

/// The earlier decision that was taken with this key.
pub(crate) async fn with_key(
    rows: &DatabaseTransaction,
    moderator: Uuid,
    key: Uuid,
) -> Result<Option<decision::Model>> {
    Ok(decision::Entity::find()
        .filter(decision::Column::ModeratorId.eq(moderator))
        .filter(decision::Column::Key.eq(key))
        .one(rows)
        .await?)
}

/// Returns the earlier decision if the resend requests the same.
pub(crate) async fn resent(
    rows: &DatabaseTransaction,
    earlier: decision::Model,
    act: Act,
    undoes: Option<Uuid>,
    subjects: &[Subject],
) -> Result<decision::Model> {
    let rows = target::of(rows, earlier.id).await?;
    let before = rows.iter().map(target::Model::subject);
    let before: Vec<Subject> = before.collect::<Result<_>>()?;
    if earlier.act == act && earlier.undoes_id == undoes && before == subjects {
        Ok(earlier)
    } else {
        Err(Error::invalid("key", Fault::KeyReused))
    }
}
