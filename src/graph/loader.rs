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
use crate::graph::context::ReadView;

/// Loads values of one kind by their keys. A list announces the keys that it will need, and the first read loads them all. A
/// loader is declared beside the type that it loads; each read view caches what it has loaded.
pub trait Loader: 'static {
    /// The key of a value.
    type Key: Clone + Eq + Hash + Send + Sync;
    /// The loaded value.
    type Value: Clone + Send + Sync;

    /// Loads the values of these keys, which are distinct. The result has no entry for a key without a value.
    fn load(
        view: &ReadView,
        keys: Vec<Self::Key>,
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>>> + Send;
}

/// The values that one loader has loaded, and the keys that will be needed.
struct Cache<L: Loader> {
    wanted_keys: Mutex<HashSet<L::Key>>,
    loaded_values: tokio::sync::Mutex<HashMap<L::Key, Option<L::Value>>>,
}

impl<L: Loader> Default for Cache<L> {
    fn default() -> Cache<L> {
        Cache {
            wanted_keys: Mutex::default(),
            loaded_values: tokio::sync::Mutex::default(),
        }
    }
}

/// The rows in the response by id, each with a note of type `T`: what is needed for one is needed for all.
struct RegisteredRows<K, T> {
    rows: Mutex<HashMap<K, T>>,
}

impl<K, T> Default for RegisteredRows<K, T> {
    fn default() -> RegisteredRows<K, T> {
        RegisteredRows {
            rows: Mutex::default(),
        }
    }
}

/// Values by their types; each is created when it is first used.
#[derive(Default)]
pub struct TypeMap {
    values: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl TypeMap {
    /// The value of this type.
    fn get_or_default<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let present = values.get(&TypeId::of::<T>()).map(Arc::clone);
        let present = present.and_then(|value| value.downcast().ok());
        present.unwrap_or_else(|| {
            let fresh: Arc<T> = Arc::default();
            let value: Arc<dyn Any + Send + Sync> = Arc::clone(&fresh) as _;
            values.insert(TypeId::of::<T>(), value);
            fresh
        })
    }
}

impl ReadView {
    /// Registers rows of the response, each with a note of type `T`.
    pub fn register_rows<K: Eq + Hash + Send + 'static, T: Send + 'static>(
        &self,
        rows: impl IntoIterator<Item = (K, T)>,
    ) {
        let registered = self.caches.get_or_default::<RegisteredRows<K, T>>();
        let mut present = registered
            .rows
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        present.extend(rows);
    }

    /// The registered rows of the response that have a note of type `T`.
    pub fn registered_rows<K: Copy + Send + 'static, T: Copy + Send + 'static>(
        &self,
    ) -> Vec<(K, T)> {
        let registered = self.caches.get_or_default::<RegisteredRows<K, T>>();
        let present = registered
            .rows
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        present.iter().map(|(id, note)| (*id, *note)).collect()
    }

    /// Announces that these keys will be needed; the first read loads them all.
    pub fn prefetch<L: Loader>(&self, keys: impl IntoIterator<Item = L::Key>) {
        let cache = self.caches.get_or_default::<Cache<L>>();
        let mut wanted_keys = cache
            .wanted_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        wanted_keys.extend(keys);
    }

    /// Caches rows that were read in another way.
    pub async fn prime<L: Loader>(&self, rows: impl IntoIterator<Item = (L::Key, L::Value)>) {
        let cache = self.caches.get_or_default::<Cache<L>>();
        let rows = rows.into_iter().map(|(key, value)| (key, Some(value)));
        cache.loaded_values.lock().await.extend(rows);
    }

    /// Maps each loaded row: what is needed for one is needed for all.
    pub async fn map_loaded<L: Loader, T>(&self, of: impl Fn(&L::Key, &L::Value) -> T) -> Vec<T> {
        let cache = self.caches.get_or_default::<Cache<L>>();
        let loaded_values = cache.loaded_values.lock().await;
        let entries = loaded_values.iter();
        entries
            .filter_map(|(key, value)| Some(of(key, value.as_ref()?)))
            .collect()
    }

    /// The value for the key; loads it now, with all other prefetched keys, unless it has been loaded before.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub async fn get<L: Loader>(&self, key: L::Key) -> Result<Option<L::Value>> {
        let cache = self.caches.get_or_default::<Cache<L>>();
        let mut loaded_values = cache.loaded_values.lock().await;
        if let Some(present) = loaded_values.get(&key) {
            return Ok(present.clone());
        }
        // Fields beside this one first say what they need.
        tokio::task::yield_now().await;
        let mut wanted: HashSet<L::Key> = cache
            .wanted_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain()
            .filter(|key| !loaded_values.contains_key(key))
            .collect();
        wanted.insert(key.clone());
        let mut loaded = L::load(self, wanted.iter().cloned().collect()).await?;
        for each in wanted {
            let value = loaded.remove(&each);
            loaded_values.insert(each, value);
        }
        Ok(loaded_values.get(&key).cloned().flatten())
    }
}

/// Assigns rows to the requested ranges.
pub fn by_range<K: Copy + Eq + Hash, T: Clone>(
    ranges: &[(K, i32, i32)],
    rows: &[T],
    key: impl Fn(&T) -> (K, i32),
) -> HashMap<(K, i32, i32), Vec<T>> {
    let mut by_owner: HashMap<K, Vec<&T>> = HashMap::new();
    for row in rows {
        by_owner.entry(key(row).0).or_default().push(row);
    }
    let of_range = |range: &(K, i32, i32)| {
        let (owner, from, to) = *range;
        let rows = by_owner.get(&owner).into_iter().flatten();
        let within = rows.filter(|row| (from..=to).contains(&key(row).1));
        (*range, within.map(|row| T::clone(row)).collect())
    };
    ranges.iter().map(of_range).collect()
}
