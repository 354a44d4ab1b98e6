//! Lists of threads, filtered and sorted.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;

use crate::base::actor::Actor;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::read;
use crate::forum::discussion::tag;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Column;
use crate::forum::discussion::thread::Entity;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Model;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::store::keyset::Keyset;

/// Which threads to list: within a facet, threads with any of the concepts (or something under it); across facets,
/// threads that match all. Empty fields do not filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub tools: Vec<String>,
    pub methods: Vec<String>,
    pub regions: Vec<String>,
    pub kinds: Vec<Kind>,
    pub languages: Vec<Language>,
    pub delegations: Vec<String>,
    /// Only those with posts that the requester has not read.
    pub unread: bool,
    /// Those that are archived; otherwise those that are not.
    pub archived: bool,
    /// Only those that are pinned, or only those that are not.
    pub pinned: Option<bool>,
    /// Only those opened at this time or later.
    pub opened_from: Option<Moment>,
    /// Only those opened before this time.
    pub opened_until: Option<Moment>,
    /// Only those that are a person's own.
    pub own: Option<Condition>,
}

/// Maximum number of concepts or delegations in one filter.
const MAX_FILTER_VALUES: usize = 50;

/// The order of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Latest shown post first.
    LatestActivity,
    /// Newest threads first.
    Created,
}

/// A page of the threads that the actor sees.
pub async fn list(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
    order: Order,
    window: &Window,
) -> Result<Page<Model>> {
    let (column, moment): (Column, fn(&Model) -> Moment) = match order {
        Order::LatestActivity => (Column::LastActivityAt, |row| row.last_activity_at),
        Order::Created => (Column::CreatedAt, |row| row.created_at),
    };
    let keyset = Keyset {
        first: column,
        second: Column::Id,
        descending: true,
    };
    let select = Entity::find().filter(condition(rows, actor, now, filter).await?);
    let key = |row: &Model| (moment(row), row.id.0);
    keyset.page(rows, select, window, key).await
}

/// The owner of threads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Threads that a person opened.
    Person(PersonId),
    /// Threads that were opened for a delegation.
    Delegation(String),
}

/// Separates owners into people and delegations.
fn split_owners(owners: &[Owner]) -> (Vec<PersonId>, Vec<String>) {
    let (mut people, mut delegations) = (Vec::new(), Vec::new());
    for owner in owners {
        match owner {
            Owner::Person(id) => people.push(*id),
            Owner::Delegation(id) => delegations.push(id.clone()),
        }
    }
    (people, delegations)
}

/// The same page of each owner's listed threads that the actor sees, newest first. Owners without any are left out.
pub async fn of_each(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    owners: &[Owner],
    window: &Window,
) -> Result<HashMap<Owner, Page<Model>>> {
    let listed = condition(rows, actor, now, &Filter::default()).await?;
    let keyset = Keyset {
        first: Column::CreatedAt,
        second: Column::Id,
        descending: true,
    };
    let key = |row: &Model| (row.created_at, row.id.0);
    let (people, delegations) = split_owners(owners);
    let mut all = HashMap::new();
    if !people.is_empty() {
        let select = Entity::find().filter(listed.clone());
        let select = select.filter(Column::AuthorId.is_in(people));
        let owner = |row: &Model| Owner::Person(row.author_id);
        let pages = keyset.page_of_each(rows, select, window, key, (Column::AuthorId, owner));
        all.extend(pages.await?);
    }
    if !delegations.is_empty() {
        let select = Entity::find().filter(listed);
        let select = select.filter(Column::DelegationId.is_in(delegations));
        let owner = |row: &Model| Owner::Delegation(row.delegation_id.clone().unwrap_or_default());
        let owners = (Column::DelegationId, owner);
        let pages = keyset.page_of_each(rows, select, window, key, owners);
        all.extend(pages.await?);
    }
    Ok(all)
}

/// How many threads each owner has in [`of_each`], across all pages. Owners without any are left out.
pub async fn count_of_each(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    owners: &[Owner],
) -> Result<HashMap<Owner, i64>> {
    let listed = condition(rows, actor, now, &Filter::default()).await?;
    let (people, delegations) = split_owners(owners);
    let count = |column: Column| {
        let select = Entity::find().filter(listed.clone()).select_only();
        let select = select.column(column).group_by(column);
        select.column_as(Column::Id.count(), "threads")
    };
    let mut all = HashMap::new();
    if !people.is_empty() {
        let select = count(Column::AuthorId).filter(Column::AuthorId.is_in(people));
        let found: Vec<(PersonId, i64)> = select.into_tuple().all(rows).await?;
        let found = found.into_iter();
        all.extend(found.map(|(id, count)| (Owner::Person(id), count)));
    }
    if !delegations.is_empty() {
        let select = count(Column::DelegationId).filter(Column::DelegationId.is_in(delegations));
        let found: Vec<(String, i64)> = select.into_tuple().all(rows).await?;
        let found = found.into_iter();
        all.extend(found.map(|(id, count)| (Owner::Delegation(id), count)));
    }
    Ok(all)
}

/// Counts the threads that the actor sees and the filter matches.
pub async fn count(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<u64> {
    Ok(Entity::find()
        .filter(condition(rows, actor, now, filter).await?)
        .count(rows)
        .await?)
}

/// Whether the actor sees this thread and the filter matches it.
pub async fn matches(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
    thread_id: ThreadId,
) -> Result<bool> {
    Ok(Entity::find_by_id(thread_id)
        .filter(condition(rows, actor, now, filter).await?)
        .one(rows)
        .await
        .map(|row| row.is_some())?)
}

/// Refuses a filter that names something that does not exist, or that filters by unread posts for visitors.
pub async fn check(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<()> {
    condition(rows, actor, now, filter).await.map(drop)
}

async fn condition(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<Condition> {
    let mut all = Condition::all().add(thread::listed(actor.audience()));
    let facets = [
        ("filter.tools", Scheme::Tool, &filter.tools),
        ("filter.methods", Scheme::Method, &filter.methods),
        ("filter.regions", Scheme::Region, &filter.regions),
    ];
    for (field, scheme, ids) in facets {
        if ids.len() > MAX_FILTER_VALUES {
            return Err(Error::invalid(
                field,
                Fault::TooMany {
                    max: MAX_FILTER_VALUES,
                },
            ));
        }
        if !ids.is_empty() {
            let concepts = concept::require(rows, field, scheme, ids).await?;
            all = all.add(Column::Id.in_subquery(tag::threads_under(&concepts)));
        }
    }
    if !filter.kinds.is_empty() {
        let kinds: HashSet<_> = filter.kinds.iter().copied().collect();
        all = all.add(Column::Kind.is_in(kinds));
    }
    if !filter.languages.is_empty() {
        let languages: HashSet<_> = filter.languages.iter().copied().collect();
        all = all.add(Column::Language.is_in(languages));
    }
    if filter.delegations.len() > MAX_FILTER_VALUES {
        return Err(Error::invalid(
            "filter.delegations",
            Fault::TooMany {
                max: MAX_FILTER_VALUES,
            },
        ));
    }
    if !filter.delegations.is_empty() {
        all = all.add(Column::DelegationId.is_in(&filter.delegations));
    }
    all = all.add(match filter.archived {
        true => Column::ArchivedBy.is_not_null(),
        false => Column::ArchivedBy.is_null(),
    });
    if let Some(pinned) = filter.pinned {
        let holds = Condition::all().add(Column::PinnedBy.is_not_null()).add(
            Condition::any()
                .add(Column::PinnedUntil.is_null())
                .add(Column::PinnedUntil.gt(now)),
        );
        all = all.add(match pinned {
            true => holds,
            false => holds.not(),
        });
    }
    if let Some(from) = filter.opened_from {
        all = all.add(Column::CreatedAt.gte(from));
    }
    if let Some(until) = filter.opened_until {
        all = all.add(Column::CreatedAt.lt(until));
    }
    if let Some(own) = &filter.own {
        all = all.add(own.clone());
    }
    if filter.unread {
        let person = actor
            .person_id()
            .ok_or(Error::Denied(Refusal::SignInRequired))?;
        all = all.add(unread_by(person));
    }
    Ok(all)
}

fn unread_by(person: PersonId) -> Expr {
    let read = Query::select()
        .column((read::Entity, read::Column::ThreadId))
        .from(read::Entity)
        .and_where(Expr::col((read::Entity, read::Column::PersonId)).eq(person))
        .and_where(
            Expr::col((read::Entity, read::Column::ThreadId)).equals((thread::Entity, Column::Id)),
        )
        .and_where(
            Expr::col((read::Entity, read::Column::LastNumber))
                .gte(Expr::col((thread::Entity, Column::LastShown))),
        )
        .to_owned();
    Expr::exists(read).not()
}
