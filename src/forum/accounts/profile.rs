//! What people change in their own account.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use sea_orm::entity::prelude::Expr;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Member;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::language::Language;
use crate::base::limit;
use crate::base::secret::PasswordCheck;
use crate::forum::Forum;
use crate::forum::accounts::device;
use crate::forum::accounts::naming;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;
use crate::forum::accounts::session;
use crate::store::tx::Tx;

/// Changes to the caller's account; fields that are left out stay unchanged.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    pub name: Option<String>,
    pub language: Option<Language>,
    /// An IANA time zone; empty for UTC.
    pub time_zone: Option<String>,
    pub text_only: Option<bool>,
    pub announces: Option<bool>,
}

/// Changes the actor's own account. Refuses visitors; an empty or too long name; a change of name by a person who is
/// muted or suspended, too many changes of name, or a name that passes for an office or another member; a time zone
/// that does not exist.
pub async fn change(forum: &Forum, actor: &Actor, profile: Profile) -> Result<person::Model> {
    let name = profile.name.map(|name| limit::name("name", &name));
    let name = name.transpose()?;
    let zone = profile.time_zone;
    let zone = zone.map(|zone| limit::time_zone("timeZone", Some(&zone)));
    let zone = zone.transpose()?;
    let tx = forum.store.begin_serialized(actor).await?;
    let person = own(&tx, actor).await?;
    let mut change = person.clone().into_active_model();
    if let Some(name) = name.filter(|name| *name != person.name) {
        policy::unrestricted(actor).map_err(Error::Denied)?;
        naming::rename(forum, &tx, &person, &mut change, name).await?;
    }
    if let Some(language) = profile.language {
        change.language = Set(language);
    }
    if let Some(zone) = zone {
        change.time_zone = Set(zone);
    }
    if let Some(text_only) = profile.text_only {
        change.text_only = Set(text_only);
    }
    if let Some(announces) = profile.announces {
        change.announces = Set(announces);
    }
    let person = if change.is_changed() {
        change.update(tx.rows()).await?
    } else {
        return own(&tx, actor).await;
    };
    let event = Event::ProfileChanged { person: person.id };
    tx.commit(event).await?;
    Ok(person)
}

/// Sets whether others may see that the actor is reading or writing.
pub async fn choose_presence(forum: &Forum, actor: &Actor, shown: bool) -> Result<()> {
    let tx = forum.store.begin_serialized(actor).await?;
    let person = own(&tx, actor).await?;
    if person.shows_presence == shown {
        return Ok(());
    }
    let id = person.id;
    let mut change = person.into_active_model();
    change.shows_presence = Set(shown);
    change.update(tx.rows()).await?;
    let event = Event::PresenceChosen { person: id, shown };
    tx.commit(event).await?;
    Ok(())
}

/// Changes the actor's own password, ends every other session and forgets the devices of those. Refuses visitors; a wrong
/// current password, and then a short new one.
pub async fn change_password(forum: &Forum, actor: &Actor, current: &str, new: &str) -> Result<()> {
    let member = member(actor)?;
    let snapshot = forum.store.snapshot();
    let person = person::find(snapshot.rows().await?, member.id)
        .await?
        .ok_or(Error::NotFound)?;
    drop(snapshot);
    let verified = forum
        .passwords
        .verify(current, person.password_hash.clone())
        .await?;
    if verified == PasswordCheck::Wrong {
        return Err(Error::invalid("currentPassword", Fault::WrongCredentials));
    }
    let new = limit::password("newPassword", new, forum.limits.password_length)?;
    let hash = forum.passwords.hash(&new).await?;

    let tx = forum.store.begin_serialized(actor).await?;
    let mut change = own(&tx, actor).await?.into_active_model();
    change.password_hash = Set(Some(hash));
    change.update(tx.rows()).await?;
    end_others(&tx, member).await?;
    tx.commit(Event::PasswordChanged { person: member.id })
        .await?;
    Ok(())
}

async fn end_others(tx: &Tx, member: &Member) -> Result<()> {
    let own = member.session_id.unwrap_or(Uuid::nil());
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(tx.now()))
        .filter(session::Column::PersonId.eq(member.id))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::Id.ne(own))
        .exec(tx.rows())
        .await?;
    device::forget_others(tx, member.id, own).await
}

async fn own(tx: &Tx, actor: &Actor) -> Result<person::Model> {
    person::find(tx.rows(), member(actor)?.id)
        .await?
        .ok_or(Error::NotFound)
}

fn member(actor: &Actor) -> Result<&Member> {
    actor.member().ok_or(Error::Denied(Refusal::SignInRequired))
}
