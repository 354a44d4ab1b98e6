//! Lists of threads, filtered and sorted.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::base::language::Language;
use crate::base::letters::NameSearch;
use crate::base::limit;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::forum::discussion::read;
use crate::forum::discussion::thread;
use crate::forum::discussion::thread::Column;
use crate::forum::discussion::thread::Entity;
use crate::forum::discussion::thread::Kind;
use crate::forum::discussion::thread::Model;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::forum::vocabulary::headings;
use crate::store::columns::padded;
use crate::store::keyset::Keyset;
use crate::store::probe;

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
    /// Only questions with an answer, or only questions without one.
    pub answered: Option<bool>,
    /// Only those opened at this time or later.
    pub opened_from: Option<Moment>,
    /// Only those opened before this time.
    pub opened_until: Option<Moment>,
    /// Only those with such a title.
    pub title: Titled,
    /// Only those under one of these concepts, whatever their facet; none when there is none.
    pub under: Option<Vec<String>>,
    /// Only those that are a person's own.
    pub own: Option<Condition>,
}

/// The titles of the threads to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Titled {
    /// Any title.
    #[default]
    Any,
    /// A title that contains each of these words or parts of words, as [`NameSearch`] compares them. One thread can be asked whether
    /// it has such a title; for a list, they are found first ([`find_titled`]).
    With(String),
    /// The threads that were found.
    Found(Vec<ThreadId>),
}

/// Maximum number of concepts or delegations in one filter.
const MAX_FILTER_VALUES: usize = 50;
/// About how many threads a page shows.
const PAGE: i64 = 25;

/// The order of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Latest shown post first.
    LatestActivity,
    /// Newest threads first.
    Created,
    /// Threads with the highest last number first.
    MostPosts,
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
    let first: fn(&Model) -> i64 = match order {
        Order::LatestActivity => |row| row.last_activity_at.0,
        Order::Created => |row| row.created_at.0,
        Order::MostPosts => |row| i64::from(row.last_number),
    };
    let key = |row: &Model| (first(row), row.id.0);
    let chosen = choose(rows, actor, now, filter).await?;
    let select = Entity::find().filter(chosen.condition);
    if let Some(heading) = chosen.led_by {
        let mut select = select;
        QuerySelect::query(&mut select).inner_join(
            headings::Entity,
            Expr::col((headings::Entity, headings::Column::ThreadId)).equals((Entity, Column::Id)),
        );
        let select = select
            .filter(headings::Column::Heading.eq(heading))
            .filter(headings::Column::IsArchived.eq(filter.archived));
        // The same bounds as on the thread, where the index of the headings has them.
        let opened_at = headings::Column::CreatedAt;
        let bounds = Condition::all()
            .add_option(filter.opened_from.map(|from| opened_at.gte(from)))
            .add_option(filter.opened_until.map(|until| opened_at.lt(until)));
        let select = select.filter(bounds);
        let keyset = Keyset {
            first: match order {
                Order::LatestActivity => headings::Column::LastActivityAt,
                Order::Created => headings::Column::CreatedAt,
                Order::MostPosts => headings::Column::LastNumber,
            },
            second: headings::Column::ThreadId,
            descending: true,
        };
        return keyset.page_by_number(rows, select, window, key).await;
    }
    let keyset = Keyset {
        first: match order {
            Order::LatestActivity => Column::LastActivityAt,
            Order::Created => Column::CreatedAt,
            Order::MostPosts => Column::LastNumber,
        },
        second: Column::Id,
        descending: true,
    };
    keyset.page_by_number(rows, select, window, key).await
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
    let mut all = HashMap::new();
    if let [only] = owners {
        // Read in the order of the list, and no further than the page.
        let of_owner = match only {
            Owner::Person(id) => Column::AuthorId.eq(*id),
            Owner::Delegation(id) => Column::DelegationId.eq(id),
        };
        let select = Entity::find().filter(listed).filter(of_owner);
        let page = keyset.page(rows, select, window, key).await?;
        if !page.entries.is_empty() || page.has_next || page.has_previous {
            all.insert(only.clone(), page);
        }
        return Ok(all);
    }
    let (people, delegations) = split_owners(owners);
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
    let mut all = HashMap::new();
    if !people.is_empty() {
        let found: Vec<(PersonId, i64)> = Entity::find()
            .filter(listed)
            .filter(Column::AuthorId.is_in(people))
            .select_only()
            .column(Column::AuthorId)
            .group_by(Column::AuthorId)
            .column_as(Column::Id.count(), "threads")
            .into_tuple()
            .all(rows)
            .await?;
        let found = found.into_iter();
        all.extend(found.map(|(id, count)| (Owner::Person(id), count)));
    }
    let counted = headings::Counted {
        public: actor.audience() == Audience::Public,
        archived: Some(false),
    };
    let headings: Vec<String> = delegations
        .iter()
        .map(|id| headings::delegation(id))
        .collect();
    let tallies = headings::tallies(rows, headings.iter().map(String::as_str), counted).await?;
    for (id, heading) in delegations.into_iter().zip(&headings) {
        let threads = tallies.get(heading).copied();
        all.extend(threads.map(|threads| (Owner::Delegation(id), threads)));
    }
    Ok(all)
}

/// How many threads the audience sees under each of these headings, archived or not; headings without any are left out.
pub async fn count_under(
    rows: &DatabaseTransaction,
    audience: Audience,
    headings: &[&str],
    archived: bool,
) -> Result<HashMap<String, i64>> {
    let counted = headings::Counted {
        public: audience == Audience::Public,
        archived: Some(archived),
    };
    headings::tallies(rows, headings.iter().copied(), counted).await
}

/// Counts the threads that the actor sees and the filter matches. The number of all threads, and of those under a heading, is
/// stored; only exceptions are counted. The same holds for several headings of which a thread has only one.
pub async fn count(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<u64> {
    let headings = filter.headings(rows).await?;
    let all_threads = vec![headings::ALL.to_string()];
    let kept = match &headings[..] {
        [] => Some(&all_threads),
        [facet] if facet.len() == 1 || headings::are_apart(facet) => Some(facet),
        _ => None,
    };
    let Some(facet) = kept.filter(|_| filter.is_by_heading()) else {
        let mut facets = headings.clone();
        let mut all = besides_headings(actor, now, filter)?;
        if !facets.is_empty() && !filter.is_of_few() {
            by_size(rows, filter, &mut facets).await?;
            all = all.add(headings::is_among_few(&facets.remove(0), filter.archived));
        }
        let all = under_each(all, &facets);
        return Ok(Entity::find().filter(all).count(rows).await?);
    };
    let counted = headings::Counted {
        public: actor.audience() == Audience::Public,
        archived: Some(filter.archived),
    };
    let tallies = headings::tallies(rows, facet.iter().map(String::as_str), counted).await?;
    let all: i64 = tallies.values().sum();
    let mut others = 0;
    if filter.pinned == Some(false) {
        let pinned = Filter {
            pinned: Some(true),
            unread: false,
            ..filter.clone()
        };
        let pinned = condition(rows, actor, now, &pinned).await?;
        others += Entity::find().filter(pinned).count(rows).await?;
    }
    if filter.unread {
        let person = actor
            .person_id()
            .ok_or(Error::Denied(Refusal::SignInRequired))?;
        let rest = Filter {
            unread: false,
            ..filter.clone()
        };
        let mut read = read::Entity::find()
            .filter(read::Column::PersonId.eq(person))
            .filter(
                Expr::col((read::Entity, read::Column::LastNumber))
                    .gte(Expr::col((Entity, Column::LastShown))),
            )
            .filter(condition(rows, actor, now, &rest).await?);
        QuerySelect::query(&mut read).inner_join(
            Entity,
            Expr::col((Entity, Column::Id)).equals((read::Entity, read::Column::ThreadId)),
        );
        others += read.count(rows).await?;
    }
    Ok(u64::try_from(all).unwrap_or(0).saturating_sub(others))
}

/// Whether the actor sees this thread and the filter matches it.
pub async fn matches(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
    thread_id: ThreadId,
) -> Result<bool> {
    let found = Entity::find_by_id(thread_id)
        .filter(condition(rows, actor, now, filter).await?)
        .one(rows)
        .await?;
    let Some(row) = found else {
        return Ok(false);
    };
    match &filter.title {
        Titled::With(words) => Ok(sought_title(words)?.is_in(&row.title)),
        Titled::Any | Titled::Found(_) => Ok(true),
    }
}

/// The threads whose titles contain these words, among the most recently active ones that the actor sees; either those that are
/// archived, or the others. Neither database folds letters as readers expect, so titles are compared here, a limited number of them.
pub async fn find_titled(
    rows: &DatabaseTransaction,
    actor: &Actor,
    words: &str,
    archived: bool,
) -> Result<Vec<ThreadId>> {
    let sought = sought_title(words)?;
    let mut select = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Title])
        .filter(thread::listed(actor.audience()))
        .filter(headings::Column::Heading.eq(headings::ALL))
        .filter(headings::Column::IsArchived.eq(archived));
    QuerySelect::query(&mut select).inner_join(
        headings::Entity,
        Expr::col((headings::Entity, headings::Column::ThreadId)).equals((Entity, Column::Id)),
    );
    let titles: Vec<(ThreadId, String)> = select
        .order_by_desc(headings::Column::LastActivityAt)
        .order_by_desc(headings::Column::ThreadId)
        .limit(limit::SEARCHED_TITLES)
        .into_tuple()
        .all(rows)
        .await?;
    let titles = titles.into_iter();
    let found = titles.filter(|(_, title)| sought.is_in(title));
    Ok(found.map(|(id, _)| id).collect())
}

fn sought_title(words: &str) -> Result<NameSearch> {
    let words = limit::line("filter.title", words, limit::MAX_SOUGHT)?;
    Ok(NameSearch::new(&words))
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

impl Filter {
    /// The headings by which it selects: threads that are listed under one of each.
    async fn headings(&self, rows: &DatabaseTransaction) -> Result<Vec<Vec<String>>> {
        let facets = [
            ("filter.tools", Scheme::Tool, &self.tools),
            ("filter.methods", Scheme::Method, &self.methods),
            ("filter.regions", Scheme::Region, &self.regions),
        ];
        let mut all = Vec::new();
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
                all.push(concept::require(rows, field, scheme, ids).await?);
            }
        }
        if self.delegations.len() > MAX_FILTER_VALUES {
            return Err(Error::invalid(
                "filter.delegations",
                Fault::TooMany {
                    max: MAX_FILTER_VALUES,
                },
            ));
        }
        if !self.delegations.is_empty() {
            let delegations = self.delegations.iter();
            all.push(delegations.map(|id| headings::delegation(id)).collect());
        }
        if !self.kinds.is_empty() {
            let kinds = self.kinds.iter();
            all.push(kinds.map(|kind| headings::kind(kind.as_str())).collect());
        }
        if !self.languages.is_empty() {
            let languages = self.languages.iter();
            let language = |language: &Language| headings::language(language.code());
            all.push(languages.map(language).collect());
        }
        all.extend(self.answered.map(|yes| vec![headings::answered(yes)]));
        all.extend(self.under.clone());
        for facet in &mut all {
            facet.sort();
            facet.dedup();
        }
        Ok(all)
    }

    /// Whether it selects few threads by what is read first: those that are pinned, somebody's own, or found by their titles.
    fn is_of_few(&self) -> bool {
        self.pinned == Some(true) || self.own.is_some() || self.title != Titled::Any
    }

    /// Whether it selects by nothing that only the row of a thread says, but for being pinned or read.
    fn is_by_heading(&self) -> bool {
        self.pinned != Some(true)
            && self.opened_from.is_none()
            && self.opened_until.is_none()
            && self.title == Titled::Any
            && self.own.is_none()
    }
}

/// How a list is read.
struct Chosen {
    condition: Condition,
    /// The heading whose threads are read in the order of the list; without one, all threads are.
    led_by: Option<String>,
}

/// Chooses how a page of a list is read: along the threads under one heading, if the filter names one; along all of them until
/// enough match; or all that match at once, if they are few.
async fn choose(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<Chosen> {
    let mut facets = filter.headings(rows).await?;
    let mut condition = besides_headings(actor, now, filter)?;
    if facets.is_empty() || filter.is_of_few() {
        return Ok(Chosen {
            condition: under_each(condition, &facets),
            led_by: None,
        });
    }
    let (all, threads) = by_size(rows, filter, &mut facets).await?;
    let smallest = facets.remove(0);
    condition = under_each(condition, &facets);
    if threads == 0 {
        // No key is null.
        condition = condition.add(Column::Id.is_null());
        return Ok(Chosen {
            condition,
            led_by: None,
        });
    }
    let led_by = match &smallest[..] {
        [only] => Some(only.clone()),
        _ => None,
    };
    if led_by.is_none() {
        // Along all threads, every so many of them matches.
        let passed = all / threads * PAGE;
        condition = condition.add(match threads <= passed {
            true => headings::is_among_few(&smallest, filter.archived),
            false => headings::is_under(&smallest),
        });
    }
    Ok(Chosen { condition, led_by })
}

/// Sorts facets by the number of threads under them, and returns how many there are in all, and under the smallest.
async fn by_size(
    rows: &DatabaseTransaction,
    filter: &Filter,
    facets: &mut [Vec<String>],
) -> Result<(i64, i64)> {
    let counted = headings::Counted {
        public: false,
        archived: Some(filter.archived),
    };
    let names = facets.iter().flatten().map(String::as_str);
    let tallies = headings::tallies(rows, names.chain([headings::ALL]), counted).await?;
    let of = |heading: &str| tallies.get(heading).copied().unwrap_or(0);
    let size = |facet: &Vec<String>| facet.iter().map(|heading| of(heading)).sum::<i64>();
    facets.sort_by_key(size);
    Ok((of(headings::ALL), facets.first().map_or(0, size)))
}

async fn condition(
    rows: &DatabaseTransaction,
    actor: &Actor,
    now: Moment,
    filter: &Filter,
) -> Result<Condition> {
    let facets = filter.headings(rows).await?;
    let all = besides_headings(actor, now, filter)?;
    Ok(under_each(all, &facets))
}

/// The same condition, for threads that are listed under a heading of each facet.
fn under_each(condition: Condition, facets: &[Vec<String>]) -> Condition {
    let facets = facets.iter();
    facets.fold(condition, |all, facet| all.add(headings::is_under(facet)))
}

/// The condition on a thread's row, without its headings.
fn besides_headings(actor: &Actor, now: Moment, filter: &Filter) -> Result<Condition> {
    let mut all = Condition::all().add(thread::listed(actor.audience()));
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
    match &filter.title {
        Titled::Any => {}
        Titled::With(words) => {
            sought_title(words)?;
        }
        // No key is null.
        Titled::Found(threads) if threads.is_empty() => all = all.add(Column::Id.is_null()),
        Titled::Found(threads) => all = all.add(Column::Id.is_in(padded(threads))),
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
    probe::exists(read).not()
}
