//! People: one account each, never shared.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::QueryTrait;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Member;
use crate::base::actor::Restriction;
use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::language::Language;
use crate::base::letters::NameSearch;
use crate::base::limit;
use crate::base::locale;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::accounts::mandate;
use crate::forum::accounts::policy;
use crate::store::columns::padded;

/// A person's row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub language: Language,
    pub role: Role,
    pub password_hash: Option<String>,
    pub created_at: Moment,
    /// Whether others may see that this person is reading or writing.
    pub shows_presence: bool,
    /// The decision that restricts this person, the kind of restriction, and until when.
    pub restricted_by: Option<Uuid>,
    pub restriction: Option<Restriction>,
    pub restricted_until: Option<Moment>,
    /// The decision that makes this person's texts wait for approval.
    pub reviewed_by: Option<Uuid>,
    /// The IANA name of the time zone in which times are shown to this person; `None` means UTC.
    pub time_zone: Option<String>,
    /// Whether pages are served to this person without scripts and decoration.
    pub text_only: bool,
    /// Whether pages announce new content to screen readers.
    pub announces: bool,
    /// When this person last changed their name.
    pub renamed_at: Option<Moment>,
}

impl Model {
    /// The restriction in force at that time.
    pub fn restricted(&self, now: Moment) -> Option<Restriction> {
        in_force(self.restriction, self.restricted_until, now)
    }
}

/// Returns a restriction that has not ended.
pub(crate) fn in_force(
    restriction: Option<Restriction>,
    until: Option<Moment>,
    now: Moment,
) -> Option<Restriction> {
    restriction.filter(|_| until.is_none_or(|until| now < until))
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

// Neither address nor hash may appear in a log line.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Person({})", self.id)
    }
}

/// Finds the people with these ids. Names, roles and delegations are public; [`policy::sees_email`] determines who sees
/// addresses.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[PersonId]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::Id.is_in(padded(ids)))
        .all(rows)
        .await?)
}

/// Finds the person with this id.
pub async fn find(rows: &DatabaseTransaction, id: PersonId) -> Result<Option<Model>> {
    Ok(find_many(rows, &[id]).await?.pop())
}

/// Finds the person with this address, in the form that [`crate::base::limit::email`] returns.
pub async fn find_by_email(rows: &DatabaseTransaction, email: &str) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::Email.eq(email))
        .one(rows)
        .await?)
}

/// Finds the person who signs in with this address as typed. An account from before addresses were normalised
/// (composed) has its address as it was entered.
pub async fn find_by_typed_email(rows: &DatabaseTransaction, typed: &str) -> Result<Option<Model>> {
    let Ok(email) = limit::email("email", typed) else {
        return Ok(None);
    };
    match find_by_email(rows, &email).await? {
        Some(person) => Ok(Some(person)),
        None => find_by_email(rows, &typed.trim().to_lowercase()).await,
    }
}

/// Whether any account exists.
pub async fn any(rows: &DatabaseTransaction) -> Result<bool> {
    Ok(Entity::find().one(rows).await.map(|row| row.is_some())?)
}

/// Whether any account with this role exists.
pub async fn any_with_role(rows: &DatabaseTransaction, role: Role) -> Result<bool> {
    Ok(Entity::find()
        .filter(Column::Role.eq(role))
        .one(rows)
        .await
        .map(|row| row.is_some())?)
}

/// The person as an actor, with their mandates but without a session: for a process that acts on their behalf.
pub async fn actor(rows: &DatabaseTransaction, person: &Model, now: Moment) -> Result<Actor> {
    Ok(Actor::Person(Box::new(Member {
        id: person.id,
        session_id: None,
        session_expires_at: None,
        role: person.role,
        language: person.language,
        restriction: person.restricted(now),
        is_reviewed: person.reviewed_by.is_some(),
        mandates: mandate::of_person(rows, person.id).await?,
    })))
}

/// Which people a list contains, and the language whose alphabetical order it uses.
#[derive(Clone, Copy, Debug)]
pub struct PersonFilter<'a> {
    /// Only those with a mandate for it, past or current.
    pub delegation_id: Option<&'a str>,
    /// Only those whose name contains it, as [`NameSearch`] compares them.
    pub search: Option<&'a str>,
    pub role: Option<Role>,
    pub language: Language,
}

/// Lists people by name: all of them for the Secretariat and for moderators, those of their own delegation for a focal
/// point. Denied to others.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    listed: PersonFilter<'_>,
    window: &Window,
) -> Result<Page<Model>> {
    policy::list_people(actor, now).map_err(Error::Denied)?;
    let mut select = Entity::find();
    if let Some(role) = listed.role {
        select = select.filter(Column::Role.eq(role));
    }
    let delegations: Option<Vec<String>> = match (actor.role(), listed.delegation_id) {
        (Role::Moderator, Some(id)) => Some(vec![id.to_string()]),
        (_, Some(id)) => {
            policy::manage_mandate(actor, now, id).map_err(Error::Denied)?;
            Some(vec![id.to_string()])
        }
        (Role::Secretariat | Role::Moderator, None) => None,
        (Role::FocalPoint | Role::Visitor | Role::Delegate, None) => Some(
            actor
                .current_mandates(now)
                .map(|mandate| mandate.delegation_id.clone())
                .collect(),
        ),
    };
    if let Some(delegations) = delegations {
        let members = mandate::Entity::find()
            .select_only()
            .column(mandate::Column::PersonId)
            .filter(mandate::Column::DelegationId.is_in(delegations));
        select = select.filter(Column::Id.in_subquery(members.into_query()));
    }
    // Neither database folds and sorts names in every script as readers expect.
    let mut names: Vec<(PersonId, String)> = select
        .select_only()
        .columns([Column::Id, Column::Name])
        .into_tuple()
        .all(rows)
        .await?;
    let wanted = NameSearch::new(listed.search.unwrap_or_default());
    if !wanted.is_empty() {
        names.retain(|(_, name)| wanted.is_in(name));
    }
    let by_name = locale::order_of_names(listed.language);
    let order = |a: &Key, b: &Key| by_name(&a.name, &b.name).then_with(|| a.id.cmp(&b.id));
    let keys = names.into_iter().map(|(id, name)| Key { name, id });
    let mut list: Vec<(Key, PersonId)> = keys.map(|key| (key.clone(), key.id)).collect();
    list.sort_by(|(a, _), (b, _)| order(a, b));
    let bounds = (
        Key::read("after", window.after.as_deref())?,
        Key::read("before", window.before.as_deref())?,
    );
    let page = Page::of_ordered(list, window, bounds, order, Key::written);
    let ids: Vec<PersonId> = page.entries.iter().map(|(_, id)| *id).collect();
    let found = find_many(rows, &ids).await?;
    let mut by_id: HashMap<PersonId, Model> = found.into_iter().map(|row| (row.id, row)).collect();
    Ok(Page {
        entries: page
            .entries
            .into_iter()
            .filter_map(|(key, id)| Some((key, by_id.remove(&id)?)))
            .collect(),
        has_next: page.has_next,
        has_previous: page.has_previous,
        bounds: page.bounds,
    })
}

/// The position of a person in a list by name.
#[derive(Clone)]
struct Key {
    name: String,
    id: PersonId,
}

impl Key {
    fn written(&self) -> String {
        format!("{} {}", self.id, self.name)
    }

    fn read(field: &'static str, key: Option<&str>) -> Result<Option<Key>> {
        let Some(key) = key else {
            return Ok(None);
        };
        let parts = key.split_once(' ');
        let read = parts.and_then(|(id, name)| {
            Some(Key {
                name: name.to_string(),
                id: id.parse().ok()?,
            })
        });
        read.map(Some)
            .ok_or_else(|| Error::invalid(field, Fault::Malformed))
    }
}
