//! Sessions: who is signed in where. Only the digest of a session's token is stored.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::FromQueryResult;
use sea_orm::IntoActiveModel;
use sea_orm::JoinType;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::RelationTrait;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::DelegationKind;
use crate::base::actor::Mandate;
use crate::base::actor::Member;
use crate::base::actor::Restriction;
use crate::base::actor::Role;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::language::Language;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::accounts::delegation;
use crate::forum::accounts::device;
use crate::forum::accounts::mandate;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::store::Store;
use crate::store::tx::Tx;

/// A session's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
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

/// A session just opened, with its token and its device token, which are shown only once.
pub struct NewSession {
    pub token: String,
    pub device_token: String,
    pub session: Model,
}

impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({})", self.session.id)
    }
}

/// Writes a new session within a change, and remembers the device from which it is opened: a known one by its token.
pub(crate) async fn open(
    forum: &Forum,
    tx: &Tx,
    person_id: PersonId,
    caller: &Caller,
    known: Option<(&device::Model, &str)>,
) -> Result<NewSession> {
    let token = secret::token()?;
    let session = Model {
        id: id::new(),
        person_id,
        token_digest: secret::digest(&token),
        created_at: tx.now(),
        expires_at: tx.now().plus(forum.limits.session_lifetime()),
        ended_at: None,
        user_agent: caller.user_agent.as_deref().map(str::to_string),
    };
    Entity::insert(session.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let of = (session.id, person_id);
    let device_token = device::remember(forum, tx, of, known).await?;
    Ok(NewSession {
        token,
        device_token,
        session,
    })
}

/// The actor who holds this token; a visitor if it is unknown, ended or expired.
pub async fn actor_of_token(store: &Store, token: &str) -> Result<Actor> {
    let with_digest = Column::TokenDigest.eq(secret::digest(token));
    actor_where(store.reader(), with_digest, store.clock().now()).await
}

/// The same actor according to the current database: signed out, or with other rights, if that has changed.
pub async fn refresh(rows: &DatabaseTransaction, actor: &Actor, now: Moment) -> Result<Actor> {
    let Some(session_id) = actor.member().and_then(|member| member.session_id) else {
        return Ok(actor.clone());
    };
    actor_where(rows, Column::Id.eq(session_id), now).await
}

/// A session with its person and one of their mandates.
#[derive(FromQueryResult)]
struct SessionRow {
    id: Uuid,
    expires_at: Moment,
    ended_at: Option<Moment>,
    person_id: PersonId,
    role: Role,
    language: Language,
    restriction: Option<Restriction>,
    restricted_until: Option<Moment>,
    reviewed_by: Option<Uuid>,
    mandate_id: Option<Uuid>,
    delegation_id: Option<String>,
    delegation_kind: Option<DelegationKind>,
    capacity: Option<Capacity>,
    title: Option<String>,
    from_at: Option<Moment>,
    until_at: Option<Moment>,
}

impl SessionRow {
    fn mandate(&self) -> Option<Mandate> {
        Some(Mandate {
            id: self.mandate_id?,
            delegation_id: self.delegation_id.clone()?,
            delegation_kind: self.delegation_kind?,
            capacity: self.capacity?,
            title: self.title.clone()?,
            from: self.from_at?,
            until: self.until_at,
        })
    }
}

/// In a single statement, because it precedes every request of a person.
async fn actor_where(
    rows: &impl ConnectionTrait,
    wanted: SimpleExpr,
    now: Moment,
) -> Result<Actor> {
    let of_person = mandate::Entity::belongs_to(person::Entity)
        .from(mandate::Column::PersonId)
        .to(person::Column::Id)
        .into();
    let found: Vec<SessionRow> = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ExpiresAt,
            Column::EndedAt,
            Column::PersonId,
        ])
        .columns([
            person::Column::Role,
            person::Column::Language,
            person::Column::Restriction,
            person::Column::RestrictedUntil,
            person::Column::ReviewedBy,
        ])
        .column_as(mandate::Column::Id, "mandate_id")
        .columns([
            mandate::Column::DelegationId,
            mandate::Column::Capacity,
            mandate::Column::Title,
            mandate::Column::FromAt,
            mandate::Column::UntilAt,
        ])
        .column_as(delegation::Column::Kind, "delegation_kind")
        .join(JoinType::InnerJoin, Relation::Person.def())
        .join_rev(JoinType::LeftJoin, of_person)
        .join(JoinType::LeftJoin, mandate::Relation::Delegation.def())
        .filter(wanted)
        .order_by_desc(mandate::Column::FromAt)
        .order_by_desc(mandate::Column::Id)
        .into_model()
        .all(rows)
        .await?;
    let Some(first) = found.first() else {
        return Ok(Actor::Visitor);
    };
    if first.ended_at.is_some() || first.expires_at <= now {
        return Ok(Actor::Visitor);
    }
    Ok(Actor::Person(Box::new(Member {
        id: first.person_id,
        session_id: Some(first.id),
        session_expires_at: Some(first.expires_at),
        role: first.role,
        language: first.language,
        restriction: person::in_force(first.restriction, first.restricted_until, now),
        is_reviewed: first.reviewed_by.is_some(),
        mandates: found.iter().filter_map(SessionRow::mandate).collect(),
    })))
}

/// Lists the actor's open sessions, newest first.
pub async fn list(rows: &DatabaseTransaction, actor: &Actor, now: Moment) -> Result<Vec<Model>> {
    let Some(person) = actor.person_id() else {
        return Ok(Vec::new());
    };
    Ok(Entity::find()
        .filter(Column::PersonId.eq(person))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .order_by_desc(Column::Id)
        .all(rows)
        .await?)
}

/// Ends one of the actor's own sessions; its device stays known. Another person's session is not found.
pub async fn end(forum: &Forum, actor: &Actor, session_id: Uuid) -> Result<Model> {
    end_with(forum, actor, session_id, KnownDevice::Keep).await
}

/// Ends one of the actor's own sessions, and forgets the device from which it was opened. Another person's session is
/// not found.
pub async fn revoke(forum: &Forum, actor: &Actor, session_id: Uuid) -> Result<Model> {
    end_with(forum, actor, session_id, KnownDevice::Forget).await
}

/// Ends every session of a person within a change.
pub(crate) async fn end_all(tx: &Tx, person_id: PersonId) -> Result<()> {
    Ok(Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(tx.now()))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::EndedAt.is_null())
        .exec(tx.rows())
        .await
        .map(drop)?)
}

/// What happens to the device of a session that ends.
#[derive(Clone, Copy)]
enum KnownDevice {
    /// It stays known.
    Keep,
    Forget,
}

async fn end_with(
    forum: &Forum,
    actor: &Actor,
    session_id: Uuid,
    device: KnownDevice,
) -> Result<Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    policy::signed_in(actor).map_err(Error::Denied)?;
    let session = Entity::find_by_id(session_id)
        .one(tx.rows())
        .await?
        .filter(|session| Some(session.person_id) == actor.person_id())
        .ok_or(Error::NotFound)?;
    if session.ended_at.is_some() {
        return Ok(session);
    }
    let mut change = session.clone().into_active_model();
    change.ended_at = Set(Some(tx.now()));
    let session = change.update(tx.rows()).await?;
    match device {
        KnownDevice::Keep => {}
        KnownDevice::Forget => device::forget_of_session(&tx, session.id).await?,
    }
    let event = Event::SessionEnded {
        person: session.person_id,
        session: session.id,
    };
    tx.commit(event).await?;
    Ok(session)
}
