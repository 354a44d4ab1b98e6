//! What one operation carries: who asks, the state of the database that it sees, and what it has already read.

use std::collections::HashMap;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::Weak;

use async_graphql::Context;
use async_graphql::ID;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::actor::Audience;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::config::Instance;
use crate::base::error::Result;
use crate::base::id;
use crate::base::language::Language;
use crate::base::page::Page;
use crate::base::page::Window;
use crate::consumers::live::Live;
use crate::consumers::live::Progress;
use crate::forum::Forum;
use crate::forum::accounts::delegation::Delegation;
use crate::forum::accounts::mandate;
use crate::forum::accounts::naming;
use crate::forum::accounts::person;
use crate::forum::cases::case::Waiting;
use crate::forum::discussion::list::Owner;
use crate::forum::discussion::post;
use crate::forum::discussion::text;
use crate::forum::discussion::thread;
use crate::forum::discussion::translation;
use crate::forum::moderation::decision;
use crate::forum::moderation::report;
use crate::forum::vocabulary::concept::Concept;
use crate::store::snapshot::Rows;
use crate::store::snapshot::Snapshot;

/// One operation's circumstances.
pub struct Asked {
    pub forum: Forum,
    pub live: Live,
    pub caller: Caller,
    pub instance: Arc<Instance>,
    pub base_url: Arc<str>,
    /// For a subscription: how far it has come.
    pub progress: Arc<Progress>,
    /// For a subscription: where it begins, instead of at its `after`.
    pub from: Option<i64>,
    views: Views,
    actor: RwLock<Actor>,
    view: RwLock<Arc<View>>,
}

/// The views in use by those who are told the same event for the same audience: what one has read, all have.
#[derive(Clone, Default)]
pub struct Views {
    current: Arc<Mutex<HashMap<Audience, At>>>,
}

/// For which position a view was made.
type At = (i64, Weak<View>);

impl Views {
    fn at(&self, position: i64, audience: Audience, make: impl FnOnce() -> View) -> Arc<View> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let known = current
            .get(&audience)
            .filter(|(at, _)| *at == position)
            .and_then(|(_, view)| view.upgrade());
        known.unwrap_or_else(|| {
            let fresh = Arc::new(make());
            current.insert(audience, (position, Arc::downgrade(&fresh)));
            fresh
        })
    }
}

/// A state of the database with what has been read of it.
pub struct View {
    pub snapshot: Snapshot,
    pub actor: Actor,
    pub people: Known<Uuid, person::Model>,
    pub mandates: Known<Uuid, Vec<mandate::Model>>,
    pub former_names: Known<Uuid, Vec<naming::Model>>,
    pub delegations: Known<String, Arc<Delegation>>,
    pub concepts: Known<String, Arc<Concept>>,
    pub above: Known<String, Vec<String>>,
    pub below: Known<String, Vec<String>>,
    pub thread_counts: Known<String, i64>,
    pub threads: Known<Uuid, thread::Model>,
    pub posts: Known<Uuid, post::Model>,
    pub tags: Known<Uuid, Vec<String>>,
    pub bodies: Known<text::Key, String>,
    pub read: Known<Uuid, i32>,
    /// How many posts of a thread the asker has not read that are not shown.
    pub kept_back: Known<Uuid, i32>,
    /// Which threads the asker follows; the translations that stand of a post; how many posts of a thread lack a language.
    pub followed: Known<Uuid, bool>,
    pub translations: Known<Uuid, Vec<translation::Model>>,
    pub untranslated: Known<(Uuid, Language), i32>,
    pub decisions: Known<Uuid, decision::Model>,
    /// Whether the asker reads the explanation of a decision, and moderates a thread.
    pub explained: Known<Uuid, bool>,
    pub moderated: Known<Uuid, bool>,
    /// The asker's own reports, and what waits for a decision, by what that is about.
    pub own_reports: Known<Uuid, report::Model>,
    pub waiting: Known<Uuid, Waiting>,
    /// Posts of a thread, and revisions of a post, from one number to another.
    pub posts_of: Known<(Uuid, i32, i32), Vec<post::Model>>,
    pub revisions_of: Known<text::Range, Vec<text::Revision>>,
    /// Who wrote in a thread, and when it last changed.
    pub participants: Known<Uuid, Vec<Uuid>>,
    pub updated: Known<Uuid, Moment>,
    /// Whether others than its author wrote in a thread.
    pub shared: Known<Uuid, bool>,
    /// The threads of people and delegations, how many these are, and who speaks for a delegation.
    pub threads_of: Known<(Owner, Window), Page<thread::Model>>,
    pub thread_totals: Known<Owner, i64>,
    pub speakers: Known<String, Vec<person::Model>>,
    /// The threads, with their last number and that of the post with which they end for their readers, and the posts, with
    /// the revisions of them that are shown, that are answered: what is asked of one is asked of all.
    pub listed_threads: Mutex<HashMap<Uuid, (i32, i32)>>,
    pub listed_posts: Mutex<HashMap<Uuid, text::Range>>,
}

/// The circumstances of the operation that is being resolved.
pub fn asked<'a>(ctx: &Context<'a>) -> &'a Asked {
    ctx.data_unchecked::<Arc<Asked>>()
}

/// The view of the operation that is being resolved.
pub fn view(ctx: &Context<'_>) -> Arc<View> {
    asked(ctx).view()
}

/// The id of what of a thing depends on who asks.
pub fn viewed(ctx: &Context<'_>, thing: &ID) -> ID {
    ID(id::viewed(thing, view(ctx).actor.person_id()))
}

/// Makes a change, and renews the view, so that the answer shows what was changed. What was read before is let go first: a
/// change must not hold one connection to the database and wait for another.
///
/// # Errors
/// Those of the change.
pub async fn mutate<T>(asked: &Asked, change: impl Future<Output = Result<T>>) -> Result<T> {
    asked.renew();
    let changed = change.await?;
    asked.renew();
    Ok(changed)
}

impl Asked {
    /// The circumstances of a new operation.
    pub fn new(
        forum: Forum,
        live: Live,
        caller: Caller,
        instance: Arc<Instance>,
        base_url: Arc<str>,
        views: Views,
    ) -> Asked {
        let actor = caller.actor.clone();
        Asked {
            view: RwLock::new(Arc::new(View::new(forum.store.snapshot(), actor.clone()))),
            actor: RwLock::new(actor),
            forum,
            live,
            caller,
            instance,
            base_url,
            progress: Arc::default(),
            from: None,
            views,
        }
    }

    /// Who asks.
    pub fn actor(&self) -> Actor {
        self.actor
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The database as this operation sees it.
    pub fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the database anew from here on: after a change, and before each live event.
    pub fn renew(&self) {
        let fresh = View::new(self.forum.store.snapshot(), self.actor());
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
    }

    /// Looks at the database as it is for an event at this position, together with all who are told it for the same audience.
    pub fn renew_for(&self, position: i64) {
        let actor = self.actor();
        let Actor::Audience(audience) = actor else {
            return self.renew();
        };
        let shared = self.views.at(position, audience, || {
            View::new(self.forum.store.snapshot(), actor)
        });
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = shared;
    }

    /// Somebody else asks from here on: after signing in or out.
    pub fn become_actor(&self, actor: Actor) {
        *self.actor.write().unwrap_or_else(PoisonError::into_inner) = actor;
        self.renew();
    }
}

impl View {
    fn new(snapshot: Snapshot, actor: Actor) -> View {
        View {
            snapshot,
            actor,
            people: Known::default(),
            mandates: Known::default(),
            former_names: Known::default(),
            delegations: Known::default(),
            concepts: Known::default(),
            above: Known::default(),
            below: Known::default(),
            thread_counts: Known::default(),
            threads: Known::default(),
            posts: Known::default(),
            tags: Known::default(),
            bodies: Known::default(),
            read: Known::default(),
            kept_back: Known::default(),
            followed: Known::default(),
            translations: Known::default(),
            untranslated: Known::default(),
            decisions: Known::default(),
            explained: Known::default(),
            moderated: Known::default(),
            own_reports: Known::default(),
            waiting: Known::default(),
            posts_of: Known::default(),
            revisions_of: Known::default(),
            participants: Known::default(),
            updated: Known::default(),
            shared: Known::default(),
            threads_of: Known::default(),
            thread_totals: Known::default(),
            speakers: Known::default(),
            listed_threads: Mutex::default(),
            listed_posts: Mutex::default(),
        }
    }

    /// Where rows are read.
    pub async fn rows(&self) -> Result<&Rows> {
        self.snapshot.rows().await
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.snapshot.now()
    }
}

/// Rows of one kind that are read together: a list says which keys it will be asked for, the first question reads them
/// all. So a list costs the same number of statements however long it is.
pub struct Known<K, V> {
    expected: Mutex<HashSet<K>>,
    found: tokio::sync::Mutex<HashMap<K, Option<V>>>,
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Known<K, V> {
        Known {
            expected: Mutex::new(HashSet::new()),
            found: tokio::sync::Mutex::new(HashMap::new()),
        }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Known<K, V> {
    /// Says that these keys will be asked for.
    pub fn expect(&self, keys: impl IntoIterator<Item = K>) {
        self.expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(keys);
    }

    /// Takes what was read otherwise.
    pub async fn keep(&self, rows: impl IntoIterator<Item = (K, V)>) {
        let rows = rows.into_iter().map(|(key, value)| (key, Some(value)));
        self.found.lock().await.extend(rows);
    }

    /// Something of each that is there and was read: what is asked of one is asked of all.
    pub async fn each<T>(&self, of: impl Fn(&K, &V) -> T) -> Vec<T> {
        let found = self.found.lock().await;
        let there = found.iter();
        there
            .filter_map(|(key, value)| Some(of(key, value.as_ref()?)))
            .collect()
    }

    /// What belongs to the key; read now, with everything else that is expected, unless it was read before.
    pub async fn get<F, Fut>(&self, key: K, load: F) -> Result<Option<V>>
    where
        F: FnOnce(Vec<K>) -> Fut,
        Fut: Future<Output = Result<HashMap<K, V>>>,
    {
        let mut found = self.found.lock().await;
        if let Some(known) = found.get(&key) {
            return Ok(known.clone());
        }
        let mut wanted: HashSet<K> = self
            .expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain()
            .filter(|key| !found.contains_key(key))
            .collect();
        wanted.insert(key.clone());
        let mut loaded = load(wanted.iter().cloned().collect()).await?;
        for each in wanted {
            let value = loaded.remove(&each);
            found.insert(each, value);
        }
        Ok(found.get(&key).cloned().flatten())
    }
}
