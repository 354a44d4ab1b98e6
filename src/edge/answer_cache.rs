//! Answers to visitors, kept in memory: many who ask for the same get the bytes of one execution.
//!
//! An answer is sent again only until something changes that it was made of
//! ([`Store::last_change`](crate::store::Store::last_change)), and for [`MAX_AGE_SECONDS`] at most, since some answers change
//! with the time alone and other processes are heard a moment late.

use std::sync::Arc;

use axum::body::Body;
use axum::body::Bytes;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use quick_cache::sync::EntryAction;
use quick_cache::sync::EntryResult;

use crate::base::actor::Actor;
use crate::base::caller::Caller;
use crate::base::clock::Moment;
use crate::base::metrics::Metrics;
use crate::base::sources::MadeOf;
use crate::base::sources::Sources;
use crate::edge::key::Key;
use crate::edge::tag;
use crate::store::Store;

/// How long an answer is sent again, in seconds.
const MAX_AGE_SECONDS: u64 = 5;
/// What an entry takes beside its body, and what the headers of a page take, in bytes: estimates.
const OVERHEAD: usize = 256;
const HEADERS: usize = 1_500;
/// The typical size of an answer, by which the cache estimates how many there will be, in bytes.
const TYPICAL: usize = 8_192;
/// What pages say that are the same for every visitor who asks in the same language.
const SHARED: HeaderValue = HeaderValue::from_static("private, no-cache");
/// What such an answer depends on.
pub const VARY: HeaderValue =
    HeaderValue::from_static("accept, accept-encoding, accept-language, authorization, cookie");

/// An answer that can be sent any number of times. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Answer {
    pub body: Bytes,
    /// All headers that belong to the body.
    pub headers: Arc<HeaderMap>,
    /// The tag of its content.
    pub tag: HeaderValue,
}

impl Answer {
    /// An answer of JSON, whose headers depend on how it is asked for.
    pub fn of_json(body: &[u8]) -> Answer {
        Answer {
            tag: tag::of(body),
            headers: Arc::default(),
            // A copy has no spare capacity.
            body: Bytes::copy_from_slice(body),
        }
    }
}

/// One entry: an answer, or that there is none to keep.
#[derive(Clone, Debug)]
struct Entry {
    /// The version of the content that it shows, or an earlier one.
    version: u64,
    made_of: MadeOf,
    made_at: Moment,
    answer: Option<Answer>,
}

#[derive(Clone, Debug)]
struct Weight;

impl Weighter<Key, Entry> for Weight {
    fn weight(&self, _: &Key, entry: &Entry) -> u64 {
        let bytes = entry.answer.as_ref().map_or(0, |answer| {
            let headers = if answer.headers.is_empty() {
                0
            } else {
                HEADERS
            };
            answer.body.len() + headers
        });
        let sources = match &entry.made_of {
            MadeOf::Everything => 0,
            MadeOf::Only(sources) => size_of_val(&**sources),
        };
        u64::try_from(bytes + sources + OVERHEAD).unwrap_or(u64::MAX)
    }
}

/// The answers that are kept. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AnswerCache {
    /// `None` if nothing is kept.
    entries: Option<Arc<Cache<Key, Entry, Weight>>>,
    store: Store,
    metrics: Arc<Metrics>,
}

impl AnswerCache {
    /// Creates a cache of at most this number of bytes; of none, if 0.
    pub fn new(bytes: usize, store: Store, metrics: Arc<Metrics>) -> AnswerCache {
        let weight = u64::try_from(bytes).unwrap_or(u64::MAX);
        let cache = || Cache::with_weighter(bytes / TYPICAL, weight, Weight);
        AnswerCache {
            entries: (bytes > 0).then(|| Arc::new(cache())),
            store,
            metrics,
        }
    }

    /// Returns the answer that is kept for a key if it is still true. Otherwise makes it: once, however many ask at the
    /// same time. `make` records in `sources` what it reads, and returns what this request is answered, and what others may be
    /// answered too, if anything. It ends even if the request is abandoned, since others may wait for it.
    pub async fn get_or_make<T: Send + 'static>(
        &self,
        key: Key,
        sources: Sources,
        reuse: impl FnOnce(Answer) -> T + Send + 'static,
        make: impl Future<Output = (T, Option<Answer>)> + Send + 'static,
    ) -> T {
        let Some(entries) = &self.entries else {
            return make.await.0;
        };
        // What is sent shows at least this version.
        let version = self.store.content_version();
        if let Some(entry) = entries.get(&key)
            && self.is_true(&entry, version)
        {
            return match entry.answer {
                Some(answer) => {
                    self.metrics.answers_reused.inc();
                    reuse(answer)
                }
                None => make.await.0,
            };
        }
        let (cache, entries) = (self.clone(), Arc::clone(entries));
        let made = tokio::spawn(async move {
            let found = entries
                .entry_async(&key, |_, entry| match cache.is_true(entry, version) {
                    true => EntryAction::Retain(entry.answer.clone()),
                    false => EntryAction::ReplaceWithGuard,
                })
                .await;
            match found {
                EntryResult::Retained(Some(answer)) => {
                    cache.metrics.answers_reused.inc();
                    reuse(answer)
                }
                EntryResult::Vacant(guard) | EntryResult::Replaced(guard, _) => {
                    // What is executed after this sees at least this version.
                    let version = cache.store.content_version();
                    let made_at = cache.store.clock().now();
                    let (made, answer) = make.await;
                    let mut entry = Entry {
                        version,
                        made_of: sources.made_of(),
                        made_at,
                        answer,
                    };
                    // The cache would not keep it, and whoever waits would make it one after another.
                    if Weight.weight(&key, &entry) > entries.shard_capacity() / 2 {
                        entry.answer = None;
                    }
                    if entry.answer.is_some() {
                        cache.metrics.answers_made.inc();
                    }
                    // An entry without an answer lets others who wait go on at the same time. It fails only if another
                    // request has replaced the entry, which is as true.
                    let _ = guard.insert(entry);
                    let bytes = i64::try_from(entries.weight()).unwrap_or(i64::MAX);
                    cache.metrics.answer_bytes.set(bytes);
                    made
                }
                EntryResult::Retained(None) | EntryResult::Removed(..) | EntryResult::Timeout => {
                    make.await.0
                }
            }
        });
        match made.await {
            Ok(made) => made,
            // Only a panic ends it early; it is answered as any other.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Whether an entry is true for a request that came when the content had this version.
    fn is_true(&self, entry: &Entry, version: u64) -> bool {
        let now = self.store.clock().now();
        // The clock may have been set back.
        let is_recent = now >= entry.made_at && now.seconds_since(entry.made_at) < MAX_AGE_SECONDS;
        let is_newer = entry.version >= version;
        is_recent && (is_newer || self.store.last_change(&entry.made_of) <= entry.version)
    }
}

/// Answers a visitor who opens a page: with the page as it is kept, or that the client's copy is current. Pages that say
/// that they are the same for every visitor are kept. A layer around the pages and their compression.
pub async fn keep_pages(
    State(answers): State<AnswerCache>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(key) = key_of_page(&request) else {
        return next.run(request).await;
    };
    let given = request.headers().get_all(header::IF_NONE_MATCH);
    let given: Vec<HeaderValue> = given.iter().cloned().collect();
    let others = given.clone();
    let sources = Sources::default();
    request.extensions_mut().insert(sources.clone());
    let make = async move {
        let response = next.run(request).await;
        match keep(response).await {
            Ok(answer) => (send(&given, answer.clone()), Some(answer)),
            Err(response) => (response, None),
        }
    };
    let reuse = move |answer| send(&others, answer);
    answers.get_or_make(key, sources, reuse, make).await
}

/// The key of a page, if a visitor opens it.
fn key_of_page(request: &Request) -> Option<Key> {
    let caller = request.extensions().get::<Caller>()?;
    if request.method() != Method::GET || caller.actor != Actor::Visitor || caller.is_prefetch {
        return None;
    }
    let accepted = request.headers().get_all(header::ACCEPT_ENCODING).iter();
    let mut parts = vec![
        request.uri().path().as_bytes(),
        request.uri().query().unwrap_or_default().as_bytes(),
        caller.language.code().as_bytes(),
    ];
    parts.extend(accepted.map(HeaderValue::as_bytes));
    Some(Key::of(parts))
}

/// What is kept of a page that is the same for every visitor; otherwise the response as it was.
async fn keep(response: Response) -> Result<Answer, Response> {
    let headers = response.headers();
    let is_shared = headers.get(header::CACHE_CONTROL) == Some(&SHARED);
    let is_own = headers.contains_key(header::SET_COOKIE);
    if response.status() != StatusCode::OK || !is_shared || is_own {
        return Err(response);
    }
    let (mut parts, body) = response.into_parts();
    // The page is in memory already; only its compression is still to be done.
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let tag = tag::of(&body);
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.insert(header::VARY, VARY);
    parts.headers.insert(header::ETAG, tag.clone());
    Ok(Answer {
        body: Bytes::copy_from_slice(&body),
        headers: Arc::new(parts.headers),
        tag,
    })
}

fn send(given: &[HeaderValue], answer: Answer) -> Response {
    let mut response = match tag::is_among(given, &answer.tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(answer.body).into_response(),
    };
    let status = response.status();
    for (name, value) in answer.headers.iter() {
        let describes_body = [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
        ];
        if status == StatusCode::NOT_MODIFIED && describes_body.contains(name) {
            continue;
        }
        response.headers_mut().insert(name, value.clone());
    }
    response
}
