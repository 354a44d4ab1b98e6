//! What is a person's own in the forum: the threads that they follow, and those under the concepts that they follow.

use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ExprTrait;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::Query;
use sea_orm::sea_query::SelectStatement;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Refusal;
use crate::base::error::Result;
use crate::base::id::PersonId;
use crate::forum::discussion::post;
use crate::forum::discussion::tag;
use crate::forum::discussion::thread;
use crate::forum::vocabulary::closure;
use crate::forum::watching::follow::of_concept;
use crate::forum::watching::follow::of_thread;

/// Which of the actor's own threads to select.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnThreads {
    /// Those that the actor follows, or wrote in and did not unfollow.
    pub followed: bool,
    /// Those under a concept that the actor follows.
    pub under_followed: bool,
}

/// The condition on threads, according to the actor's follows when the query runs; `None` when all threads are meant.
/// Refuses visitors, who follow nothing.
pub fn condition(actor: &Actor, own: OwnThreads) -> Result<Option<Condition>> {
    if own == OwnThreads::default() {
        return Ok(None);
    }
    let person = actor
        .person_id()
        .ok_or(Error::Denied(Refusal::SignInRequired))?;
    let mut all = Condition::all();
    if own.followed {
        all = all.add(followed(person));
    }
    if own.under_followed {
        all = all.add(thread::Column::Id.in_subquery(under_followed(person)));
    }
    Ok(Some(all))
}

fn followed(person: PersonId) -> Condition {
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
        .to_owned();
    let wrote = Query::select()
        .column((post::Entity, post::Column::ThreadId))
        .from(post::Entity)
        .and_where(post::Column::AuthorId.eq(person))
        .and_where(post::Column::MovedTo.is_null())
        .to_owned();
    let implied = Condition::any()
        .add(thread::Column::Id.in_subquery(wrote))
        .add(thread::Column::Id.in_subquery(merged));
    Condition::any()
        .add(thread::Column::Id.in_subquery(said(true)))
        .add(
            Condition::all()
                .add(implied)
                .add(thread::Column::Id.in_subquery(said(false)).not()),
        )
}

fn under_followed(person: PersonId) -> SelectStatement {
    let concepts = Query::select()
        .column((of_concept::Entity, of_concept::Column::ConceptId))
        .from(of_concept::Entity)
        .and_where(of_concept::Column::PersonId.eq(person))
        .to_owned();
    Query::select()
        .column((tag::Entity, tag::Column::ThreadId))
        .from(tag::Entity)
        .inner_join(
            closure::Entity,
            Expr::col((closure::Entity, closure::Column::NarrowerId))
                .equals((tag::Entity, tag::Column::ConceptId)),
        )
        .and_where(Expr::col((closure::Entity, closure::Column::BroaderId)).in_subquery(concepts))
        .to_owned()
}
