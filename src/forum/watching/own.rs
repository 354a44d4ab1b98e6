//! What is a person's own in the forum: the threads that they follow, and those under the concepts that they follow.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DatabaseTransaction;
use sea_orm::ExprTrait;
use sea_orm::sea_query::Query;
use sea_orm::sea_query::UnionType;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::forum::discussion::post;
use crate::forum::discussion::thread;
use crate::forum::watching::follow;
use crate::forum::watching::follow::of_thread;

/// The condition on threads that the actor follows, or wrote in and did not unfollow, when the query runs. Refuses visitors,
/// who follow nothing.
pub fn followed(actor: &Actor) -> Result<Condition> {
    let person = person(actor)?;
    let said = |followed: bool| {
        Query::select()
            .column((of_thread::Entity, of_thread::Column::ThreadId))
            .from(of_thread::Entity)
            .and_where(of_thread::Column::PersonId.eq(person))
            .and_where(of_thread::Column::Followed.eq(followed))
            .to_owned()
    };
    // A merged thread continues in the one that it was merged into.
    let merged = Query::select()
        .column((thread::Entity, thread::Column::MergedInto))
        .from(thread::Entity)
        .and_where(thread::Column::MergedInto.is_not_null())
        .and_where(thread::Column::Id.in_subquery(said(true)))
        .and_where(thread::Column::MergedInto.in_subquery(said(false)).not())
        .to_owned();
    let wrote = Query::select()
        .column((post::Entity, post::Column::ThreadId))
        .from(post::Entity)
        .and_where(post::Column::AuthorId.eq(person))
        .and_where(post::Column::MovedTo.is_null())
        .and_where(post::Column::ThreadId.in_subquery(said(false)).not())
        .to_owned();
    // One list and not three alternatives, so that it can be what is read first.
    let all = said(true)
        .union(UnionType::Distinct, wrote)
        .union(UnionType::Distinct, merged)
        .to_owned();
    Ok(Condition::all().add(thread::Column::Id.in_subquery(all)))
}

/// The concepts that the actor follows now. Refuses visitors.
pub async fn concepts(rows: &DatabaseTransaction, actor: &Actor) -> Result<Vec<String>> {
    person(actor)?;
    follow::concepts(rows, actor).await
}

fn person(actor: &Actor) -> Result<PersonId> {
    actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))
}
