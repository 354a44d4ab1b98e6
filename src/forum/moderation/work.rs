//! Working on cases: claiming, releasing and assigning them, and notes that only people who decide may read.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::QueryTrait;
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
use crate::base::id::PersonId;
use crate::base::id::PostId;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::accounts::person;
use crate::forum::cases::case;
use crate::forum::moderation::policy;
use crate::forum::moderation::queue;
use crate::store::tx::Tx;

/// A note on a case.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub case_id: Uuid,
    pub author_id: PersonId,
    pub body: String,
    pub created_at: Moment,
    pub key: Uuid,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CaseNote({})", self.id)
    }
}

/// Finds the open case for an actor who works on it; refuses a resolved one.
async fn find_open(tx: &Tx, id: Uuid) -> Result<case::Model> {
    policy::office(tx.actor(), tx.now()).map_err(Error::Denied)?;
    let case = queue::find_to_change(tx, id).await?;
    match (case.state, case.decision_id) {
        (case::State::Open, _) => Ok(case),
        (case::State::Resolved, Some(decision)) => Err(Error::Overtaken { decision }),
        (case::State::Resolved, None) => Err(Error::Denied(Refusal::AlreadyDecided)),
    }
}

/// Claims a case for the actor; repeating it changes nothing. Refuses a case that another person holds, or that is
/// resolved.
pub async fn claim(forum: &Forum, actor: &Actor, id: Uuid) -> Result<case::Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    let case = find_open(&tx, id).await?;
    policy::work_on_case(actor, case.holder_id).map_err(Error::Denied)?;
    set_holder(tx, case, actor.person_id()).await
}

/// Releases a case for others to take. Refused as [`claim`]; the Secretariat may release anyone's.
pub async fn release(forum: &Forum, actor: &Actor, id: Uuid) -> Result<case::Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    let case = find_open(&tx, id).await?;
    policy::assign(actor, case.holder_id).map_err(Error::Denied)?;
    set_holder(tx, case, None).await
}

/// Assigns a case to a person who could decide on it. Refused as [`release`]; also refuses a person who does not see
/// the case.
pub async fn assign(forum: &Forum, actor: &Actor, id: Uuid, to: PersonId) -> Result<case::Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    let case = find_open(&tx, id).await?;
    policy::assign(actor, case.holder_id).map_err(Error::Denied)?;
    let unknown = || Error::invalid("personId", Fault::Unknown);
    let person = person::find(tx.rows(), to).await?.ok_or_else(unknown)?;
    let other = person::actor(tx.rows(), &person, tx.now()).await?;
    let seen = queue::find_many(tx.rows(), &other, tx.now(), &[case.id]).await?;
    if seen.is_empty() {
        return Err(unknown());
    }
    set_holder(tx, case, Some(to)).await
}

async fn set_holder(tx: Tx, case: case::Model, to: Option<PersonId>) -> Result<case::Model> {
    if case.holder_id == to {
        return Ok(case);
    }
    let mut change = case.into_active_model();
    change.holder_id = Set(to);
    change.held_since = Set(to.map(|_| tx.now()));
    let case = change.update(tx.rows()).await?;
    tx.commit(Event::CaseChanged { case: case.id }).await?;
    Ok(case)
}

/// Writes a note on a case, even a resolved one. Refuses a case that the actor does not see, and an empty or long note.
pub async fn note(
    forum: &Forum,
    actor: &Actor,
    key: Uuid,
    case_id: Uuid,
    body: &str,
) -> Result<Model> {
    let body = limit::text("body", body, forum.limits.explanation_length)?;
    let tx = forum.store.begin_serialized(actor).await?;
    policy::office(actor, tx.now()).map_err(Error::Denied)?;
    let author = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let earlier = Entity::find()
        .filter(Column::AuthorId.eq(author))
        .filter(Column::Key.eq(key))
        .one(tx.rows())
        .await?;
    if let Some(earlier) = earlier {
        return if earlier.case_id == case_id && earlier.body == body {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    let case = queue::find_to_change(&tx, case_id).await?;
    let note = Model {
        id: id::new(),
        case_id: case.id,
        author_id: author,
        body,
        created_at: tx.now(),
        key,
    };
    Entity::insert(note.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    tx.commit(Event::CaseChanged { case: case.id }).await?;
    Ok(note)
}

/// The notes on a case, oldest first. The caller has already checked that the case may be seen.
pub async fn notes(rows: &DatabaseTransaction, case_id: Uuid) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::CaseId.eq(case_id))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(rows)
        .await?)
}

/// Finds the note with this id; the caller checks who may see its case.
pub async fn find_note(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(rows).await?)
}

/// Removes the notes on the cases about a post.
pub(crate) async fn forget_notes(rows: &DatabaseTransaction, post_id: PostId) -> Result<()> {
    let cases = case::Entity::find()
        .select_only()
        .column(case::Column::Id)
        .filter(case::Column::PostId.eq(post_id));
    Ok(Entity::delete_many()
        .filter(Column::CaseId.in_subquery(cases.into_query()))
        .exec(rows)
        .await
        .map(drop)?)
}
