//! Links with which a person who has forgotten their password chooses a new one: made by anyone who may invite them,
//! shown once, valid for one use. Each appears in a list that the person sees.

use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::limit;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::accounts::device;
use crate::forum::accounts::instance;
use crate::forum::accounts::mandate;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::forum::accounts::session;
use crate::forum::accounts::session::NewSession;
use crate::store::keyset::Keyset;
use crate::store::tx::Tx;

/// A link's row. Only the digest of its token is stored.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "password_link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    pub token_digest: Vec<u8>,
    /// `None` if it was made from the command line.
    pub made_by: Option<PersonId>,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub used_at: Option<Moment>,
    pub revoked_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PasswordLink({})", self.id)
    }
}

/// The state of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Used,
    /// Another link has replaced it.
    Revoked,
    Expired,
}

impl Model {
    /// Its state at that time.
    pub fn state(&self, now: Moment) -> State {
        if self.used_at.is_some() {
            State::Used
        } else if self.revoked_at.is_some() {
            State::Revoked
        } else if self.expires_at <= now {
            State::Expired
        } else {
            State::Open
        }
    }
}

const DAY: Duration = Duration::from_secs(86_400);

/// A link with its token.
pub struct NewLink {
    pub link: Model,
    pub token: String,
}

/// Makes a link, replacing any made before for the same person. Refuses an actor who may not invite that person; too
/// many in a day.
pub async fn make(forum: &Forum, actor: &Actor, key: Uuid, person_id: PersonId) -> Result<NewLink> {
    let tx = forum.store.begin_serialized(actor).await?;
    policy::invite_anyone(actor, tx.now()).map_err(Error::Denied)?;
    let person = person::find(tx.rows(), person_id)
        .await?
        .ok_or_else(|| Error::invalid("personId", Fault::Unknown))?;
    let mandates = mandate::of_person(tx.rows(), person.id).await?;
    policy::renew_password(actor, tx.now(), (person.id, person.role), &mandates)
        .map_err(Error::Denied)?;
    let token = token(tx.rows(), actor, key).await?;
    if let Some(link) = with_token(tx.rows(), &token).await? {
        return match link.person_id == person.id {
            true => Ok(NewLink { link, token }),
            false => Err(Error::invalid("key", Fault::KeyReused)),
        };
    }
    enforce_rate_limit(forum, &tx).await?;
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(tx.now()))
        .filter(Column::PersonId.eq(person.id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(tx.rows())
        .await?;
    let link = Model {
        id: id::new(),
        person_id: person.id,
        token_digest: secret::digest(&token),
        made_by: actor.person_id(),
        created_at: tx.now(),
        expires_at: tx.now().plus(forum.limits.password_link_lifetime()),
        used_at: None,
        revoked_at: None,
    };
    Entity::insert(link.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let event = Event::PasswordLinkMade {
        person: person.id,
        link: link.id,
    };
    tx.commit(event).await?;
    Ok(NewLink { link, token })
}

/// Chooses a new password with a link: every session of the person ends, their devices are forgotten, and a new session
/// is opened. A link that is used, revoked, expired or unknown is not found.
pub async fn choose(
    forum: &Forum,
    caller: &Caller,
    token: &str,
    password: &str,
) -> Result<NewSession> {
    let password = limit::password("password", password, forum.limits.password_length)?;
    let snapshot = forum.store.snapshot();
    open(snapshot.rows().await?, token, snapshot.now()).await?;
    drop(snapshot);
    let hash = forum.passwords.hash(&password).await?;

    let tx = forum.store.begin_serialized(&Actor::Visitor).await?;
    let link = open(tx.rows(), token, tx.now()).await?;
    let person_id = link.person_id;
    let mut change = link.clone().into_active_model();
    change.used_at = sea_orm::Set(Some(tx.now()));
    Entity::update(change).exec(tx.rows()).await?;
    person::Entity::update_many()
        .col_expr(person::Column::PasswordHash, Expr::value(hash))
        .filter(person::Column::Id.eq(person_id))
        .exec(tx.rows())
        .await?;
    session::end_all(&tx, person_id).await?;
    device::forget_all(&tx, person_id).await?;
    let opened = session::open(forum, &tx, person_id, caller, None).await?;
    let events = [
        Event::PasswordLinkUsed {
            person: person_id,
            link: link.id,
            session: opened.session.id,
        },
        Event::PasswordChanged { person: person_id },
    ];
    tx.commit_all(&events).await?;
    Ok(opened)
}

/// Finds the link for a token, for anyone who has it.
pub async fn with_token(rows: &DatabaseTransaction, token: &str) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::TokenDigest.eq(secret::digest(token)))
        .one(rows)
        .await?)
}

/// Lists the links that were made for the actor, newest first.
pub async fn own(
    rows: &DatabaseTransaction,
    actor: &Actor,
    window: &Window,
) -> Result<Page<Model>> {
    let Some(person) = actor.person_id() else {
        return Ok(Page::of_rows(Vec::new(), window));
    };
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: true,
    };
    let key = |row: &Model| (row.created_at, row.id);
    let of_person = Entity::find().filter(Column::PersonId.eq(person));
    keyset.page(rows, of_person, window, key).await
}

/// Finds the link with this id that was made for the actor.
pub async fn find_own(
    rows: &DatabaseTransaction,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Model>> {
    let found = Entity::find_by_id(id).one(rows).await?;
    Ok(found.filter(|link| Some(link.person_id) == actor.person_id()))
}

async fn open(rows: &DatabaseTransaction, token: &str, now: Moment) -> Result<Model> {
    with_token(rows, token)
        .await?
        .filter(|link| link.state(now) == State::Open)
        .ok_or(Error::NotFound)
}

async fn token(rows: &DatabaseTransaction, actor: &Actor, key: Uuid) -> Result<String> {
    let instance = instance::secret(rows).await?;
    let maker = actor
        .person_id()
        .map_or("system".to_string(), |id| id.to_string());
    let key = format!("{maker} {key}");
    Ok(secret::derived_token(&instance, "password link", &key))
}

async fn enforce_rate_limit(forum: &Forum, tx: &Tx) -> Result<()> {
    let Some(maker) = tx.actor().person_id() else {
        return Ok(());
    };
    let recent = Entity::find()
        .filter(Column::MadeBy.eq(maker))
        .filter(Column::CreatedAt.gt(tx.now().minus(DAY)));
    let count = recent.clone().count(tx.rows()).await?;
    if count < u64::from(forum.limits.invitations_per_day) {
        return Ok(());
    }
    let oldest = recent
        .order_by_asc(Column::CreatedAt)
        .one(tx.rows())
        .await?;
    Err(Error::TooMany {
        retry_at: oldest.map_or(tx.now(), |row| row.created_at).plus(DAY),
    })
}
