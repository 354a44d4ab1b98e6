//! Tags: the concepts on a thread.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::IntoColumnRef;
use sea_orm::sea_query::Query;

use crate::base::actor::Audience;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::id::ThreadId;
use crate::forum::vocabulary::closure;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::forum::vocabulary::headings;
use crate::forum::vocabulary::whole::Vocabulary;
use crate::store::columns::padded;
use crate::store::probe;

/// A tag as it was given; it is shown as the concept that represents it today.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "thread_concept")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub thread_id: ThreadId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub concept_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The tags of a thread as a client requests them: ids of concepts.
#[derive(Clone, Debug, Default)]
pub struct Tags {
    pub tools: Vec<String>,
    pub methods: Vec<String>,
    pub regions: Vec<String>,
}

impl Tags {
    /// The concepts to store. Refuses tags with neither a tool nor a method; without a region; with too many of a
    /// facet; with a concept that does not exist or belongs to another facet.
    pub(crate) async fn parse(
        &self,
        rows: &DatabaseTransaction,
        max: usize,
    ) -> Result<Vec<String>> {
        let facets = [
            ("tools", Scheme::Tool, &self.tools),
            ("methods", Scheme::Method, &self.methods),
            ("regions", Scheme::Region, &self.regions),
        ];
        if self.tools.is_empty() && self.methods.is_empty() {
            return Err(Error::invalid("tools", Fault::ToolOrMethodNeeded));
        }
        if self.regions.is_empty() {
            return Err(Error::invalid("regions", Fault::Empty));
        }
        let mut all = Vec::new();
        for (field, scheme, ids) in facets {
            if ids.len() > max {
                return Err(Error::invalid(field, Fault::TooMany { max }));
            }
            all.extend(concept::require(rows, field, scheme, ids).await?);
        }
        Ok(all)
    }
}

/// Replaces a thread's tags with these concepts.
pub(crate) async fn replace(
    rows: &DatabaseTransaction,
    thread_id: ThreadId,
    concepts: Vec<String>,
) -> Result<()> {
    Entity::delete_many()
        .filter(Column::ThreadId.eq(thread_id))
        .exec(rows)
        .await?;
    let tags = concepts.into_iter().map(|concept_id| {
        Model {
            thread_id,
            concept_id,
        }
        .into_active_model()
    });
    Ok(Entity::insert_many(tags)
        .exec_without_returning(rows)
        .await
        .map(drop)?)
}

/// The tags of a thread as they were given, in a fixed order.
pub(crate) async fn stored(rows: &DatabaseTransaction, thread_id: ThreadId) -> Result<Vec<String>> {
    let found = Entity::find()
        .filter(Column::ThreadId.eq(thread_id))
        .order_by_asc(Column::ConceptId)
        .all(rows)
        .await?;
    Ok(found.into_iter().map(|row| row.concept_id).collect())
}

/// The current concepts on these threads, by thread.
pub async fn shown_on_threads(
    rows: &DatabaseTransaction,
    vocabulary: &Vocabulary,
    threads: &[ThreadId],
) -> Result<HashMap<ThreadId, Vec<String>>> {
    let found = given(rows, threads).await?;
    Ok(by_thread(found, |id| vocabulary.current(id).to_string()))
}

/// Same, within a change.
pub(crate) async fn of_threads(
    rows: &DatabaseTransaction,
    threads: &[ThreadId],
) -> Result<HashMap<ThreadId, Vec<String>>> {
    let found = given(rows, threads).await?;
    let ids: Vec<String> = found.iter().map(|row| row.concept_id.clone()).collect();
    let current = concept::current(rows, &ids).await?;
    let current_id = |id: &String| current.get(id).unwrap_or(id).clone();
    Ok(by_thread(found, current_id))
}

/// The tags of these threads as they were given.
async fn given(rows: &DatabaseTransaction, threads: &[ThreadId]) -> Result<Vec<Model>> {
    let select = Entity::find().filter(Column::ThreadId.is_in(padded(threads)));
    Ok(select.all(rows).await?)
}

fn by_thread(
    found: Vec<Model>,
    current_id: impl Fn(&String) -> String,
) -> HashMap<ThreadId, Vec<String>> {
    let mut by_thread: HashMap<ThreadId, Vec<String>> = HashMap::new();
    for row in found {
        let tags = by_thread.entry(row.thread_id).or_default();
        let current_id = current_id(&row.concept_id);
        if !tags.contains(&current_id) {
            tags.push(current_id);
        }
    }
    by_thread
}

/// Whether a thread, whose id stands in this column, is tagged with one of these concepts or something under it. Threads that are
/// not listed count too.
pub(crate) fn is_under(thread: impl IntoColumnRef, concepts: &[String]) -> Expr {
    let tagged = Query::select()
        .expr(Expr::value(1))
        .from(Entity)
        .inner_join(
            closure::Entity,
            Expr::col((closure::Entity, closure::Column::NarrowerId))
                .equals((Entity, Column::ConceptId)),
        )
        .and_where(Expr::col((Entity, Column::ThreadId)).equals(thread))
        .and_where(
            Expr::col((closure::Entity, closure::Column::BroaderId))
                .is_in(concepts.iter().map(String::as_str)),
        )
        .to_owned();
    probe::exists(tagged)
}

/// How many threads the audience sees under each of these concepts, archived (`Some(true)`), not archived (`Some(false)`) or
/// either; concepts without any are left out.
pub async fn count_threads(
    rows: &DatabaseTransaction,
    audience: Audience,
    concepts: &[String],
    archived: Option<bool>,
) -> Result<HashMap<String, i64>> {
    let counted = headings::Counted {
        public: audience == Audience::Public,
        archived,
    };
    headings::tallies(rows, concepts.iter().map(String::as_str), counted).await
}
