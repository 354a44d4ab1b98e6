//! Sessions: who is signed in where. Only the digest of a session's token is kept.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::store::failed;
use crate::store::tx::Tx;

/// A session's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub token_digest: Vec<u8>,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub ended_at: Option<Moment>,
    pub user_agent: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "person::Entity",
        from = "Column::PersonId",
        to = "person::Column::Id"
    )]
    Person,
}

impl Related<person::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.id)
    }
}

/// A session just opened, with the token that is shown this once.
pub struct Opened {
    pub token: String,
    pub session: Model,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({})", self.session.id)
    }
}

/// Writes a new session within a change.
pub(crate) async fn open(
    forum: &Forum,
    tx: &Tx,
    person_id: Uuid,
    caller: &Caller,
) -> Result<Opened> {
    let token = secret::token()?;
    let session = Model {
        id: Uuid::now_v7(),
        person_id,
        token_digest: secret::digest(&token),
        created_at: tx.now(),
        expires_at: tx.now().plus(forum.limits.session_lifetime()),
        ended_at: None,
        user_agent: caller.user_agent.as_deref().map(str::to_string),
    };
    Entity::insert(session.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map_err(failed)?;
    Ok(Opened { token, session })
}

/// Who holds this token; a visitor when it is unknown, ended or expired.
pub async fn actor_of_token(rows: &DatabaseTransaction, token: &str, now: Moment) -> Result<Actor> {
    let found = Entity::find()
        .filter(Column::TokenDigest.eq(secret::digest(token)))
        .find_also_related(person::Entity)
        .one(rows)
        .await
        .map_err(failed)?;
    actor_of(rows, found, now).await
}

/// The same actor as the database has him now: signed out, or with other rights, if that happened meanwhile.
pub async fn refresh(rows: &DatabaseTransaction, actor: &Actor, now: Moment) -> Result<Actor> {
    let Some(session_id) = actor.member().and_then(|member| member.session_id) else {
        return Ok(actor.clone());
    };
    let found = Entity::find_by_id(session_id)
        .find_also_related(person::Entity)
        .one(rows)
        .await
        .map_err(failed)?;
    actor_of(rows, found, now).await
}

async fn actor_of(
    rows: &DatabaseTransaction,
    found: Option<(Model, Option<person::Model>)>,
    now: Moment,
) -> Result<Actor> {
    match found {
        Some((session, Some(person))) if is_open(&session, now) => {
            let speaking = (session.id, session.expires_at);
            person::actor(rows, &person, Some(speaking)).await
        }
        Some(_) | None => Ok(Actor::Visitor),
    }
}

/// The open sessions of the one who asks, the newest first.
pub async fn list(rows: &DatabaseTransaction, actor: &Actor, now: Moment) -> Result<Vec<Model>> {
    let Some(person) = actor.person_id() else {
        return Ok(Vec::new());
    };
    Entity::find()
        .filter(Column::PersonId.eq(person))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .order_by_desc(Column::Id)
        .all(rows)
        .await
        .map_err(failed)
}

/// Ends one of the actor's own sessions. Another's is not found.
pub async fn end(forum: &Forum, actor: &Actor, session_id: Uuid) -> Result<Model> {
    let tx = forum.store.begin_alone(actor).await?;
    policy::signed_in(actor).map_err(Error::Denied)?;
    let session = Entity::find_by_id(session_id)
        .one(tx.rows())
        .await
        .map_err(failed)?
        .filter(|session| Some(session.person_id) == actor.person_id())
        .ok_or(Error::NotFound)?;
    if session.ended_at.is_some() {
        return Ok(session);
    }
    let mut change = session.clone().into_active_model();
    change.ended_at = Set(Some(tx.now()));
    let session = change.update(tx.rows()).await.map_err(failed)?;
    let event = Event::SessionEnded {
        person: session.person_id,
        session: session.id,
    };
    tx.commit(event).await?;
    Ok(session)
}

fn is_open(session: &Model, now: Moment) -> bool {
    session.ended_at.is_none() && now < session.expires_at
}
