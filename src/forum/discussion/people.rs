//! Who writes where: the people in a thread, and those who speak for a delegation.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use uuid::Uuid;

use crate::base::actor::Audience;
use crate::base::clock::Moment;
use crate::base::error::Result;
use crate::forum::accounts::mandate;
use crate::forum::accounts::person;
use crate::forum::discussion::post;

/// Those whose texts are shown in these threads, by thread, in the order in which they came in. The caller has found the
/// threads for somebody.
pub async fn of_threads(
    rows: &DatabaseTransaction,
    threads: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let found: Vec<(Uuid, Uuid)> = post::Entity::find()
        .select_only()
        .column(post::Column::ThreadId)
        .column(post::Column::AuthorId)
        .filter(post::Column::ThreadId.is_in(threads.iter().copied()))
        .filter(post::shown())
        .group_by(post::Column::ThreadId)
        .group_by(post::Column::AuthorId)
        .order_by_asc(post::Column::Number.min())
        .into_tuple()
        .all(rows)
        .await?;
    let mut by_thread: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (thread, author) in found {
        by_thread.entry(thread).or_default().push(author);
    }
    Ok(by_thread)
}

/// The people with a mandate for these delegations that holds at that moment, by delegation and name. The public is told of
/// those of whom it reads a text.
pub async fn of_delegations(
    rows: &DatabaseTransaction,
    audience: Audience,
    now: Moment,
    delegations: &[String],
) -> Result<HashMap<String, Vec<person::Model>>> {
    let goes_on = Condition::any()
        .add(mandate::Column::UntilAt.is_null())
        .add(mandate::Column::UntilAt.gt(now));
    let mut held = mandate::Entity::find()
        .filter(mandate::Column::DelegationId.is_in(delegations))
        .filter(mandate::Column::FromAt.lte(now))
        .filter(goes_on);
    match audience {
        Audience::Members => {}
        Audience::Public => {
            let authors = post::authors_seen_by(audience);
            held = held.filter(mandate::Column::PersonId.in_subquery(authors));
        }
    }
    let held = held.all(rows).await?;
    let ids: Vec<Uuid> = held.iter().map(|mandate| mandate.person_id).collect();
    let mut people = person::find_many(rows, &ids).await?;
    people.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let of = |delegation: &String| -> Vec<person::Model> {
        let speaks = |person: &&person::Model| {
            let mut own = held.iter().filter(|each| each.person_id == person.id);
            own.any(|each| each.delegation_id == *delegation)
        };
        people.iter().filter(speaks).cloned().collect()
    };
    Ok(delegations.iter().map(|id| (id.clone(), of(id))).collect())
}
