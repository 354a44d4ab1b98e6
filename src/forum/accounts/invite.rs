//! Inviting a person: the result carries the link, and the same key returns the same link again.

use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::limit;
use crate::base::secret;
use crate::forum::Forum;
use crate::forum::accounts::delegation;
use crate::forum::accounts::instance;
use crate::forum::accounts::invitation;
use crate::forum::accounts::invitation::Column;
use crate::forum::accounts::invitation::Entity;
use crate::forum::accounts::invitation::FIRST_EMAIL;
use crate::forum::accounts::invitation::Model;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::forum::accounts::seed;

const DAY: Duration = Duration::from_secs(86_400);

/// The person to invite, and the mandate to grant.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Idempotency key made by the client: sending it twice returns the same invitation twice.
    pub key: Uuid,
    pub email: String,
    pub role: Role,
    pub delegation_id: String,
    pub capacity: Capacity,
    pub title: String,
    pub mandate_until: Option<Moment>,
}

/// An invitation with the token of its link.
pub struct NewInvitation {
    pub invitation: Model,
    pub token: String,
}

/// Invites a person. Refuses an actor who may not invite this role into this delegation; an address that has an
/// account; an unknown delegation; too many in a day.
pub async fn invite(forum: &Forum, actor: &Actor, invite: Invite) -> Result<NewInvitation> {
    let email = limit::email("email", &invite.email)?;
    let title = limit::line("title", &invite.title, limit::MAX_PERSON_TITLE)?;
    if invite.delegation_id.is_empty() {
        return Err(Error::invalid("delegationId", Fault::Empty));
    }
    let tx = forum.store.begin_serialized(actor).await?;
    policy::invite(actor, tx.now(), invite.role, &invite.delegation_id).map_err(Error::Denied)?;
    policy::grant_capacity(actor, tx.now(), &invite.delegation_id, invite.capacity)
        .map_err(Error::Denied)?;

    let token = token(tx.rows(), actor, invite.key).await?;
    if let Some(invitation) = with_digest(tx.rows(), secret::digest(&token)).await? {
        return require_same(invitation, &email, &invite)
            .map(|invitation| NewInvitation { invitation, token });
    }
    delegation::find(tx.rows(), &invite.delegation_id)
        .await?
        .ok_or_else(|| Error::invalid("delegationId", Fault::Unknown))?;
    if person::find_by_email(tx.rows(), &email).await?.is_some() {
        return Err(Error::invalid("email", Fault::Taken));
    }
    if let Some(until) = invite.mandate_until {
        limit::end("mandateUntil", until, tx.now())?;
    }
    enforce_rate_limit(forum, tx.rows(), actor, tx.now()).await?;

    let invitation = Model {
        id: id::new(),
        key: id::random(),
        token_digest: secret::digest(&token),
        email,
        role: invite.role,
        delegation_id: invite.delegation_id,
        capacity: invite.capacity,
        title,
        mandate_until: invite.mandate_until,
        invited_by: actor.person_id(),
        created_at: tx.now(),
        expires_at: tx.now().plus(forum.limits.invitation_lifetime()),
        accepted_at: None,
        accepted_by: None,
        revoked_at: None,
    };
    Entity::insert(invitation.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let event = Event::InvitationMade {
        invitation: invitation.id,
    };
    tx.commit(event).await?;
    Ok(NewInvitation { invitation, token })
}

/// At a start without any Secretariat account: creates an invitation for the first one, replacing any made before.
/// `None` if there is such an account.
pub async fn invite_first(forum: &Forum) -> Result<Option<NewInvitation>> {
    let snapshot = forum.store.snapshot();
    let rows = snapshot.rows().await?;
    if person::any_with_role(rows, Role::Secretariat).await? {
        return Ok(None);
    }
    let earlier = Entity::find()
        .filter(Column::Role.eq(Role::Secretariat))
        .filter(Column::InvitedBy.is_null())
        .filter(Column::Email.eq(FIRST_EMAIL))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::AcceptedAt.is_null())
        .all(rows)
        .await?;
    drop(snapshot);
    for each in earlier {
        invitation::revoke(forum, &Actor::System, each.id).await?;
    }
    let first = Invite {
        key: id::random(),
        email: FIRST_EMAIL.to_string(),
        role: Role::Secretariat,
        delegation_id: seed::SECRETARIAT.to_string(),
        capacity: Capacity::Delegation,
        title: "Secretariat".to_string(),
        mandate_until: None,
    };
    invite(forum, &Actor::System, first).await.map(Some)
}

async fn token(rows: &DatabaseTransaction, actor: &Actor, key: Uuid) -> Result<String> {
    let instance = instance::secret(rows).await?;
    let inviter = actor
        .person_id()
        .map_or("system".to_string(), |id| id.to_string());
    Ok(secret::derived_token(
        &instance,
        "invitation",
        &format!("{inviter} {key}"),
    ))
}

async fn with_digest(rows: &DatabaseTransaction, digest: Vec<u8>) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::TokenDigest.eq(digest))
        .one(rows)
        .await?)
}

fn require_same(invitation: Model, email: &str, invite: &Invite) -> Result<Model> {
    if invitation.email == email
        && invitation.role == invite.role
        && invitation.delegation_id == invite.delegation_id
    {
        Ok(invitation)
    } else {
        Err(Error::invalid("key", Fault::KeyReused))
    }
}

async fn enforce_rate_limit(
    forum: &Forum,
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
) -> Result<()> {
    let Some(person) = actor.person_id() else {
        return Ok(());
    };
    let recent = Entity::find()
        .filter(Column::InvitedBy.eq(person))
        .filter(Column::CreatedAt.gt(now.minus(DAY)));
    let count = recent.clone().count(rows).await?;
    if count < u64::from(forum.limits.invitations_per_day) {
        return Ok(());
    }
    let oldest = recent.order_by_asc(Column::CreatedAt).one(rows).await?;
    Err(Error::TooMany {
        retry_at: oldest.map_or(now, |row| row.created_at.plus(DAY)),
    })
}
