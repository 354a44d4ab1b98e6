//! Concepts: each has a stable id, labels in six languages, concepts above and below it, and a state.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::language::Language;
use crate::store::columns::text_column;

/// One of the three facets that concepts belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    Tool,
    Method,
    Region,
}

impl Scheme {
    /// All three schemes.
    pub const ALL: [Scheme; 3] = [Scheme::Tool, Scheme::Method, Scheme::Region];

    /// The text that the database stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Tool => "tool",
            Scheme::Method => "method",
            Scheme::Region => "region",
        }
    }

    /// Parses a name that [`Scheme::as_str`] returns.
    pub fn parse(name: &str) -> Option<Scheme> {
        Scheme::ALL
            .into_iter()
            .find(|scheme| scheme.as_str() == name)
    }
}

/// The state of a concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Current,
    /// No longer available for new threads; its successor replaces it.
    Deprecated,
}

impl State {
    /// The text that the database stores.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Current => "current",
            State::Deprecated => "deprecated",
        }
    }

    /// Parses a name that [`State::as_str`] returns.
    pub fn parse(name: &str) -> Option<State> {
        [State::Current, State::Deprecated]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

text_column!(Scheme, Scheme::as_str, Scheme::parse);
text_column!(State, State::as_str, State::parse);

/// A concept's row. Its id is a slug that never changes and is unique across the three schemes: `wipo-ipas`,
/// `country-ke`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "concept")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub scheme: Scheme,
    pub state: State,
    pub successor_id: Option<String>,
    /// The UN M49 or ISO 3166 code of a region, if it has one.
    pub notation: Option<String>,
    /// Its position in the scheme's published order.
    pub rank: i32,
    pub key: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

pub mod label {
    //! A concept's label and definition in one language.

    use sea_orm::entity::prelude::*;

    use crate::base::language::Language;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "concept_label")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub concept_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub language: Language,
        pub label: String,
        pub definition: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod alternative {
    //! An alternative label of a concept.

    use sea_orm::entity::prelude::*;

    use crate::base::language::Language;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "concept_alternative_label")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub concept_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub language: Language,
        #[sea_orm(primary_key, auto_increment = false)]
        pub label: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod broader {
    //! What is directly above a concept: its parent in the tree, or a grouping of which it is a member.

    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "concept_broader")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub concept_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub broader_id: String,
        /// `broader` (the tree) or `member` (a grouping across it).
        pub relation: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A concept with its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concept {
    pub row: Model,
    labels: HashMap<Language, (String, Option<String>)>,
}

impl Concept {
    /// The label in that language, or in English, or the id.
    pub fn label(&self, language: Language) -> &str {
        self.labels
            .get(&language)
            .or_else(|| self.labels.get(&Language::En))
            .map_or(&self.row.id, |(label, _)| label)
    }

    /// The names by which it is searched: its labels, and its id.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let labels = self.labels.values().map(|(label, _)| label.as_str());
        labels.chain([self.row.id.as_str()])
    }

    /// The definition in that language, or in English.
    pub fn definition(&self, language: Language) -> Option<&str> {
        let in_language = |language| {
            self.labels
                .get(&language)
                .and_then(|(_, definition)| definition.as_deref())
        };
        in_language(language).or_else(|| in_language(Language::En))
    }
}

/// Finds the concepts with these ids. The vocabulary is public.
pub async fn find_many(rows: &DatabaseTransaction, ids: &[String]) -> Result<Vec<Concept>> {
    let found = Entity::find()
        .filter(Column::Id.is_in(ids))
        .order_by_asc(Column::Rank)
        .all(rows)
        .await?;
    with_labels(rows, found).await
}

/// Finds the concept with this id.
pub async fn find(rows: &DatabaseTransaction, id: &str) -> Result<Option<Concept>> {
    Ok(find_many(rows, &[id.to_string()]).await?.pop())
}

/// Maps each of these ids to the concept that represents it today: itself, or the end of its chain of successors.
pub async fn current(
    rows: &DatabaseTransaction,
    ids: &[String],
) -> Result<HashMap<String, String>> {
    let successors: HashMap<String, String> = Entity::find()
        .filter(Column::State.eq(State::Deprecated))
        .all(rows)
        .await?
        .into_iter()
        .filter_map(|row| Some((row.id, row.successor_id?)))
        .collect();
    let follow = |id: &String| {
        let mut last = id;
        // A chain of successors has no cycle: deprecate refuses one.
        while let Some(next) = successors.get(last) {
            last = next;
        }
        last.clone()
    };
    Ok(ids.iter().map(|id| (id.clone(), follow(id))).collect())
}

/// Resolves these ids, directly or through successors, to current concepts of one scheme. Refuses the first entry of
/// `field` that names none.
pub async fn require(
    rows: &DatabaseTransaction,
    field: &str,
    scheme: Scheme,
    ids: &[String],
) -> Result<Vec<String>> {
    let current_ids = current(rows, ids).await?;
    let mut wanted: Vec<String> = current_ids.values().cloned().collect();
    wanted.sort();
    wanted.dedup();
    let found = Entity::find()
        .filter(Column::Id.is_in(&wanted))
        .filter(Column::Scheme.eq(scheme))
        .all(rows)
        .await?;
    let is_known = |id: &String| {
        let current_id = current_ids.get(id);
        found.iter().any(|row| current_id == Some(&row.id))
    };
    match ids.iter().position(|id| !is_known(id)) {
        None => Ok(wanted),
        Some(at) => Err(Error::invalid(
            format!("{field}.{at}"),
            crate::base::error::Fault::Unknown,
        )),
    }
}

/// Reads every concept, in the order of their ids.
pub(crate) async fn read_all(rows: &DatabaseTransaction) -> Result<Vec<Concept>> {
    let found = Entity::find().order_by_asc(Column::Id).all(rows).await?;
    let labels = label::Entity::find().all(rows).await?;
    Ok(join(found, labels))
}

async fn with_labels(rows: &DatabaseTransaction, found: Vec<Model>) -> Result<Vec<Concept>> {
    let labels = label::Entity::find()
        .filter(label::Column::ConceptId.is_in(found.iter().map(|row| &row.id)))
        .all(rows)
        .await?;
    Ok(join(found, labels))
}

fn join(found: Vec<Model>, labels: Vec<label::Model>) -> Vec<Concept> {
    let mut by_id: HashMap<String, HashMap<Language, (String, Option<String>)>> = HashMap::new();
    for row in labels {
        by_id
            .entry(row.concept_id)
            .or_default()
            .insert(row.language, (row.label, row.definition));
    }
    let found = found.into_iter().map(|row| Concept {
        labels: by_id.remove(&row.id).unwrap_or_default(),
        row,
    });
    found.collect()
}
