//! Managing the list of people: granting and ending mandates, changing roles.

use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Set;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Capacity;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id;
use crate::base::id::PersonId;
use crate::base::language::Language;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::accounts::delegation;
use crate::forum::accounts::invitation;
use crate::forum::accounts::mandate;
use crate::forum::accounts::naming;
use crate::forum::accounts::person;
use crate::forum::accounts::policy;

/// A mandate to grant.
pub struct Grant {
    /// Idempotency key made by the client: sending it twice returns the same mandate twice.
    pub key: Uuid,
    pub person_id: PersonId,
    pub delegation_id: String,
    pub capacity: Capacity,
    pub title: String,
    /// From now if left out.
    pub from: Option<Moment>,
    pub until: Option<Moment>,
}

/// Grants a mandate. Refuses an actor who is neither Secretariat nor focal point of the delegation; an end before the
/// start; a capacity beyond the focal point's own.
pub async fn grant_mandate(forum: &Forum, actor: &Actor, grant: Grant) -> Result<mandate::Model> {
    let title = limit::line("title", &grant.title, limit::MAX_PERSON_TITLE)?;
    let tx = forum.store.begin_serialized(actor).await?;
    policy::manage_mandate(actor, tx.now(), &grant.delegation_id).map_err(Error::Denied)?;
    policy::grant_capacity(actor, tx.now(), &grant.delegation_id, grant.capacity)
        .map_err(Error::Denied)?;
    let earlier = mandate::Entity::find()
        .filter(mandate::Column::Key.eq(grant.key))
        .one(tx.rows())
        .await?;
    if let Some(earlier) = earlier {
        return if earlier.person_id == grant.person_id && earlier.granted_by == actor.person_id() {
            Ok(earlier)
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    delegation::find(tx.rows(), &grant.delegation_id)
        .await?
        .ok_or_else(|| Error::invalid("delegationId", Fault::Unknown))?;
    person::find(tx.rows(), grant.person_id)
        .await?
        .ok_or_else(|| Error::invalid("personId", Fault::Unknown))?;
    // A delegation decides only for its own people; a person who has never belonged to it is added by the Secretariat.
    let held = mandate::of_person(tx.rows(), grant.person_id).await?;
    if actor.role() != Role::Secretariat
        && !held
            .iter()
            .any(|mandate| mandate.delegation_id == grant.delegation_id)
    {
        return Err(Error::Denied(Refusal::OtherDelegation));
    }
    let from = grant.from.unwrap_or(tx.now());
    if grant.until.is_some_and(|until| until <= from) {
        return Err(Error::invalid("until", Fault::TooEarly));
    }
    let granted = mandate::Model {
        id: id::new(),
        person_id: grant.person_id,
        delegation_id: grant.delegation_id,
        capacity: grant.capacity,
        title,
        from_at: from,
        until_at: grant.until,
        granted_by: actor.person_id(),
        key: grant.key,
    };
    mandate::Entity::insert(granted.clone().into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    let event = Event::MandateGranted {
        person: granted.person_id,
        mandate: granted.id,
    };
    tx.commit(event).await?;
    Ok(granted)
}

/// Ends a mandate, now or at a later time, but never later than its current end; a mandate that has ended stays
/// unchanged. Its holder can still read, but no longer write.
pub async fn end_mandate(
    forum: &Forum,
    actor: &Actor,
    mandate_id: Uuid,
    until: Option<Moment>,
) -> Result<mandate::Model> {
    let tx = forum.store.begin_serialized(actor).await?;
    policy::signed_in(actor).map_err(Error::Denied)?;
    let ended = mandate::find(tx.rows(), mandate_id)
        .await?
        .ok_or(Error::NotFound)?;
    policy::manage_mandate(actor, tx.now(), &ended.delegation_id).map_err(Error::Denied)?;
    let has_ended = ended.until_at.is_some_and(|end| end <= tx.now());
    if has_ended {
        return Ok(ended);
    }
    let until = until.unwrap_or(tx.now().max(ended.from_at));
    if until < ended.from_at || until < tx.now() {
        return Err(Error::invalid("until", Fault::TooEarly));
    }
    if ended.until_at.is_some_and(|end| end < until) {
        return Err(Error::invalid("until", Fault::TooLate));
    }
    let mut change = ended.into_active_model();
    change.until_at = Set(Some(until));
    let ended = change.update(tx.rows()).await?;
    let event = Event::MandateEnded {
        person: ended.person_id,
        mandate: ended.id,
    };
    tx.commit(event).await?;
    Ok(ended)
}

/// Changes a person's role in the forum; only the Secretariat, and never their own. If the person's name claims an
/// office that they then do not hold, a new name is required with the change.
pub async fn change_role(
    forum: &Forum,
    actor: &Actor,
    person_id: PersonId,
    role: Role,
    name: Option<String>,
) -> Result<person::Model> {
    let name = name.map(|name| limit::name("name", &name)).transpose()?;
    let tx = forum.store.begin_serialized(actor).await?;
    policy::change_role(actor, tx.now()).map_err(Error::Denied)?;
    if actor.person_id() == Some(person_id) {
        return Err(Error::Denied(Refusal::RoleMayNot));
    }
    let person = person::find(tx.rows(), person_id)
        .await?
        .ok_or(Error::NotFound)?;
    let before = person.role;
    let mut change = person.clone().into_active_model();
    change.role = Set(role);
    match name.filter(|name| *name != person.name) {
        Some(name) => {
            naming::require_allowed_name(tx.rows(), &name, role, Some(person.id)).await?;
            naming::replace(&tx, &person, &mut change, name).await?;
        }
        None => naming::require_no_false_office(&person.name, role)?,
    }
    let person = change.update(tx.rows()).await?;
    let event = Event::RoleChanged {
        person: person.id,
        before: before.as_str().to_string(),
        after: role.as_str().to_string(),
    };
    tx.commit(event).await?;
    Ok(person)
}

/// A person to be added without an invitation.
pub struct NewPerson {
    pub name: String,
    pub email: String,
    pub language: Language,
    pub role: Role,
    /// `None` for a person who cannot sign in.
    pub password_hash: Option<String>,
    pub delegation_id: String,
    pub capacity: Capacity,
    pub title: String,
}

/// Adds a person with a mandate on behalf of the program itself: demonstration content.
pub async fn add_person(forum: &Forum, new: NewPerson) -> Result<person::Model> {
    let tx = forum.store.begin_serialized(&Actor::System).await?;
    let added = person::Model {
        id: PersonId::generate(),
        name: new.name,
        email: new.email,
        language: new.language,
        role: new.role,
        password_hash: new.password_hash,
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
    invitation::insert_person(&tx, &added).await?;
    let mandate = mandate::Model {
        id: id::new(),
        person_id: added.id,
        delegation_id: new.delegation_id,
        capacity: new.capacity,
        title: new.title,
        from_at: tx.now(),
        until_at: None,
        granted_by: None,
        key: id::random(),
    };
    mandate::Entity::insert(mandate.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    tx.commit(Event::PersonAdded { person: added.id }).await?;
    Ok(added)
}
