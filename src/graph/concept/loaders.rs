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
        let found = concept::find_many(view.rows().await?, &words).await?;
        let found = found.into_iter();
        Ok(found
            .map(|each| (each.row.id.clone(), Arc::new(each)))
            .collect())
    }
}

/// The slugs of the concepts directly above a concept.
pub struct Broader;

impl Loader for Broader {
    type Key = String;
    type Value = Vec<String>;

    async fn load(view: &ReadView, words: Vec<String>) -> Result<HashMap<String, Vec<String>>> {
        let pairs = concept::above(view.rows().await?, &words).await?;
        Ok(by_first(pairs))
    }
}

/// The slugs of the current concepts directly below a concept.
pub struct Narrower;

impl Loader for Narrower {
    type Key = String;
    type Value = Vec<String>;

    async fn load(view: &ReadView, words: Vec<String>) -> Result<HashMap<String, Vec<String>>> {
        let pairs = concept::below(view.rows().await?, &words).await?;
        Ok(by_first(pairs))
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

fn by_first(pairs: Vec<(String, String)>) -> HashMap<String, Vec<String>> {
    let mut grouped: HashMap<String, Vec<String>> = HashMap::new();
    for (first, second) in pairs {
        grouped.entry(first).or_default().push(second);
    }
    grouped
}
