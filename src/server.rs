//! Connects the layers, starts them, and stops them in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::runtime::Handle;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::base::config::Config;
use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::metrics::Metrics;
use crate::consumers;
use crate::consumers::consumer::Consumers;
use crate::consumers::live::LiveEvents;
use crate::consumers::processes;
use crate::consumers::retention;
use crate::consumers::retention::Retention;
use crate::consumers::runner;
use crate::edge;
use crate::edge::admission::Admission;
use crate::edge::answer_cache;
use crate::edge::answer_cache::AnswerCache;
use crate::edge::connection;
use crate::edge::identity;
use crate::edge::outages::Outages;
use crate::edge::panics;
use crate::edge::shared::SharedSubscriptions;
use crate::edge::state::Edge;
use crate::forum::Forum;
use crate::forum::moderation::checkpoint;
use crate::forum::seed;
use crate::graph::Graph;
use crate::presence::Presence;
use crate::presence::broadcast;
use crate::store::Store;
use crate::web;
use crate::web::Web;
use crate::web::concepts::choice::Lists;
use crate::web::explorer;

/// How long requests and sockets may take to end when the server stops.
const PATIENCE: Duration = Duration::from_secs(10);
/// A running server.
pub struct Running {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    forum: Forum,
    base_url: Arc<str>,
    stop: CancellationToken,
    accepting: JoinHandle<()>,
    followers: Vec<JoinHandle<()>>,
    /// Held until everything has ended.
    delivery: Delivery,
}

impl Running {
    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of its metrics, if they have their own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// The public address, without a trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The forum that it serves.
    pub fn forum(&self) -> &Forum {
        &self.forum
    }

    /// Stops: accepts no more connections, lets running requests end, closes sockets with 1001, then the database.
    pub async fn stop(self) {
        self.stop.cancel();
        for task in self.followers.into_iter().chain([self.accepting]) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task of the server failed");
            }
        }
        self.forum.store.close().await;
        drop(self.delivery);
    }
}

/// The bound addresses.
pub struct Listening {
    forum: TcpListener,
    metrics: Option<TcpListener>,
}

/// Binds the addresses to listen on.
///
/// # Errors
/// When one cannot be had; the message names it.
pub async fn bind(config: &Config) -> Result<Listening> {
    let metrics = match config.metrics_listen {
        Some(address) => Some(bind_to(address).await?),
        None => None,
    };
    Ok(Listening {
        forum: bind_to(config.listen).await?,
        metrics,
    })
}

async fn bind_to(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Error::Internal(format!("listening on {address}: {error}")))
}

/// Creates the forum from a configuration and a store.
///
/// # Errors
/// When the file with the ledger's key cannot be read.
pub fn forum(config: &Config, store: Store) -> Result<Forum> {
    let key = config.ledger_key_file.as_deref().map(checkpoint::read_file);
    Ok(Forum::new(store, config.limits.clone()).signing_with(key.transpose()?))
}

/// Starts a server on a store whose schema is current.
pub async fn start(config: Config, store: Store) -> Result<Running> {
    start_on(bind(&config).await?, config, store).await
}

/// Same, on addresses that are already bound.
pub async fn start_on(listening: Listening, config: Config, store: Store) -> Result<Running> {
    start_with(listening, config, store, consumers::all()).await
}

/// The same, with other consumers of the log than the forum's own.
pub async fn start_with(
    listening: Listening,
    config: Config,
    store: Store,
    consumers: Consumers,
) -> Result<Running> {
    let forum = forum(&config, store.clone())?;
    seed::load(&forum).await?;
    let stop = CancellationToken::new();
    let metrics = Arc::new(Metrics::new()?);
    let presence = Presence::default();
    let live = LiveEvents::open(
        store.clone(),
        presence.clone(),
        Arc::clone(&metrics),
        stop.clone(),
    )
    .await?;
    let retention = Retention {
        events: config.limits.log_events,
        age: config.limits.log_age(),
        consumers: consumers.names(),
    };
    let (consumers, runners) =
        runner::start(store.clone(), consumers, Arc::clone(&metrics), stop.clone()).await?;
    let mut followers = vec![
        live.run(),
        processes::announce(store.clone(), stop.clone()),
        processes::listen(store.clone(), presence.clone(), stop.clone()),
        broadcast::run(store.clone(), presence, stop.clone()),
        retention::run(store, retention, stop.clone()),
    ];
    followers.extend(runners);

    let address = listening.forum.local_addr().map_err(Error::internal)?;
    let metrics_address = listening.metrics.as_ref().map(TcpListener::local_addr);
    let metrics_address = metrics_address.transpose().map_err(Error::internal)?;
    let base_url = config.base_url(address);
    let graph = Graph::new(
        forum.clone(),
        live,
        config.instance.clone(),
        Arc::clone(&base_url),
        Arc::clone(&metrics),
    );
    let delivery = Delivery::start()?;
    let edge = Edge {
        answers: AnswerCache::new(
            config.limits.answer_cache_bytes,
            forum.store.clone(),
            Arc::clone(&metrics),
        ),
        shared: SharedSubscriptions::new(graph.clone(), Arc::clone(&metrics), delivery.handle()),
        work: Handle::current(),
        delivery: delivery.handle(),
        graph,
        config: Arc::new(config),
        base_url: Arc::clone(&base_url),
        stop: stop.clone(),
        sockets: TaskTracker::new(),
        admission: Admission::default(),
        metrics,
        consumers,
        outages: Outages::default(),
    };
    let accepting = tokio::spawn(accept(listening, edge));
    Ok(Running {
        address,
        metrics_address,
        forum,
        base_url,
        stop,
        accepting,
        followers,
        delivery,
    })
}

/// The threads that write to sockets.
struct Delivery(Option<Runtime>);

impl Delivery {
    fn start() -> Result<Delivery> {
        let runtime = Builder::new_multi_thread()
            .thread_name("delivery")
            .enable_all()
            .build();
        runtime
            .map(|runtime| Delivery(Some(runtime)))
            .map_err(Error::internal)
    }

    fn handle(&self) -> Handle {
        let runtime = self.0.as_ref();
        runtime.map_or_else(Handle::current, |runtime| runtime.handle().clone())
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Dropping it in a task must not wait for threads.
            runtime.shutdown_background();
        }
    }
}

fn routes(edge: Edge) -> Router {
    let web = Web {
        graph: edge.graph.clone(),
        config: Arc::clone(&edge.config),
        base_url: Arc::clone(&edge.base_url),
        lists: Lists::default(),
    };
    // Pages are kept as they are sent, compressed.
    let pages = web::router(web.clone())
        .layer(CatchPanicLayer::custom(panics::of_page))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(
            edge.answers.clone(),
            answer_cache::keep_pages,
        ));
    edge::router(edge.clone())
        .layer(middleware::from_fn_with_state(
            web,
            explorer::serve_to_browsers,
        ))
        .layer(CatchPanicLayer::custom(panics::of_api))
        .layer(CompressionLayer::new())
        .merge(pages)
        .layer(middleware::from_fn(identity::note_route))
        .layer(middleware::from_fn_with_state(edge, identity::identify))
}

async fn accept(listening: Listening, edge: Edge) {
    let connections = TaskTracker::new();
    let forum = connection::accept(listening.forum, routes(edge.clone()), &edge, &connections);
    let metrics = async {
        if let Some(listener) = listening.metrics {
            let router =
                edge::metrics::router(edge.clone()).layer(CatchPanicLayer::custom(panics::of_page));
            connection::accept(listener, router, &edge, &connections).await;
        }
    };
    tokio::join!(forum, metrics);
    edge.admission.close();
    connections.close();
    edge.sockets.close();
    let ended = async {
        connections.wait().await;
        edge.sockets.wait().await;
    };
    if tokio::time::timeout(PATIENCE, ended).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}
