//! The closure of the vocabulary: which concepts are under which, by any path. It is derived from the tree, the
//! groupings and the successors, and rebuilt when they change.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QuerySelect;
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use crate::base::error::Result;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::broader;
use crate::forum::vocabulary::headings;
use crate::store::backend;

/// A concept (`broader_id`) and one that a filter by it also finds. Each concept finds itself.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "concept_closure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub broader_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub narrower_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Rows in one INSERT: two values each, well below SQLite's limit of 32 766 bound values.
const CHUNK: usize = 2_000;

/// Recomputes all pairs, and which threads are listed under which concepts.
pub(crate) async fn rebuild(rows: &DatabaseTransaction) -> Result<()> {
    backend::hold_closure(rows, true).await?;
    let (before, after) = (stored(rows).await?, derive(rows).await?);
    let pairs: Vec<ActiveModel> = after
        .iter()
        .map(|(above, id)| ActiveModel {
            broader_id: Set(above.clone()),
            narrower_id: Set(id.clone()),
        })
        .collect();
    Entity::delete_many().exec(rows).await?;
    for chunk in pairs.chunks(CHUNK) {
        Entity::insert_many(chunk.to_vec())
            .exec_without_returning(rows)
            .await?;
    }
    headings::follow(rows, before.symmetric_difference(&after).cloned()).await
}

/// Derives the pairs from the vocabulary: a concept and one that is found under it.
pub(crate) async fn derive(rows: &DatabaseTransaction) -> Result<BTreeSet<(String, String)>> {
    let mut up: HashMap<String, Vec<String>> = HashMap::new();
    for row in broader::Entity::find().all(rows).await? {
        up.entry(row.concept_id).or_default().push(row.broader_id);
    }
    let mut concepts: Vec<String> = Vec::new();
    let found: Vec<(String, Option<String>)> = concept::Entity::find()
        .select_only()
        .column(concept::Column::Id)
        .column(concept::Column::SuccessorId)
        .into_tuple()
        .all(rows)
        .await?;
    for (id, successor) in found {
        // What was tagged with the old concept is found under its successor.
        if let Some(successor) = successor {
            up.entry(id.clone()).or_default().push(successor);
        }
        concepts.push(id);
    }
    let pairs = concepts.iter().flat_map(|id| {
        all_above(id, &up)
            .into_iter()
            .map(move |above| (above.clone(), id.clone()))
    });
    Ok(pairs.collect())
}

/// Reads the stored pairs.
pub(crate) async fn stored(rows: &DatabaseTransaction) -> Result<BTreeSet<(String, String)>> {
    let pairs = Entity::find().all(rows).await?;
    Ok(pairs
        .into_iter()
        .map(|row| (row.broader_id, row.narrower_id))
        .collect())
}

/// Whether `above` is above `id` or is the same concept.
pub(crate) async fn contains(rows: &DatabaseTransaction, above: &str, id: &str) -> Result<bool> {
    Ok(Entity::find_by_id((above.to_string(), id.to_string()))
        .one(rows)
        .await
        .map(|row| row.is_some())?)
}

fn all_above<'a>(id: &'a String, up: &'a HashMap<String, Vec<String>>) -> HashSet<&'a String> {
    let mut found = HashSet::from([id]);
    let mut open = vec![id];
    while let Some(each) = open.pop() {
        for above in up.get(each).into_iter().flatten() {
            if found.insert(above) {
                open.push(above);
            }
        }
    }
    found
}
