//! Everything that an operator can set: a flag, or an environment variable of the same name.

use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgAction;
use clap::Args;

use crate::base::secret::Secret;

/// The settings of a running server. Each flag is also an environment variable `PARTAGE_…`.
#[derive(Args, Clone, Debug)]
pub struct Config {
    #[command(flatten)]
    pub instance: Instance,
    #[command(flatten)]
    pub limits: Limits,

    /// Address and port to listen on; port 0 takes a free one, which is printed
    #[arg(long, env = "PARTAGE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// The address at which people reach the forum, if it is not the one listened on (behind a proxy).
    /// With https:// the session cookie is sent over TLS only
    #[arg(long, env = "PARTAGE_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// Take the client's address from X-Forwarded-For, and the scheme from X-Forwarded-Proto where that is sent (set this only
    /// behind a proxy that writes them)
    #[arg(long, env = "PARTAGE_BEHIND_PROXY")]
    pub behind_proxy: bool,

    /// Whether a browser that opens /graphql finds the explorer, a page to try the API on
    #[arg(
        long,
        env = "PARTAGE_EXPLORER",
        default_value_t = true,
        action = ArgAction::Set,
        value_name = "true|false"
    )]
    pub explorer: bool,

    /// Another origin whose pages may ask the API with a bearer token, never with a cookie: scheme, host and port as browsers
    /// name them. May be given several times; in the environment with commas between
    #[arg(
        long = "cors-origin",
        env = "PARTAGE_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = other_origin
    )]
    pub cors_origins: Vec<String>,

    /// Address and port at which /metrics is served, instead of at that of the forum
    #[arg(long, env = "PARTAGE_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// Token without which /metrics is not served, as `Authorization: Bearer`. Without it and without --metrics-listen only
    /// this machine is served
    #[arg(
        long,
        env = "PARTAGE_METRICS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub metrics_token: Option<Secret>,

    /// Where to report weaknesses, for /.well-known/security.txt: an e-mail address, or an address with https://
    #[arg(long, env = "PARTAGE_SECURITY_CONTACT", value_name = "CONTACT", value_parser = contact)]
    pub security_contact: Option<String>,

    /// The file with the key that signs the ledger (`partage ledger key FILE` makes one); without it, the ledger is
    /// chained, but not signed
    #[arg(long, env = "PARTAGE_LEDGER_KEY_FILE", value_name = "FILE")]
    pub ledger_key_file: Option<PathBuf>,
}

/// What stands for an operator who has not said who they are: the pages have words of their own for it.
pub const UNNAMED_OPERATOR: &str = "an independent operator";

/// Whose forum it is, and under which terms texts are contributed.
#[derive(Args, Clone, Debug)]
pub struct Instance {
    /// Name of this forum
    #[arg(long, env = "PARTAGE_NAME", default_value = "Partage")]
    pub name: String,

    /// Who operates this instance, as the pages say it
    #[arg(
        long,
        env = "PARTAGE_OPERATOR",
        default_value = UNNAMED_OPERATOR
    )]
    pub operator: String,

    /// Content licence of contributions
    #[arg(long, env = "PARTAGE_LICENCE_NAME", default_value = "CC BY 3.0 IGO")]
    pub licence_name: String,

    /// Address of the licence's text
    #[arg(
        long,
        env = "PARTAGE_LICENCE_URL",
        default_value = "https://creativecommons.org/licenses/by/3.0/igo/"
    )]
    pub licence_url: String,
}

/// How much of everything is taken. A refusal names the limit.
#[derive(Args, Clone, Debug)]
pub struct Limits {
    /// Characters in a thread's title, at most
    #[arg(long, env = "PARTAGE_TITLE_LENGTH", default_value_t = 200)]
    pub title_length: usize,

    /// Characters in the text of a post, at most
    #[arg(long, env = "PARTAGE_BODY_LENGTH", default_value_t = 20_000)]
    pub body_length: usize,

    /// Tags of one facet on a thread, at most
    #[arg(long, env = "PARTAGE_TAGS_PER_FACET", default_value_t = 10)]
    pub tags_per_facet: usize,

    /// Posts of one person in a minute, at most
    #[arg(long, env = "PARTAGE_POSTS_PER_MINUTE", default_value_t = 600)]
    pub posts_per_minute: u32,

    /// Threads opened by one person in an hour, at most
    #[arg(long, env = "PARTAGE_THREADS_PER_HOUR", default_value_t = 120)]
    pub threads_per_hour: u32,

    /// Edits and withdrawals by one person in a minute, at most
    #[arg(long, env = "PARTAGE_EDITS_PER_MINUTE", default_value_t = 300)]
    pub edits_per_minute: u32,

    /// Previews of texts for one person, or from the network address of visitors (of IPv6 its /64), in a minute, at most
    #[arg(long, env = "PARTAGE_PREVIEWS_PER_MINUTE", default_value_t = 60)]
    pub previews_per_minute: u32,

    /// Characters in the explanation of a decision, in a note, and in an appeal, at most
    #[arg(long, env = "PARTAGE_EXPLANATION_LENGTH", default_value_t = 2_000)]
    pub explanation_length: usize,

    /// Posts, threads or people that one decision is on, at most
    #[arg(long, env = "PARTAGE_DECISION_TARGETS", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub decision_targets: u16,

    /// Decisions by one person in an hour, at most
    #[arg(long, env = "PARTAGE_DECISIONS_PER_HOUR", default_value_t = 600)]
    pub decisions_per_hour: u32,

    /// Reports by one person in an hour, at most
    #[arg(long, env = "PARTAGE_REPORTS_PER_HOUR", default_value_t = 60)]
    pub reports_per_hour: u32,

    /// Reasons that a report can give, from: off-topic, disrespectful, confidential, personal-data, unlawful, advertising,
    /// duplicate, other
    #[arg(
        long,
        env = "PARTAGE_REPORT_REASONS",
        default_value = "off-topic,disrespectful,confidential,personal-data,unlawful,advertising,duplicate,other"
    )]
    pub report_reasons: String,

    /// The first texts of each account that wait for approval before others read them; 0 for none
    #[arg(long, env = "PARTAGE_REVIEW_FIRST", default_value_t = 0)]
    pub review_first: u32,

    /// Days in which a decision can be appealed
    #[arg(long, env = "PARTAGE_APPEAL_DAYS", default_value_t = 30)]
    pub appeal_days: u32,

    /// Days in which a moderator decides on an appeal, before it goes to the Secretariat
    #[arg(long, env = "PARTAGE_APPEAL_DECISION_DAYS", default_value_t = 14)]
    pub appeal_decision_days: u32,

    /// Invitations made by one person in a day, at most
    #[arg(long, env = "PARTAGE_INVITATIONS_PER_DAY", default_value_t = 500)]
    pub invitations_per_day: u32,

    /// Changes of the own name in 30 days, at most
    #[arg(long, env = "PARTAGE_NAME_CHANGES", default_value_t = 10)]
    pub name_changes: u32,

    /// Hours in which a link to choose a new password works
    #[arg(long, env = "PARTAGE_PASSWORD_LINK_HOURS", default_value_t = 24)]
    pub password_link_hours: u32,

    /// Characters in a password, at least
    #[arg(long, env = "PARTAGE_PASSWORD_LENGTH", default_value_t = 10)]
    pub password_length: usize,

    /// Failed sign-ins for one e-mail address in 15 minutes before it has to wait
    #[arg(
        long,
        env = "PARTAGE_SIGN_IN_FAILURES_PER_ACCOUNT",
        default_value_t = 10
    )]
    pub sign_in_failures_per_account: u32,

    /// Failed sign-ins from one network address in 15 minutes before it has to wait
    #[arg(
        long,
        env = "PARTAGE_SIGN_IN_FAILURES_PER_ADDRESS",
        default_value_t = 50
    )]
    pub sign_in_failures_per_address: u32,

    /// Days in which a device that has signed in is known again: what others get wrong does not keep it out
    #[arg(long, env = "PARTAGE_DEVICE_DAYS", default_value_t = 180)]
    pub device_days: u32,

    /// Passwords hashed at the same time, at most (each takes 19 MiB)
    #[arg(long, env = "PARTAGE_PASSWORD_HASHES", default_value_t = 2)]
    pub password_hashes: usize,

    /// Days until a session ends by itself
    #[arg(long, env = "PARTAGE_SESSION_DAYS", default_value_t = 30)]
    pub session_days: u32,

    /// Days until an invitation expires
    #[arg(long, env = "PARTAGE_INVITATION_DAYS", default_value_t = 14)]
    pub invitation_days: u32,

    /// Events that the log keeps for those who come back, at most; who was away longer is told of a gap
    #[arg(long, env = "PARTAGE_LOG_EVENTS", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub log_events: u64,

    /// Days that the log keeps an event, at most
    #[arg(long, env = "PARTAGE_LOG_DAYS", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    pub log_days: u32,

    /// Nested levels of fields in a GraphQL document, at most
    #[arg(long, env = "PARTAGE_QUERY_DEPTH", default_value_t = 16)]
    pub query_depth: usize,

    /// Cost of a GraphQL document, at most: one per field, times the page size for what is under a connection
    #[arg(long, env = "PARTAGE_QUERY_COMPLEXITY", default_value_t = 50_000)]
    pub query_complexity: usize,

    /// Fields in a GraphQL document with its fragments spread out, at most
    #[arg(long, env = "PARTAGE_QUERY_FIELDS", default_value_t = 1_000)]
    pub query_fields: usize,

    /// Aliases in a GraphQL document, at most
    #[arg(long, env = "PARTAGE_QUERY_ALIASES", default_value_t = 50)]
    pub query_aliases: usize,

    /// Directives in a GraphQL document, at most
    #[arg(long, env = "PARTAGE_QUERY_DIRECTIVES", default_value_t = 10)]
    pub query_directives: usize,

    /// Mutations in one GraphQL document, at most
    #[arg(long, env = "PARTAGE_QUERY_MUTATIONS", default_value_t = 10)]
    pub query_mutations: usize,

    /// Requests in one GraphQL batch, at most; 0 refuses batches
    #[arg(long, env = "PARTAGE_BATCH", default_value_t = 10)]
    pub batch: usize,

    /// Bytes in a GraphQL document, at most
    #[arg(long, env = "PARTAGE_DOCUMENT_BYTES", default_value_t = 32_768)]
    pub document_bytes: usize,

    /// Bytes in a request body, at most
    #[arg(long, env = "PARTAGE_BODY_BYTES", default_value_t = 1_048_576)]
    pub body_bytes: usize,

    /// Seconds for a request's headers to arrive, and again for its body
    #[arg(long, env = "PARTAGE_READ_SECONDS", default_value_t = 8)]
    pub read_seconds: u64,

    /// Seconds that a socket may take until connection_init
    #[arg(long, env = "PARTAGE_SOCKET_INIT_SECONDS", default_value_t = 3)]
    pub socket_init_seconds: u64,

    /// Operations open on one socket, at most
    #[arg(long, env = "PARTAGE_SOCKET_OPERATIONS", default_value_t = 100)]
    pub socket_operations: usize,

    /// Seconds between the server's pings on a socket; a peer silent for two of them is dropped
    #[arg(long, env = "PARTAGE_SOCKET_PING_SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..))]
    pub socket_ping_seconds: u64,

    /// Seconds that a socket may stay open without any operation
    #[arg(long, env = "PARTAGE_SOCKET_IDLE_SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    pub socket_idle_seconds: u64,

    /// Bytes in a message on a socket, at most
    #[arg(
        long,
        env = "PARTAGE_SOCKET_MESSAGE_BYTES",
        default_value_t = 1_048_576
    )]
    pub socket_message_bytes: usize,

    /// Messages that a socket may send in a second, at most
    #[arg(long, env = "PARTAGE_SOCKET_MESSAGES_PER_SECOND", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pub socket_messages_per_second: u32,

    /// Sockets and event streams open on this server, at most
    #[arg(long, env = "PARTAGE_SOCKETS", default_value_t = 20_000)]
    pub sockets: usize,

    /// Sockets and event streams open from one network address, at most (a whole ministry or a proxy can stand behind one)
    #[arg(long, env = "PARTAGE_SOCKETS_PER_ADDRESS", default_value_t = 12_000)]
    pub sockets_per_address: usize,

    /// Sockets and event streams open for one person, at most
    #[arg(long, env = "PARTAGE_SOCKETS_PER_PERSON", default_value_t = 12_000)]
    pub sockets_per_person: usize,
}

impl Limits {
    /// How long a session lasts.
    pub fn session_lifetime(&self) -> Duration {
        days(self.session_days)
    }

    /// How long a device that has signed in is known again.
    pub fn device_lifetime(&self) -> Duration {
        days(self.device_days)
    }

    /// The reasons that a report can give, by their names.
    pub fn report_reasons(&self) -> impl Iterator<Item = &str> {
        self.report_reasons
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
    }

    /// How long a decision can be appealed.
    pub fn appeal_time(&self) -> Duration {
        days(self.appeal_days)
    }

    /// How long an appeal waits for a moderator.
    pub fn appeal_decision_time(&self) -> Duration {
        days(self.appeal_decision_days)
    }

    /// How long the log keeps an event.
    pub fn log_age(&self) -> Duration {
        days(self.log_days)
    }

    /// How long a link to choose a new password works.
    pub fn password_link_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.password_link_hours) * 3_600)
    }

    /// How long an invitation can be accepted.
    pub fn invitation_lifetime(&self) -> Duration {
        days(self.invitation_days)
    }
}

/// Reads the public address.
fn public_url(given: &str) -> Result<String, String> {
    origin(given.trim_end_matches('/'))
}

/// Reads another origin.
fn other_origin(given: &str) -> Result<String, String> {
    if given.contains('*') {
        return Err("each origin is named; there is none for all".to_string());
    }
    let origin = origin(given)?;
    let (_, host) = origin.split_once("://").unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let is_six = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .is_some_and(|name| name.parse::<Ipv6Addr>().is_ok());
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !is_port || !(is_six || !name.is_empty() && name.chars().all(is_in_name)) {
        return Err("it must be a host, with a port if need be, and nothing after it".to_string());
    }
    Ok(origin)
}

/// Reads where weaknesses are reported.
fn contact(given: &str) -> Result<String, String> {
    let contact = given.trim();
    let is_plain = contact.chars().all(|c| c.is_ascii_graphic());
    match contact.split_once(':') {
        Some(("https" | "mailto" | "tel", rest)) if is_plain && !rest.is_empty() => {
            Ok(contact.to_string())
        }
        None if is_plain && contact.contains('@') => Ok(format!("mailto:{contact}")),
        _ => Err("it must be an e-mail address, or begin with https:, mailto: or tel:".to_string()),
    }
}

/// Reads an address as browsers name it in `Origin`: scheme, host and no usual port, nothing after it.
///
/// # Errors
/// For anything else, with what it must be.
pub fn origin(given: &str) -> Result<String, String> {
    let url = given.to_ascii_lowercase();
    let (scheme, host) = url.split_once("://").unwrap_or_default();
    let usual_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return Err("it must begin with http:// or https://".to_string()),
    };
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err("it must be a host, with a port if need be, and nothing after it".to_string());
    }
    let host = host.strip_suffix(usual_port).unwrap_or(host);
    Ok(format!("{scheme}://{host}"))
}

fn days(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 86_400)
}

impl Config {
    /// Where the forum is reached, without a slash at the end. `listening` is the address in use.
    pub fn base_url(&self, listening: SocketAddr) -> Arc<str> {
        match &self.public_url {
            Some(url) => Arc::from(url.as_str()),
            // Listening on all addresses is listening on none that can be written into a link.
            None if listening.ip().is_unspecified() => {
                Arc::from(format!("http://localhost:{}", listening.port()))
            }
            None => Arc::from(format!("http://{listening}")),
        }
    }

    /// Whether cookies are for TLS only.
    pub fn is_secure(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}
