//! The concepts that a forum starts with.

use std::collections::HashMap;
use std::collections::HashSet;

use sea_orm::ActiveModelTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QuerySelect;
use sea_orm::Set;
use serde::Deserialize;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::language::Language;
use crate::forum::vocabulary::closure;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::forum::vocabulary::concept::State;

const FILES: [(Scheme, &str); 3] = [
    (Scheme::Tool, include_str!("data/tools.json")),
    (Scheme::Method, include_str!("data/methods.json")),
    (Scheme::Region, include_str!("data/regions.json")),
];

#[derive(Deserialize)]
struct File {
    concepts: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    notation: Option<String>,
    broader: Vec<String>,
    #[serde(default)]
    member_of: Vec<String>,
    pref_label: HashMap<Language, String>,
    #[serde(default)]
    alt_label: HashMap<Language, Vec<String>>,
    #[serde(default)]
    definition: HashMap<Language, String>,
}

#[derive(Default)]
struct Rows {
    concepts: Vec<concept::ActiveModel>,
    labels: Vec<concept::label::ActiveModel>,
    alternatives: Vec<concept::alternative::ActiveModel>,
    broader: Vec<concept::broader::ActiveModel>,
}

/// Adds the concepts that are missing, with their labels and positions, and returns how many were added.
pub async fn load(rows: &DatabaseTransaction) -> Result<u32> {
    let known: HashSet<String> = concept::Entity::find()
        .select_only()
        .column(concept::Column::Id)
        .into_tuple()
        .all(rows)
        .await?
        .into_iter()
        .collect();
    let mut missing = Rows::default();
    for (scheme, text) in FILES {
        let file: File = serde_json::from_str(text).map_err(Error::internal)?;
        for (rank, entry) in (1..).zip(file.concepts) {
            if !known.contains(&entry.id) {
                missing.add(scheme, rank, entry);
            }
        }
    }
    let added = u32::try_from(missing.concepts.len()).map_err(Error::internal)?;
    if added > 0 {
        insert(rows, missing.concepts).await?;
        insert(rows, missing.labels).await?;
        insert(rows, missing.alternatives).await?;
        insert(rows, missing.broader).await?;
        closure::rebuild(rows).await?;
    }
    Ok(added)
}

impl Rows {
    fn add(&mut self, scheme: Scheme, rank: i32, entry: Entry) {
        let id = entry.id;
        let mut definition = entry.definition;
        for (language, label) in entry.pref_label {
            self.labels.push(concept::label::ActiveModel {
                concept_id: Set(id.clone()),
                language: Set(language),
                label: Set(label),
                definition: Set(definition.remove(&language)),
            });
        }
        for (language, labels) in entry.alt_label {
            for label in labels {
                self.alternatives.push(concept::alternative::ActiveModel {
                    concept_id: Set(id.clone()),
                    language: Set(language),
                    label: Set(label),
                });
            }
        }
        let tree = entry.broader.into_iter().map(|above| (above, "broader"));
        let groupings = entry.member_of.into_iter().map(|above| (above, "member"));
        for (above, relation) in tree.chain(groupings) {
            self.broader.push(concept::broader::ActiveModel {
                concept_id: Set(id.clone()),
                broader_id: Set(above),
                relation: Set(relation.to_string()),
            });
        }
        self.concepts.push(concept::ActiveModel {
            id: Set(id),
            scheme: Set(scheme),
            state: Set(State::Current),
            successor_id: Set(None),
            notation: Set(entry.notation),
            rank: Set(rank),
            key: Set(None),
        });
    }
}

async fn insert<A>(rows: &DatabaseTransaction, models: Vec<A>) -> Result<()>
where
    A: ActiveModelTrait + Clone + Send,
{
    // At most seven values per row: below SQLite's limit of 32 766 bound values.
    for chunk in models.chunks(1_000) {
        A::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(rows)
            .await?;
    }
    Ok(())
}
