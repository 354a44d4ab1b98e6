//! The whole vocabulary, held in memory for reads. A change reads the rows instead, under its locks.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::OnceLock;

use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;

use crate::base::error::Result;
use crate::base::letters::Findable;
use crate::base::letters::NameSearch;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::forum::vocabulary::concept::State;
use crate::forum::vocabulary::concept::broader;
use crate::store::kept::Kept;

/// All concepts, and how they are related.
#[derive(Debug)]
pub struct Vocabulary {
    /// In the published order of their schemes.
    concepts: Vec<Arc<Concept>>,
    /// The place of each concept among them.
    places: HashMap<String, usize>,
    above: HashMap<String, Vec<String>>,
    below: HashMap<String, Vec<String>>,
    /// The names of each concept, prepared when somebody first searches for one.
    names: OnceLock<Vec<Vec<Findable>>>,
}

/// Which concepts a list contains.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    pub scheme: Scheme,
    /// Only top concepts, which have nothing above them.
    pub top: bool,
    pub deprecated: bool,
}

impl Kept for Vocabulary {
    async fn read(rows: &DatabaseTransaction) -> Result<Vocabulary> {
        let mut concepts = concept::read_all(rows).await?;
        concepts.sort_by(|a, b| (a.row.rank, &a.row.id).cmp(&(b.row.rank, &b.row.id)));
        let places = concepts.iter().enumerate();
        let places = places.map(|(place, each)| (each.row.id.clone(), place));
        let places: HashMap<String, usize> = places.collect();
        let mut above: HashMap<String, Vec<String>> = HashMap::new();
        let mut below: HashMap<String, Vec<String>> = HashMap::new();
        for row in broader::Entity::find().all(rows).await? {
            let narrower = places.get(&row.concept_id).map(|place| &concepts[*place]);
            if narrower.is_some_and(|each| each.row.state == State::Current) {
                let of_broader = below.entry(row.broader_id.clone()).or_default();
                of_broader.push(row.concept_id.clone());
            }
            above
                .entry(row.concept_id)
                .or_default()
                .push(row.broader_id);
        }
        Ok(Vocabulary {
            concepts: concepts.into_iter().map(Arc::new).collect(),
            places,
            above,
            below,
            names: OnceLock::new(),
        })
    }
}

impl Vocabulary {
    /// Finds the concept with this id.
    pub fn find(&self, id: &str) -> Option<&Arc<Concept>> {
        self.places.get(id).map(|place| &self.concepts[*place])
    }

    /// Lists the concepts of a scheme in its published order, and of these only the ones of which a name contains what is
    /// sought.
    pub fn list(&self, listed: Listed, sought: &NameSearch) -> Vec<Arc<Concept>> {
        let names = (!sought.is_empty()).then(|| self.names());
        let is_found = |place: usize| {
            names.is_none_or(|names| names[place].iter().any(|name| sought.finds(name)))
        };
        let all = self.concepts.iter().enumerate();
        let found = all.filter(|(place, each)| {
            each.row.scheme == listed.scheme
                && (listed.deprecated || each.row.state == State::Current)
                && !(listed.top && self.above.contains_key(&each.row.id))
                && is_found(*place)
        });
        found.map(|(_, each)| Arc::clone(each)).collect()
    }

    /// The ids of the concepts directly above one.
    pub fn above(&self, id: &str) -> &[String] {
        self.above.get(id).map_or(&[], Vec::as_slice)
    }

    /// The ids of the current concepts directly below one.
    pub fn below(&self, id: &str) -> &[String] {
        self.below.get(id).map_or(&[], Vec::as_slice)
    }

    /// The id of the concept that represents one today: itself, or the end of its chain of successors.
    pub fn current<'a>(&'a self, id: &'a str) -> &'a str {
        let mut last = id;
        // A chain of successors has no cycle: deprecate refuses one.
        while let Some(next) = self.successor(last) {
            last = next;
        }
        last
    }

    fn successor(&self, id: &str) -> Option<&str> {
        let row = &self.find(id)?.row;
        match row.state {
            State::Deprecated => row.successor_id.as_deref(),
            State::Current => None,
        }
    }

    fn names(&self) -> &[Vec<Findable>] {
        self.names.get_or_init(|| {
            let all = self.concepts.iter();
            all.map(|each| each.names().map(Findable::new).collect())
                .collect()
        })
    }
}
