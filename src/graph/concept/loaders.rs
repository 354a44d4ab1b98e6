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

impl Loader for ThreadCounts {
    type Key = String;
    type Value = i64;

    async fn load(view: &ReadView, words: Vec<String>) -> Result<HashMap<String, i64>> {
        tag::count_threads(view.rows().await?, view.actor.audience(), &words).await
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
