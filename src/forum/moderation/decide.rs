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
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::cases::subject::Subject;
use crate::forum::moderation::acts::action::Action;
use crate::forum::moderation::acts::permission;
use crate::forum::moderation::acts::permission::SubjectContexts;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Justification;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::execute;
use crate::forum::moderation::execute::Cause;
use crate::forum::moderation::execute::Decider;
use crate::forum::moderation::execute::NewDecision;
use crate::forum::moderation::loaded_subject;
use crate::forum::moderation::policy;
use crate::forum::moderation::policy::PolicyResult;
use crate::store::tx::Tx;

const HOUR: Duration = Duration::from_secs(3_600);

/// A decision to take or propose.
#[derive(Debug)]
pub struct DecisionRequest {
    /// Idempotency key made by the client: sending it twice returns the same decision twice.
    pub key: Uuid,
    pub action: Box<dyn Action>,
    /// The subjects, of a kind that the act allows.
    pub subjects: Vec<Subject>,
    pub justification: Justification,
    /// A case that it resolves in addition to those about its subjects.
    pub case_id: Option<Uuid>,
}

/// Takes a decision on all of its subjects, or on none. Refuses what the policy or the act refuses for any of them; no
/// subjects, or too many; a subject that the actor does not see; a reason that the act does not allow; an explanation
/// that is empty or too long; missing input of the act; a case that another person works on; and too many decisions in
/// an hour.
pub async fn decide(
    forum: &Forum,
    actor: &Actor,
    request: DecisionRequest,
) -> Result<decision::Model> {
    let mut request = check(forum, request)?;
    let definition = request.action.definition();
    let tx = forum.store.begin_serialized(actor).await?;
    let moderator = office_holder(actor, &tx)?;
    if let Some(earlier) = with_key(tx.rows(), moderator, request.key).await? {
        return resent(tx.rows(), earlier, definition.act, None, &request.subjects).await;
    }
    if request.action.is_response_only() {
        return Err(Error::invalid("act", Fault::Unknown));
    }
    require_reason(definition.reasons, request.justification.reason)?;
    enforce_rate_limit(forum, &tx, moderator).await?;
    let others: Vec<ThreadId> = request.action.stored_input().into.into_iter().collect();
    request.action.lock(&tx, &request.subjects, &others).await?;
    let found = loaded_subject::find_all(&tx, &request.subjects).await?;
    let contexts = SubjectContexts::load(tx.rows(), moderator, &found).await?;
    let mut office = Office::Moderator;
    for each in &found {
        let on = contexts.of(each);
        let allowed = permission::take(actor, tx.now(), request.action.as_ref(), &on);
        office = office_or_overtaken(tx.rows(), each.subject(), allowed).await?;
    }
    request.action.check(forum, &tx).await?;
    request.action.prepare(&tx, actor, &found).await?;
    let new = NewDecision {
        key: request.key,
        action: request.action,
        cause: Cause::Taken {
            case_id: request.case_id,
        },
        decider: Decider {
            moderator,
            office,
            second: None,
        },
        justification: request.justification,
        also_notified: Vec::new(),
    };
    let executed = execute::execute(forum, &tx, new, &found).await?;
    executed.commit(forum, tx).await
}

/// Checks the input before anything is read.
pub(crate) fn check(forum: &Forum, mut request: DecisionRequest) -> Result<DecisionRequest> {
    let max = forum.limits.explanation_length;
    request.justification.explanation =
        limit::text("explanation", &request.justification.explanation, max)?;
    let mut seen = HashSet::new();
    request.subjects.retain(|subject| seen.insert(*subject));
    if request.subjects.is_empty() {
        return Err(Error::invalid("targetIds", Fault::Empty));
    }
    let max = usize::from(forum.limits.decision_targets);
    if request.subjects.len() > max {
        return Err(Error::invalid("targetIds", Fault::TooMany { max }));
    }
    if request.action.is_single_subject() && request.subjects.len() > 1 {
        return Err(Error::invalid("targetIds", Fault::TooMany { max: 1 }));
    }
    Ok(request)
}

/// Refuses a reason that the act does not allow.
pub(crate) fn require_reason(reasons: &[Reason], reason: Reason) -> Result<()> {
    match reasons.contains(&reason) {
        true => Ok(()),
        false => Err(Error::invalid("reason", Fault::Unknown)),
    }
}

/// If another person has already decided, returns the error that names that decision.
pub(crate) async fn office_or_overtaken(
    rows: &DatabaseTransaction,
    subject: Subject,
    allowed: PolicyResult<Office>,
) -> Result<Office> {
    match allowed {
        Ok(office) => Ok(office),
        Err(Refusal::AlreadyDecided) => match decision::latest_on(rows, subject.id()).await? {
            Some(first) => Err(Error::Overtaken { decision: first.id }),
            None => Err(Error::Denied(Refusal::AlreadyDecided)),
        },
        Err(refusal) => Err(Error::Denied(refusal)),
    }
}

/// Returns the person who decides, if the actor holds any office.
pub(crate) fn office_holder(actor: &Actor, tx: &Tx) -> Result<PersonId> {
    policy::office(actor, tx.now()).map_err(Error::Denied)?;
    actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))
}

pub(crate) async fn enforce_rate_limit(forum: &Forum, tx: &Tx, moderator: PersonId) -> Result<()> {
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
    moderator: PersonId,
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
