//! Appeals: those whom a decision concerns ask once that somebody else looks at it.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
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
use crate::base::page::Page;
use crate::base::page::Window;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::cases::case;
use crate::forum::moderation::decide;
use crate::forum::moderation::decide::New;
use crate::forum::moderation::decide::Why;
use crate::forum::moderation::decide::With;
use crate::forum::moderation::decision;
use crate::forum::moderation::decision::Act;
use crate::forum::moderation::decision::Office;
use crate::forum::moderation::decision::Reason;
use crate::forum::moderation::found;
use crate::forum::moderation::found::Around;
use crate::forum::moderation::found::Found;
use crate::forum::moderation::ledger;
use crate::forum::moderation::notice;
use crate::forum::moderation::policy;
use crate::forum::moderation::queue;
use crate::forum::moderation::undo;
use crate::store::columns::named;
use crate::store::keyset::Keyset;
use crate::store::tx::Tx;

named!(
    /// What came of an appeal.
    Outcome {
        /// The decision stands.
        Upheld = "upheld",
        /// The decision was undone.
        Overturned = "overturned",
    }
);

/// An appeal's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appeal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its place in the ledger.
    pub position: i64,
    pub decision_id: Uuid,
    pub case_id: Uuid,
    pub person_id: Uuid,
    /// Why the decision should be undone; for those who decide.
    pub body: String,
    pub language: Language,
    /// With the text it gives the commitment in the ledger.
    pub salt: String,
    pub created_at: Moment,
    /// When it goes to the Secretariat.
    pub due_at: Moment,
    pub outcome: Option<Outcome>,
    /// The decision that undid or upheld.
    pub outcome_id: Option<Uuid>,
    pub decided_at: Option<Moment>,
    pub key: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Appeal({})", self.id)
    }
}

/// An appeal to be made.
#[derive(Clone, Debug)]
pub struct Appealing {
    /// Made by the client: sent twice, it answers twice with the same appeal.
    pub key: Uuid,
    pub decision_id: Uuid,
    pub body: String,
    pub language: Language,
}

/// Appeals a decision. Refused: a decision that does not exist; whoever it does not concern; one that cannot be undone,
/// that has been, or that was appealed; too late; an empty or long text.
pub async fn appeal(forum: &Forum, actor: &Actor, new: Appealing) -> Result<Model> {
    let body = limit::text("body", &new.body, forum.limits.explanation_length)?;
    let tx = forum.store.begin_alone(actor).await?;
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
    let targets = undo::targets_of(tx.rows(), appealed.id).await?;
    let first = targets.first();
    let due_at = tx.now().plus(forum.limits.appeal_decision_time());
    let about = case::About {
        kind: case::Kind::Appeal,
        subject_id: appealed.id,
        thread_id: first.and_then(|target| target.thread_id),
        post_id: first.and_then(|target| target.post_id),
        person_id: first.and_then(|target| target.person_id),
        appealed_id: Some(appealed.id),
        due_at: Some(due_at),
    };
    let case = case::open(&tx, about).await?;
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

/// Why appealing a decision would be denied to the actor now; nothing when it would not.
pub async fn refusal(
    forum: &Forum,
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    appealed: &decision::Model,
) -> Result<Option<Refusal>> {
    let concerned = notice::concerned(rows, appealed.id).await?;
    let targets = undo::targets_of(rows, appealed.id).await?;
    let found = found::look_at(rows, actor.audience(), &targets).await?;
    let mut delegations = Vec::new();
    for each in &found {
        match each {
            Found::Post { post, .. } => delegations.extend(post.delegation_id.clone()),
            Found::Thread(thread) => delegations.extend(thread.delegation_id.clone()),
            Found::Person {
                delegations: of, ..
            } => delegations.extend(of.iter().cloned()),
        }
    }
    let has_been = of_decision(rows, appealed.id).await?.is_some();
    let of = policy::Appealed {
        concerned: &concerned,
        delegations: &delegations,
        can_be: undo::inverse(appealed, &targets)?.is_some(),
        has_been,
        until: appealed.created_at.plus(forum.limits.appeal_time()),
    };
    if let Err(refusal) = policy::appeal(actor, now, &of) {
        return Ok(Some(refusal));
    }
    let undone = decision::undoing(rows, appealed.id).await?.is_some();
    Ok(undone.then_some(Refusal::AlreadyDecided))
}

/// The appeal against a decision, if there is one. That there is one is public; its text is not.
pub async fn of_decision(rows: &DatabaseTransaction, decision_id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::DecisionId.eq(decision_id))
        .one(rows)
        .await?)
}

/// The appeals with these ids.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[Uuid]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .all(rows)
        .await?)
}

/// Whether the actor reads the text of an appeal: who made it, those whom the decision concerns, and those who see its case.
pub async fn is_read_by(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    appeal: &Model,
) -> Result<bool> {
    let Some(person) = actor.person_id() else {
        return Ok(false);
    };
    if appeal.person_id == person
        || notice::concerned(rows, appeal.decision_id)
            .await?
            .contains(&person)
    {
        return Ok(true);
    }
    let seen = queue::find_many(rows, actor, now, &[appeal.case_id]).await?;
    Ok(!seen.is_empty())
}

/// The actor's own appeals, the newest first.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    window: &Window,
) -> Result<Page<Model>> {
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: true,
    };
    // Nobody's are the visitor's.
    let own = Entity::find().filter(Column::PersonId.eq(actor.person_id().unwrap_or_default()));
    let key = |row: &Model| (row.created_at, row.id);
    keyset.page(rows, own, window, key).await
}

/// A decision on an appeal.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// Made by the client: sent twice, it answers twice with the same decision.
    pub key: Uuid,
    pub appeal_id: Uuid,
    /// Undo the decision that was appealed; else it stands.
    pub overturn: bool,
    pub why: Why,
}

/// Decides on an appeal. Refused: whoever could not decide on its targets; who took the decision; a moderator after the deadline;
/// a case that somebody else holds; one that has been decided; overturning what was decided anew since.
pub async fn decide(forum: &Forum, actor: &Actor, deciding: Deciding) -> Result<decision::Model> {
    let most = forum.limits.explanation_length;
    let explanation = limit::text("explanation", &deciding.why.explanation, most)?;
    let reasons = match deciding.overturn {
        true => &Reason::OF_UNDOING[..],
        false => Act::UpholdDecision.reasons(),
    };
    let why = Why {
        explanation,
        ..deciding.why
    };
    let tx = forum.store.begin_alone(actor).await?;
    let moderator = decide::office_holder(actor, &tx)?;
    let appeal = Entity::find_by_id(deciding.appeal_id)
        .one(tx.rows())
        .await?
        .ok_or(Error::NotFound)?;
    let case = case::Entity::find_by_id(appeal.case_id)
        .lock_exclusive()
        .one(tx.rows())
        .await?
        .ok_or_else(|| Error::internal("an appeal without a case"))?;
    if let Some(earlier) = decide::with_key(tx.rows(), moderator, deciding.key).await? {
        return if appeal.outcome_id == Some(earlier.id) {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    decide::fits(reasons, why.reason)?;
    decide::slow_down(forum, &tx, moderator).await?;
    let appealed = decision::find(tx.rows(), appeal.decision_id)
        .await?
        .ok_or_else(|| Error::internal("an appeal against nothing"))?;
    let targets = undo::targets_of(tx.rows(), appealed.id).await?;
    let found = undo::find_targets(&tx, &appealed, &targets).await?;
    let around = Around::of(tx.rows(), moderator, &found).await?;
    let office =
        may(actor, tx.now(), &appealed, &appeal, &found, &around).map_err(Error::Denied)?;
    policy::hold(actor, case.holder_id).map_err(Error::Denied)?;
    if let Some(decision) = appeal.outcome_id {
        return Err(Error::Overtaken { decision });
    }
    if deciding.overturn {
        let by = undo::By {
            key: deciding.key,
            moderator,
            office,
            why,
        };
        return undo::carry_out(forum, tx, by, &appealed, found).await;
    }
    let new = New {
        key: deciding.key,
        act: Act::UpholdDecision,
        office,
        moderator,
        second: None,
        why,
        with: With::default(),
        case_id: None,
        undone: None,
        upheld: Some(appealed.id),
        told: vec![appeal.person_id],
        proposal: None,
    };
    decide::carry_out(forum, tx, new, found).await
}

fn may(
    actor: &Actor,
    now: Moment,
    appealed: &decision::Model,
    appeal: &Model,
    found: &[Found],
    around: &Around,
) -> std::result::Result<Office, Refusal> {
    let mut office = policy::office(actor, now)?;
    for each in found {
        office = policy::decide(actor, now, &around.concerned(each))?;
    }
    let deciders: Vec<Uuid> = [Some(appealed.moderator_id), appealed.second_id]
        .into_iter()
        .flatten()
        .collect();
    policy::decide_appeal(actor, now, appeal.due_at, &deciders, office)?;
    Ok(office)
}

/// Why deciding on an appeal would be denied to the actor now; nothing when it would not.
pub async fn decide_refusal(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    appeal: &Model,
) -> Result<Option<Refusal>> {
    let moderator = match (policy::office(actor, now), actor.person_id()) {
        (Ok(_), Some(moderator)) => moderator,
        (Ok(_), None) => return Ok(Some(Refusal::SignInRequired)),
        (Err(refusal), _) => return Ok(Some(refusal)),
    };
    let appealed = decision::find(rows, appeal.decision_id)
        .await?
        .ok_or_else(|| Error::internal("an appeal against nothing"))?;
    let targets = undo::targets_of(rows, appealed.id).await?;
    let found = found::look_at(rows, actor.audience(), &targets).await?;
    let around = Around::of(rows, moderator, &found).await?;
    if let Err(refusal) = may(actor, now, &appealed, appeal, &found, &around) {
        return Ok(Some(refusal));
    }
    let cases = queue::find_many(rows, actor, now, &[appeal.case_id]).await?;
    let held = cases.first().and_then(|case| case.holder_id);
    if let Err(refusal) = policy::hold(actor, held) {
        return Ok(Some(refusal));
    }
    Ok(appeal.outcome.map(|_| Refusal::AlreadyDecided))
}

/// Writes what came of the appeal against a decision, if one waits. Answers its case.
pub(crate) async fn settle(
    tx: &Tx,
    decision_id: Uuid,
    outcome: Outcome,
    by: Uuid,
) -> Result<Option<Uuid>> {
    let Some(appeal) = of_decision(tx.rows(), decision_id).await? else {
        return Ok(None);
    };
    if appeal.outcome.is_some() {
        return Ok(None);
    }
    let case = case::Entity::find_by_id(appeal.case_id)
        .one(tx.rows())
        .await?
        .ok_or_else(|| Error::internal("an appeal without a case"))?;
    let id = case.id;
    case::resolve(tx, case, Some(by)).await?;
    let mut change = appeal.into_active_model();
    change.outcome = Set(Some(outcome));
    change.outcome_id = Set(Some(by));
    change.decided_at = Set(Some(tx.now()));
    change.update(tx.rows()).await?;
    Ok(Some(id))
}
