//! Lodging an appeal against a decision.

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::moderation::appeal;
use crate::forum::moderation::appeal::Column;
use crate::forum::moderation::appeal::Entity;
use crate::forum::moderation::appeal::Model;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::target;
use crate::forum::moderation::ledger;
use crate::forum::moderation::loaded_subject;
use crate::forum::moderation::loaded_subject::LoadedSubject;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy;
use crate::forum::moderation::undo;

/// An appeal to lodge.
#[derive(Clone, Debug)]
pub struct AppealRequest {
    /// Idempotency key made by the client: sending it twice returns the same appeal twice.
    pub key: Uuid,
    pub decision_id: Uuid,
    pub body: String,
    pub language: Language,
}

/// Appeals a decision. Refuses a decision that does not exist, that does not concern the actor, that cannot be undone,
/// or that has been undone or appealed; an appeal after the deadline; and an empty or too long text.
pub async fn appeal(forum: &Forum, actor: &Actor, new: AppealRequest) -> Result<Model> {
    let body = limit::text("body", &new.body, forum.limits.explanation_length)?;
    let tx = forum.store.begin_serialized(actor).await?;
    let person = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let earlier = Entity::find()
        .filter(Column::PersonId.eq(person))
        .filter(Column::Key.eq(new.key))
        .one(tx.rows())
        .await?;
    if let Some(earlier) = earlier {
        return if earlier.decision_id == new.decision_id && earlier.body == body {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    let appealed = decision::find(tx.rows(), new.decision_id)
        .await?
        .ok_or(Error::NotFound)?;
    if let Some(refusal) = refusal(forum, tx.rows(), actor, tx.now(), &appealed).await? {
        return Err(Error::Denied(refusal));
    }
    let targets = target::of(tx.rows(), appealed.id).await?;
    let at = targets.first().map(target::Model::columns);
    let due_at = tx.now().plus(forum.limits.appeal_decision_time());
    let new_case = case::NewCase::appeal(appealed.id, at.unwrap_or_default(), due_at);
    let case = case::open(&tx, new_case).await?;
    let (position, previous) = ledger::end(tx.rows()).await?;
    let appeal = Model {
        id: id::new(),
        position,
        decision_id: appealed.id,
        case_id: case.id,
        person_id: person,
        body,
        language: new.language,
        salt: secret::token()?,
        created_at: tx.now(),
        due_at,
        outcome: None,
        outcome_id: None,
        decided_at: None,
        key: new.key,
    };
    Entity::insert(appeal.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    ledger::append_appeal(forum, &tx, &appeal, &previous).await?;
    tx.commit(Event::CaseChanged { case: case.id }).await?;
    Ok(appeal)
}

/// Why appealing a decision would be denied to the actor now; `None` if it would not.
pub async fn refusal(
    forum: &Forum,
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    appealed: &decision::Model,
) -> Result<Option<Refusal>> {
    let concerned = notice::concerned_people(rows, appealed.id).await?;
    let targets = target::of(rows, appealed.id).await?;
    let subjects = undo::subjects(&targets)?;
    let found = loaded_subject::find_visible(rows, actor.audience(), &subjects).await?;
    let mut delegations = Vec::new();
    for each in &found {
        match each {
            LoadedSubject::Post { post, .. } => delegations.extend(post.delegation_id.clone()),
            LoadedSubject::Thread(thread) => delegations.extend(thread.delegation_id.clone()),
            LoadedSubject::Person {
                delegations: of, ..
            } => delegations.extend(of.iter().cloned()),
        }
    }
    let is_appealed = appeal::of_decision(rows, appealed.id).await?.is_some();
    let of = policy::AppealContext {
        concerned: &concerned,
        delegations: &delegations,
        can_be_undone: undo::inverse(appealed, &targets)?.is_some(),
        is_appealed,
        until: appealed.created_at.plus(forum.limits.appeal_time()),
    };
    if let Err(refusal) = policy::appeal(actor, now, &of) {
        return Ok(Some(refusal));
    }
    let undone = decision::find_undo_of(rows, appealed.id).await?.is_some();
    Ok(undone.then_some(Refusal::AlreadyDecided))
}
