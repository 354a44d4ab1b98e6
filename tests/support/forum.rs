//! A forum running in this process, with its people.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use partage::base::clock::Clock;
use partage::base::config::Config;
use partage::server::Running;
use partage::store::Store;

use crate::support::database::Kind;
use crate::support::database::Place;
use crate::support::person::Person;
use crate::support::template;
use crate::support::template::Template;

/// The settings of a test's forum.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    flags: Vec<&'static str>,
    told_clock: bool,
}

/// A forum with other settings, given as on the command line.
pub fn flags<const N: usize>(flags: [&'static str; N]) -> Setup {
    Setup {
        flags: flags.to_vec(),
        told_clock: false,
    }
}

/// A forum whose clock stops until the test advances it.
pub fn told_clock() -> Setup {
    Setup {
        flags: Vec::new(),
        told_clock: true,
    }
}

impl Setup {
    /// The same with a stopped clock.
    pub fn with_told_clock(mut self) -> Setup {
        self.told_clock = true;
        self
    }
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    config: Config,
}

/// The configuration from these flags, listening on a free port.
pub fn config(flags: &[&str]) -> Config {
    let given = ["partage", "--listen", "127.0.0.1:0"];
    Flags::parse_from(given.iter().chain(flags)).config
}

/// A server's metrics, in Prometheus format.
#[derive(Clone, Debug)]
pub struct Figures(String);

impl Figures {
    /// The metrics of the server to which this person connects.
    pub async fn told_to(person: &Person) -> Figures {
        let asked = person.request(reqwest::Method::GET, "/metrics").send();
        let response = asked.await.expect("the figures");
        assert_eq!(response.status(), 200);
        Figures(response.text().await.expect("the figures as text"))
    }

    /// A metric by its name and labels; 0 if it was never counted.
    pub fn get(&self, name: &str) -> f64 {
        let value = self.0.lines().find_map(|line| {
            let (each, value) = line.rsplit_once(' ')?;
            (each == name).then_some(value)
        });
        value.map_or(0.0, |value| value.parse().expect("a number"))
    }
}

/// A forum in this process, and everything that a test may need of it.
#[derive(Clone)]
pub struct Forum {
    inner: Arc<Inner>,
}

struct Inner {
    address: SocketAddr,
    store: Store,
    clock: Clock,
    template: &'static Template,
    place: Place,
    visitor: Person,
}

impl Forum {
    /// Starts one on a copy of the template.
    pub async fn start(kind: Kind, setup: &Setup) -> (Forum, Running) {
        let template = template::of(kind).await;
        let place = template.copy().await;
        let clock = if setup.told_clock {
            Clock::manual(Clock::default().now())
        } else {
            Clock::default()
        };
        let store = Store::open(place.url(), clock.clone())
            .await
            .expect("the store");
        let running = partage::server::start(config(&setup.flags), store.clone())
            .await
            .expect("the server");
        let address = running.address();
        let inner = Inner {
            address,
            store,
            clock,
            template,
            place,
            visitor: Person::new(address, None),
        };
        let forum = Forum {
            inner: Arc::new(inner),
        };
        (forum, running)
    }

    /// Disconnects the database after the server has stopped.
    pub async fn remove(self) {
        self.inner.store.close().await;
        if let Ok(inner) = Arc::try_unwrap(self.inner) {
            inner.place.remove().await;
        }
    }

    /// The account of the template with that name.
    pub fn person(&self, word: &str) -> Person {
        self.inner
            .visitor
            .with_token(self.inner.template.token(word))
    }

    pub fn secretariat(&self) -> Person {
        self.person("secretariat")
    }

    pub fn moderator(&self) -> Person {
        self.person("moderator")
    }

    /// The delegate of `ke`, `fr`, `br`, `cn` or `us`.
    pub fn delegate(&self, country: &str) -> Person {
        self.person(country)
    }

    /// The focal point of `ke` or `fr`.
    pub fn focal_point(&self, country: &str) -> Person {
        self.person(&format!("focal-{country}"))
    }

    /// A person who has not signed in.
    pub fn visitor(&self) -> Person {
        self.inner.visitor.clone()
    }

    /// The token of an account's session.
    pub fn token(&self, word: &str) -> String {
        self.inner.template.token(word).to_string()
    }

    /// `http://127.0.0.1:PORT` with a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.inner.address)
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// The store below it, for what no client can see: statements and the log.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Its metrics.
    pub async fn figures(&self) -> Figures {
        Figures::told_to(&self.visitor()).await
    }

    /// The database below it.
    pub fn place(&self) -> &Place {
        &self.inner.place
    }

    /// Advances a stopped clock.
    pub fn advance(&self, by: Duration) {
        self.inner.clock.advance(by);
    }

    /// The current time of its clock, moved by some seconds, in RFC 3339 format.
    pub fn moment_in(&self, seconds: u64) -> String {
        self.inner
            .clock
            .now()
            .plus(Duration::from_secs(seconds))
            .to_rfc3339()
    }
}
