//! Invitations: the only way to join. A link is shown once, works once, expires, and can be revoked.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::accounts::mandate;
use crate::forum::accounts::naming;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::forum::accounts::session;
use crate::forum::accounts::session::NewSession;
use crate::store::constraint::Unique;
use crate::store::keyset::Keyset;
use crate::store::tx::Tx;

/// An address belongs to one account.
pub const EMAIL: Unique = Unique::new("person", &["email"]);

/// An invitation's row. Only the digest of its token is stored.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The digest of the inviter and the client's key: the key itself is one of the inputs of the token.
    pub key: Uuid,
    pub token_digest: Vec<u8>,
    pub email: String,
    pub role: Role,
    pub delegation_id: String,
    pub capacity: Capacity,
    pub title: String,
    pub mandate_until: Option<Moment>,
    pub invited_by: Option<PersonId>,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub accepted_at: Option<Moment>,
    pub accepted_by: Option<PersonId>,
    pub revoked_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Invitation({})", self.id)
    }
}

/// The address in the invitation of the first account: a name that no mail can reach (RFC 2606).
pub const FIRST_EMAIL: &str = "secretariat@partage.invalid";

/// The state of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Accepted,
    Revoked,
    Expired,
}

impl Model {
    /// Its state at that time.
    pub fn state(&self, now: Moment) -> State {
        if self.accepted_at.is_some() {
            State::Accepted
        } else if self.revoked_at.is_some() {
            State::Revoked
        } else if self.expires_at <= now {
            State::Expired
        } else {
            State::Open
        }
    }
}

/// The open invitation for a token; `None` for one that is used, revoked, expired or unknown.
pub async fn find_by_token(
    rows: &DatabaseTransaction,
    token: &str,
    now: Moment,
) -> Result<Option<Model>> {
    let found = Entity::find()
        .filter(Column::TokenDigest.eq(secret::digest(token)))
        .one(rows)
        .await?;
    Ok(found.filter(|invitation| invitation.state(now) == State::Open))
}

/// The state of the invitation for a token; `None` for an unknown one.
pub async fn state_of_token(
    rows: &DatabaseTransaction,
    token: &str,
    now: Moment,
) -> Result<Option<State>> {
    let found = Entity::find()
        .filter(Column::TokenDigest.eq(secret::digest(token)))
        .one(rows)
        .await?;
    Ok(found.map(|invitation| invitation.state(now)))
}

/// Finds the invitation with this id, for an actor who may list it.
pub async fn find(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    id: Uuid,
) -> Result<Option<Model>> {
    let Some(listed) = listed_for(actor, now) else {
        return Ok(None);
    };
    Ok(Entity::find_by_id(id).filter(listed).one(rows).await?)
}

/// Lists the invitations that the actor sees, newest first: all for the Secretariat; those of their own delegation and
/// their own for a focal point; none for others.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    window: &Window,
) -> Result<Page<Model>> {
    let Some(listed) = listed_for(actor, now) else {
        return Ok(Page::of_rows(Vec::new(), window));
    };
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: true,
    };
    let key = |row: &Model| (row.created_at, row.id);
    keyset
        .page(rows, Entity::find().filter(listed), window, key)
        .await
}

fn listed_for(actor: &Actor, now: Moment) -> Option<Condition> {
    if policy::invite_anyone(actor, now).is_err() {
        return None;
    }
    if actor.role() == Role::Secretariat {
        return Some(Condition::all());
    }
    let delegations: Vec<String> = actor
        .current_mandates(now)
        .map(|mandate| mandate.delegation_id.clone())
        .collect();
    Some(
        Condition::any()
            .add(Column::InvitedBy.eq(actor.person_id()))
            .add(Column::DelegationId.is_in(delegations)),
    )
}

/// Revokes an open invitation. Anyone who may make such an invitation may also revoke it.
pub async fn revoke(forum: &Forum, actor: &Actor, id: Uuid) -> Result<Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    policy::invite_anyone(actor, tx.now()).map_err(Error::Denied)?;
    let invitation = find(tx.rows(), actor, tx.now(), id)
        .await?
        .ok_or(Error::NotFound)?;
    match invitation.state(tx.now()) {
        State::Revoked => return Ok(invitation),
        State::Accepted => return Err(Error::invalid("invitationId", Fault::Taken)),
        State::Open | State::Expired => {}
    }
    let mut change = invitation.into_active_model();
    change.revoked_at = Set(Some(tx.now()));
    let invitation = change.update(tx.rows()).await?;
    let event = Event::InvitationRevoked {
        invitation: invitation.id,
    };
    tx.commit(event).await?;
    Ok(invitation)
}

/// What a person states about themselves when they join.
pub struct Acceptance<'a> {
    pub token: &'a str,
    pub name: &'a str,
    pub password: &'a str,
    pub language: Language,
    /// The address to sign in with, for the first account, because no mail can reach the one in its invitation.
    pub email: Option<&'a str>,
}

/// Creates the account, its mandate and a first session. A token that is used, revoked or expired is not found.
pub async fn accept(
    forum: &Forum,
    caller: &Caller,
    acceptance: Acceptance<'_>,
) -> Result<NewSession> {
    let name = limit::name("name", acceptance.name)?;
    let min = forum.limits.password_length;
    let password = limit::password("password", acceptance.password, min)?;
    let snapshot = forum.store.snapshot();
    find_by_token(snapshot.rows().await?, acceptance.token, snapshot.now())
        .await?
        .ok_or(Error::NotFound)?;
    drop(snapshot);
    let email = acceptance
        .email
        .map(|email| limit::email("email", email))
        .transpose()?;
    let password_hash = forum.passwords.hash(&password).await?;

    let tx = forum.store.begin_serialized(&Actor::Visitor).await?;
    let invitation = claim(&tx, acceptance.token).await?;
    naming::require_allowed_name(tx.rows(), &name, invitation.role, None).await?;
    let person = person::Model {
        id: PersonId::generate(),
        name,
        email: match email {
            Some(own) if invitation.email == FIRST_EMAIL => own,
            Some(_) | None => invitation.email.clone(),
        },
        language: acceptance.language,
        role: invitation.role,
        password_hash: Some(password_hash),
        created_at: tx.now(),
        shows_presence: true,
        restricted_by: None,
        restriction: None,
        restricted_until: None,
        reviewed_by: None,
        time_zone: None,
        text_only: false,
        announces: true,
        renamed_at: None,
    };
    insert_person(&tx, &person).await?;
    insert_mandate(&tx, &invitation, person.id).await?;
    let opened = session::open(forum, &tx, person.id, caller, None).await?;
    let event = Event::InvitationAccepted {
        invitation: invitation.id,
        person: person.id,
        session: opened.session.id,
    };
    let mut change = invitation.into_active_model();
    change.accepted_by = Set(Some(person.id));
    change.update(tx.rows()).await?;
    tx.commit(event).await?;
    Ok(opened)
}

/// Marks the invitation as accepted if it is still open: if two people try at once, one fails.
async fn claim(tx: &Tx, token: &str) -> Result<Model> {
    let invitation = find_by_token(tx.rows(), token, tx.now())
        .await?
        .ok_or(Error::NotFound)?;
    let claimed = Entity::update_many()
        .col_expr(Column::AcceptedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(invitation.id))
        .filter(Column::AcceptedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(tx.rows())
        .await?;
    if claimed.rows_affected == 1 {
        Ok(invitation)
    } else {
        Err(Error::NotFound)
    }
}

pub(crate) async fn insert_person(tx: &Tx, person: &person::Model) -> Result<()> {
    person::Entity::insert(person.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map(drop)
        .map_err(|error| {
            if EMAIL.is_violated_by(&error) {
                Error::invalid("email", Fault::Taken)
            } else {
                Error::from(error)
            }
        })
}

async fn insert_mandate(tx: &Tx, invitation: &Model, person_id: PersonId) -> Result<()> {
    let mandate = mandate::Model {
        id: id::new(),
        person_id,
        delegation_id: invitation.delegation_id.clone(),
        capacity: invitation.capacity,
        title: invitation.title.clone(),
        from_at: tx.now(),
        until_at: invitation.mandate_until.map(|until| until.max(tx.now())),
        granted_by: invitation.invited_by,
        key: invitation.id,
    };
    Ok(mandate::Entity::insert(mandate.into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map(drop)?)
}
