//! Loaders for concepts.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::error::Result;
use crate::forum::discussion::tag;
use crate::forum::vocabulary::concept;
use crate::graph::context::ReadView;
use crate::graph::loader::Loader;

/// Concepts by slug.
pub struct Concepts;

impl Loader for Concepts {
    type Key = String;
    type Value = Arc<concept::Concept>;

    async fn load(
        view: &ReadView,
        words: Vec<String>,
    ) -> Result<HashMap<String, Arc<concept::Concept>>> {
        let vocabulary = view.vocabulary().await?;
        let found = words.into_iter().filter_map(|word| {
            let concept = Arc::clone(vocabulary.find(&word)?);
            Some((word, concept))
        });
        Ok(found.collect())
    }
}

/// The slugs of the concepts directly above a concept.
pub struct Broader;

impl Loader for Broader {
    type Key = String;
    type Value = Vec<String>;

    async fn load(view: &ReadView, words: Vec<String>) -> Result<HashMap<String, Vec<String>>> {
        let vocabulary = view.vocabulary().await?;
        Ok(with_each(words, |word| vocabulary.above(word)))
    }
}

/// The slugs of the current concepts directly below a concept.
pub struct Narrower;

impl Loader for Narrower {
    type Key = String;
    type Value = Vec<String>;

    async fn load(view: &ReadView, words: Vec<String>) -> Result<HashMap<String, Vec<String>>> {
        let vocabulary = view.vocabulary().await?;
        Ok(with_each(words, |word| vocabulary.below(word)))
    }
}

/// The number of threads tagged with a concept or anything narrower.
pub struct ThreadCounts;

/// The numbers of threads of a concept.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub archived: i64,
    pub others: i64,
}

impl Loader for ThreadCounts {
    type Key = String;
    type Value = Counts;

    async fn load(view: &ReadView, words: Vec<String>) -> Result<HashMap<String, Counts>> {
        let (rows, audience) = (view.rows().await?, view.actor.audience());
        let mut all: HashMap<String, Counts> = HashMap::new();
        for (word, count) in tag::count_threads(rows, audience, &words, Some(false)).await? {
            all.entry(word).or_default().others = count;
        }
        for (word, count) in tag::count_threads(rows, audience, &words, Some(true)).await? {
            all.entry(word).or_default().archived = count;
        }
        Ok(all)
    }
}

fn with_each<'a>(
    words: Vec<String>,
    related: impl Fn(&str) -> &'a [String],
) -> HashMap<String, Vec<String>> {
    let words = words.into_iter();
    let pairs = words.map(|word| {
        let related = related(&word).to_vec();
        (word, related)
    });
    pairs.collect()
}
