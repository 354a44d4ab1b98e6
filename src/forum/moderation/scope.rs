//! The regions assigned to a moderator.

use std::collections::HashSet;

use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::IntoColumnRef;
use sea_orm::sea_query::Query;
use sea_orm::sea_query::SelectStatement;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::id::PersonId;
use crate::base::id::ThreadId;
use crate::forum::Forum;
use crate::forum::accounts::person;
use crate::forum::discussion::tag;
use crate::forum::moderation::policy;
use crate::forum::vocabulary::closure;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::store::probe;

/// Maximum number of regions for one moderator.
pub const MAX_REGIONS: usize = 50;

/// One region assigned to one moderator, with everything under it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moderator_region")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub concept_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The ids of the regions assigned to a person.
pub async fn of(rows: &DatabaseTransaction, person_id: PersonId) -> Result<Vec<String>> {
    let found = Entity::find()
        .filter(Column::PersonId.eq(person_id))
        .order_by_asc(Column::ConceptId)
        .all(rows)
        .await?;
    Ok(found.into_iter().map(|row| row.concept_id).collect())
}

/// Those of these threads that are within the regions assigned to a person: tagged with one of them, or with something
/// under it.
pub async fn within(
    rows: &DatabaseTransaction,
    person_id: PersonId,
    threads: &[ThreadId],
) -> Result<HashSet<ThreadId>> {
    let mut select = self::threads(person_id);
    select
        .distinct()
        .and_where(Expr::col((tag::Entity, tag::Column::ThreadId)).is_in(threads.iter().copied()));
    rows.query_all(&select)
        .await?
        .into_iter()
        .map(|row| row.try_get("", "thread_id").map_err(Error::from))
        .collect()
}

/// Whether one of these delegations is a state within the regions assigned to a person.
pub async fn covers(
    rows: &DatabaseTransaction,
    person_id: PersonId,
    delegations: &[String],
) -> Result<bool> {
    let countries = delegations.iter().map(|id| format!("country-{id}"));
    let select = Query::select()
        .column((closure::Entity, closure::Column::NarrowerId))
        .from(closure::Entity)
        .inner_join(
            Entity,
            Expr::col((Entity, Column::ConceptId))
                .equals((closure::Entity, closure::Column::BroaderId)),
        )
        .and_where(Expr::col((Entity, Column::PersonId)).eq(person_id))
        .and_where(Expr::col((closure::Entity, closure::Column::NarrowerId)).is_in(countries))
        .limit(1)
        .to_owned();
    let found = rows.query_one(&select).await?;
    Ok(found.is_some())
}

/// Whether the thread whose id stands in this column is within the regions assigned to a person.
pub(crate) fn covers_thread(person_id: PersonId, thread: impl IntoColumnRef) -> Expr {
    let mut select = threads(person_id);
    select.and_where(Expr::col((tag::Entity, tag::Column::ThreadId)).equals(thread));
    probe::exists(select)
}

/// The threads within the regions assigned to a person.
fn threads(person_id: PersonId) -> SelectStatement {
    Query::select()
        .column((tag::Entity, tag::Column::ThreadId))
        .from(tag::Entity)
        .inner_join(
            closure::Entity,
            Expr::col((closure::Entity, closure::Column::NarrowerId))
                .equals((tag::Entity, tag::Column::ConceptId)),
        )
        .inner_join(
            Entity,
            Expr::col((Entity, Column::ConceptId))
                .equals((closure::Entity, closure::Column::BroaderId)),
        )
        .and_where(Expr::col((Entity, Column::PersonId)).eq(person_id))
        .to_owned()
}

/// Replaces the regions assigned to a person with these; the Secretariat. Refuses what is not a region, and more than
/// [`MAX_REGIONS`]. Sending the same regions again adds nothing.
pub async fn assign(
    forum: &Forum,
    actor: &Actor,
    person_id: PersonId,
    regions: &[String],
) -> Result<person::Model> {
    if regions.len() > MAX_REGIONS {
        return Err(Error::invalid(
            "regions",
            Fault::TooMany { max: MAX_REGIONS },
        ));
    }
    let tx = forum.store.begin_serialized(actor).await?;
    policy::assign_scope(actor, tx.now()).map_err(Error::Denied)?;
    let person = person::find(tx.rows(), person_id)
        .await?
        .ok_or(Error::NotFound)?;
    let mut wanted = concept::require(tx.rows(), "regions", Scheme::Region, regions).await?;
    wanted.sort();
    wanted.dedup();
    if of(tx.rows(), person_id).await? == wanted {
        return Ok(person);
    }
    Entity::delete_many()
        .filter(Column::PersonId.eq(person_id))
        .exec(tx.rows())
        .await?;
    for concept_id in wanted {
        let row = Model {
            person_id,
            concept_id,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(tx.rows())
            .await?;
    }
    tx.commit(Event::ScopeChanged { person: person_id }).await?;
    Ok(person)
}
