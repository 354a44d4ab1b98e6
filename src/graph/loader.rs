//! Batched reads: a list takes the same number of statements, however long it is.

use std::any::Any;
use std::any::TypeId;
use std::collections::HashMap;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::base::error::Result;
use crate::graph::asked::View;
use uuid::Uuid;

/// Loads values of one kind by their keys. A list announces the keys that it will need, and the first read loads them all. A
/// loader is declared beside the type that it loads; each read view caches what it has loaded.
pub trait Loader: 'static {
    /// The key of a value.
    type Key: Clone + Eq + Hash + Send + Sync;
    /// The loaded value.
    type Value: Clone + Send + Sync;

    /// Loads the values of these keys, which are distinct. The result has no entry for a key without a value.
    fn load(
        view: &View,
        keys: Vec<Self::Key>,
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>>> + Send;
}

/// The values that one loader has loaded, and the keys that will be needed.
struct Cache<L: Loader> {
    expected: Mutex<HashSet<L::Key>>,
    found: tokio::sync::Mutex<HashMap<L::Key, Option<L::Value>>>,
}

impl<L: Loader> Default for Cache<L> {
    fn default() -> Cache<L> {
        Cache {
            expected: Mutex::default(),
            found: tokio::sync::Mutex::default(),
        }
    }
}

/// The rows in the response by id, each with a note of type `T`: what is needed for one is needed for all.
struct Answered<T> {
    rows: Mutex<HashMap<Uuid, T>>,
}

impl<T> Default for Answered<T> {
    fn default() -> Answered<T> {
        Answered {
            rows: Mutex::default(),
        }
    }
}

/// Values by their types; each is created when it is first used.
#[derive(Default)]
pub struct Parts {
    made: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Parts {
    /// The value of this type.
    fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let known = made.get(&TypeId::of::<T>()).map(Arc::clone);
        let known = known.and_then(|part| part.downcast().ok());
        known.unwrap_or_else(|| {
            let fresh: Arc<T> = Arc::default();
            let part: Arc<dyn Any + Send + Sync> = Arc::clone(&fresh) as _;
            made.insert(TypeId::of::<T>(), part);
            fresh
        })
    }
}

impl View {
    /// Registers rows of the response, each with a note of type `T`.
    pub fn note<T: Send + 'static>(&self, rows: impl IntoIterator<Item = (Uuid, T)>) {
        let answered = self.parts.get::<Answered<T>>();
        let mut known = answered.rows.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(rows);
    }

    /// The registered rows of the response that have a note of type `T`.
    pub fn answered<T: Copy + Send + 'static>(&self) -> Vec<(Uuid, T)> {
        let answered = self.parts.get::<Answered<T>>();
        let known = answered.rows.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(id, noted)| (*id, *noted)).collect()
    }

    /// Announces that these keys will be needed; the first read loads them all.
    pub fn expect<L: Loader>(&self, keys: impl IntoIterator<Item = L::Key>) {
        let cache = self.parts.get::<Cache<L>>();
        let mut expected = cache
            .expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        expected.extend(keys);
    }

    /// Caches rows that were read in another way.
    pub async fn keep<L: Loader>(&self, rows: impl IntoIterator<Item = (L::Key, L::Value)>) {
        let cache = self.parts.get::<Cache<L>>();
        let rows = rows.into_iter().map(|(key, value)| (key, Some(value)));
        cache.found.lock().await.extend(rows);
    }

    /// Maps each loaded row: what is needed for one is needed for all.
    pub async fn each<L: Loader, T>(&self, of: impl Fn(&L::Key, &L::Value) -> T) -> Vec<T> {
        let cache = self.parts.get::<Cache<L>>();
        let found = cache.found.lock().await;
        let there = found.iter();
        there
            .filter_map(|(key, value)| Some(of(key, value.as_ref()?)))
            .collect()
    }

    /// The value for the key; loads it now, with all other prefetched keys, unless it has been loaded before.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn get<L: Loader>(&self, key: L::Key) -> Result<Option<L::Value>> {
        let cache = self.parts.get::<Cache<L>>();
        let mut found = cache.found.lock().await;
        if let Some(known) = found.get(&key) {
            return Ok(known.clone());
        }
        let mut wanted: HashSet<L::Key> = cache
            .expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain()
            .filter(|key| !found.contains_key(key))
            .collect();
        wanted.insert(key.clone());
        let mut loaded = L::load(self, wanted.iter().cloned().collect()).await?;
        for each in wanted {
            let value = loaded.remove(&each);
            found.insert(each, value);
        }
        Ok(found.get(&key).cloned().flatten())
    }
}

/// Assigns rows to the requested ranges.
pub fn by_range<T: Clone>(
    ranges: &[(Uuid, i32, i32)],
    rows: &[T],
    place: impl Fn(&T) -> (Uuid, i32),
) -> HashMap<(Uuid, i32, i32), Vec<T>> {
    let mut by_owner: HashMap<Uuid, Vec<&T>> = HashMap::new();
    for row in rows {
        by_owner.entry(place(row).0).or_default().push(row);
    }
    let of_range = |range: &(Uuid, i32, i32)| {
        let (owner, from, to) = *range;
        let rows = by_owner.get(&owner).into_iter().flatten();
        let within = rows.filter(|row| (from..=to).contains(&place(row).1));
        (*range, within.map(|row| T::clone(row)).collect())
    };
    ranges.iter().map(of_range).collect()
}
