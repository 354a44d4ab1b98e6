//! All settings available to an operator: a flag, or an environment variable of the same name.

use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgAction;
use clap::Args;

use crate::base::look;
use crate::base::look::Colour;
use crate::base::look::Logo;
use crate::base::secret::Secret;

/// The settings of a running server. Each flag is also available as an environment variable `PARTAGE_…`.
#[derive(Args, Clone, Debug)]
pub struct Config {
    #[command(flatten)]
    pub instance: Instance,
    #[command(flatten)]
    pub limits: Limits,

    /// Address and port to listen on; port 0 picks a free port, which is printed
    #[arg(long, env = "PARTAGE_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// Public address of the forum, if it differs from the one listened on (behind a proxy). With https:// the session
    /// cookie is sent over TLS only
    #[arg(long, env = "PARTAGE_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// Take the client's address from X-Forwarded-For, and the scheme from X-Forwarded-Proto if it is sent (set this
    /// only behind a proxy that writes these headers)
    #[arg(long, env = "PARTAGE_BEHIND_PROXY")]
    pub behind_proxy: bool,

    /// Seconds for which a request may read from the database (on PostgreSQL: with each statement). Beyond, the request fails, and the client may try again later
    #[arg(long, env = "PARTAGE_STATEMENT_SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=3_600))]
    pub statement_seconds: u16,

    /// Whether opening /graphql in a browser shows the explorer, a page for trying out the API
    #[arg(
        long,
        env = "PARTAGE_EXPLORER",
        default_value_t = true,
        action = ArgAction::Set,
        value_name = "true|false"
    )]
    pub explorer: bool,

    /// Another origin whose pages may call the API with a bearer token, never with a cookie: scheme, host and port as
    /// browsers write them. May be given several times; in the environment variable, separate origins with commas
    #[arg(
        long = "cors-origin",
        env = "PARTAGE_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = other_origin
    )]
    pub cors_origins: Vec<String>,

    /// Address and port on which /metrics is served, instead of the forum's own
    #[arg(long, env = "PARTAGE_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// Token required to read /metrics, sent as `Authorization: Bearer`. Without it and without --metrics-listen, only
    /// this machine is served
    #[arg(
        long,
        env = "PARTAGE_METRICS_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub metrics_token: Option<Secret>,

    /// Where to report vulnerabilities, for /.well-known/security.txt: an e-mail address, or an address with https://
    #[arg(long, env = "PARTAGE_SECURITY_CONTACT", value_name = "CONTACT", value_parser = contact)]
    pub security_contact: Option<String>,

    /// File with the key that signs the ledger (`partage ledger key FILE` creates one); without it, the ledger is
    /// chained but not signed
    #[arg(long, env = "PARTAGE_LEDGER_KEY_FILE", value_name = "FILE")]
    pub ledger_key_file: Option<PathBuf>,
}

/// The default for an operator who has not given a name; the pages have their own wording for it.
pub const UNNAMED_OPERATOR: &str = "an independent operator";

/// Whose forum it is, and the terms under which texts are contributed.
#[derive(Args, Clone, Debug)]
pub struct Instance {
    /// Name of this forum
    #[arg(long, env = "PARTAGE_NAME", default_value = "Partage")]
    pub name: String,

    /// Operator of this instance, as shown on the pages
    #[arg(
        long,
        env = "PARTAGE_OPERATOR",
        default_value = UNNAMED_OPERATOR
    )]
    pub operator: String,

    /// What the forum is for, in one sentence, as shown on the pages and by search engines
    #[arg(long, env = "PARTAGE_DESCRIPTION", value_parser = look::description)]
    pub description: Option<String>,

    /// Colour of the bar at the top of each page, such as #0b3558; refused if what is written on it could not be read
    #[arg(long, env = "PARTAGE_COLOUR", value_name = "COLOUR", value_parser = look::colour)]
    pub colour: Option<Colour>,

    /// SVG or PNG file shown beside the name, instead of the forum's own sign; 20,000 bytes at most
    #[arg(long, env = "PARTAGE_LOGO", value_name = "FILE", value_parser = look::logo)]
    pub logo: Option<Logo>,

    /// Content licence of contributions
    #[arg(long, env = "PARTAGE_LICENCE_NAME", default_value = "CC BY 3.0 IGO")]
    pub licence_name: String,

    /// Address of the licence text
    #[arg(
        long,
        env = "PARTAGE_LICENCE_URL",
        default_value = "https://creativecommons.org/licenses/by/3.0/igo/"
    )]
    pub licence_url: String,
}

/// The limits on everything that the server accepts. A refusal names the limit.
#[derive(Args, Clone, Debug)]
pub struct Limits {
    /// Maximum length of a thread's title, in characters
    #[arg(long, env = "PARTAGE_TITLE_LENGTH", default_value_t = 200)]
    pub title_length: usize,

    /// Maximum length of a post's text, in characters
    #[arg(long, env = "PARTAGE_BODY_LENGTH", default_value_t = 20_000)]
    pub body_length: usize,

    /// Maximum number of tags of one facet on a thread
    #[arg(long, env = "PARTAGE_TAGS_PER_FACET", default_value_t = 10)]
    pub tags_per_facet: usize,

    /// Maximum number of posts per person per minute
    #[arg(long, env = "PARTAGE_POSTS_PER_MINUTE", default_value_t = 600)]
    pub posts_per_minute: u32,

    /// Maximum number of threads opened per person per hour
    #[arg(long, env = "PARTAGE_THREADS_PER_HOUR", default_value_t = 120)]
    pub threads_per_hour: u32,

    /// Maximum number of edits and withdrawals per person per minute
    #[arg(long, env = "PARTAGE_EDITS_PER_MINUTE", default_value_t = 300)]
    pub edits_per_minute: u32,

    /// Maximum number of acknowledgements, and of withdrawals of them, per person per minute
    #[arg(
        long,
        env = "PARTAGE_ACKNOWLEDGEMENTS_PER_MINUTE",
        default_value_t = 60
    )]
    pub acknowledgements_per_minute: u32,

    /// Maximum number of text previews per minute, per person or, for visitors, per network address (for IPv6, its /64)
    #[arg(long, env = "PARTAGE_PREVIEWS_PER_MINUTE", default_value_t = 60)]
    pub previews_per_minute: u32,

    /// Maximum length of a decision's explanation, of a note and of an appeal, in characters
    #[arg(long, env = "PARTAGE_EXPLANATION_LENGTH", default_value_t = 2_000)]
    pub explanation_length: usize,

    /// Maximum number of posts, threads or people that one decision covers
    #[arg(long, env = "PARTAGE_DECISION_TARGETS", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub decision_targets: u16,

    /// Maximum number of decisions per person per hour
    #[arg(long, env = "PARTAGE_DECISIONS_PER_HOUR", default_value_t = 600)]
    pub decisions_per_hour: u32,

    /// Maximum number of reports per person per hour
    #[arg(long, env = "PARTAGE_REPORTS_PER_HOUR", default_value_t = 60)]
    pub reports_per_hour: u32,

    /// Reasons that a report can give, out of: off-topic, disrespectful, confidential, personal-data, unlawful,
    /// advertising, duplicate, other
    #[arg(
        long,
        env = "PARTAGE_REPORT_REASONS",
        default_value = "off-topic,disrespectful,confidential,personal-data,unlawful,advertising,duplicate,other"
    )]
    pub report_reasons: String,

    /// Number of first texts of each account that wait for approval before others can read them; 0 for none
    #[arg(long, env = "PARTAGE_REVIEW_FIRST", default_value_t = 0)]
    pub review_first: u32,

    /// Days within which a decision can be appealed
    #[arg(long, env = "PARTAGE_APPEAL_DAYS", default_value_t = 30)]
    pub appeal_days: u32,

    /// Days within which a moderator decides on an appeal, before it goes to the Secretariat
    #[arg(long, env = "PARTAGE_APPEAL_DECISION_DAYS", default_value_t = 14)]
    pub appeal_decision_days: u32,

    /// Maximum number of invitations per person per day
    #[arg(long, env = "PARTAGE_INVITATIONS_PER_DAY", default_value_t = 500)]
    pub invitations_per_day: u32,

    /// Maximum number of times that a person changes their own name in 30 days
    #[arg(long, env = "PARTAGE_NAME_CHANGES", default_value_t = 10)]
    pub name_changes: u32,

    /// Hours for which a link to choose a new password is valid
    #[arg(long, env = "PARTAGE_PASSWORD_LINK_HOURS", default_value_t = 24)]
    pub password_link_hours: u32,

    /// Minimum length of a password, in characters
    #[arg(long, env = "PARTAGE_PASSWORD_LENGTH", default_value_t = 10)]
    pub password_length: usize,

    /// Failed sign-ins allowed for one e-mail address in 15 minutes before it has to wait
    #[arg(
        long,
        env = "PARTAGE_SIGN_IN_FAILURES_PER_ACCOUNT",
        default_value_t = 10
    )]
    pub sign_in_failures_per_account: u32,

    /// Failed sign-ins allowed from one network address in 15 minutes before it has to wait
    #[arg(
        long,
        env = "PARTAGE_SIGN_IN_FAILURES_PER_ADDRESS",
        default_value_t = 50
    )]
    pub sign_in_failures_per_address: u32,

    /// Days for which a device that has signed in is recognised: failed sign-ins by others do not lock it out
    #[arg(long, env = "PARTAGE_DEVICE_DAYS", default_value_t = 180)]
    pub device_days: u32,

    /// Maximum number of passwords hashed at the same time (each takes 19 MiB)
    #[arg(long, env = "PARTAGE_PASSWORD_HASHES", default_value_t = 2)]
    pub password_hashes: usize,

    /// Days until a session expires
    #[arg(long, env = "PARTAGE_SESSION_DAYS", default_value_t = 30)]
    pub session_days: u32,

    /// Days until an invitation expires
    #[arg(long, env = "PARTAGE_INVITATION_DAYS", default_value_t = 14)]
    pub invitation_days: u32,

    /// Maximum number of events that the log keeps for clients that reconnect; a client that was away longer is sent a
    /// gap
    #[arg(long, env = "PARTAGE_LOG_EVENTS", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub log_events: u64,

    /// Maximum number of days that the log keeps an event
    #[arg(long, env = "PARTAGE_LOG_DAYS", default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    pub log_days: u32,

    /// Maximum size of the answers to visitors that are kept in memory to be sent again, in bytes; 0 keeps none
    #[arg(long, env = "PARTAGE_ANSWER_CACHE_BYTES", default_value_t = 33_554_432)]
    pub answer_cache_bytes: usize,

    /// Maximum nesting depth of fields in a GraphQL document
    #[arg(long, env = "PARTAGE_QUERY_DEPTH", default_value_t = 16)]
    pub query_depth: usize,

    /// Maximum cost of a GraphQL document: one per field, multiplied by the page size for fields under a connection
    #[arg(long, env = "PARTAGE_QUERY_COMPLEXITY", default_value_t = 50_000)]
    pub query_complexity: usize,

    /// Maximum number of fields in a GraphQL document, with its fragments expanded
    #[arg(long, env = "PARTAGE_QUERY_FIELDS", default_value_t = 1_000)]
    pub query_fields: usize,

    /// Maximum number of aliases in a GraphQL document
    #[arg(long, env = "PARTAGE_QUERY_ALIASES", default_value_t = 50)]
    pub query_aliases: usize,

    /// Maximum number of directives in a GraphQL document
    #[arg(long, env = "PARTAGE_QUERY_DIRECTIVES", default_value_t = 10)]
    pub query_directives: usize,

    /// Maximum number of mutations in one GraphQL document
    #[arg(long, env = "PARTAGE_QUERY_MUTATIONS", default_value_t = 10)]
    pub query_mutations: usize,

    /// Maximum number of requests in one GraphQL batch; 0 refuses batches
    #[arg(long, env = "PARTAGE_BATCH", default_value_t = 10)]
    pub batch: usize,

    /// Maximum size of a GraphQL document, in bytes
    #[arg(long, env = "PARTAGE_DOCUMENT_BYTES", default_value_t = 32_768)]
    pub document_bytes: usize,

    /// Maximum size of a request body, in bytes
    #[arg(long, env = "PARTAGE_BODY_BYTES", default_value_t = 1_048_576)]
    pub body_bytes: usize,

    /// Seconds allowed for a request's headers to arrive, and again for its body
    #[arg(long, env = "PARTAGE_READ_SECONDS", default_value_t = 8)]
    pub read_seconds: u64,

    /// Seconds allowed for a socket to send connection_init
    #[arg(long, env = "PARTAGE_SOCKET_INIT_SECONDS", default_value_t = 3)]
    pub socket_init_seconds: u64,

    /// Maximum number of operations open on one socket
    #[arg(long, env = "PARTAGE_SOCKET_OPERATIONS", default_value_t = 100)]
    pub socket_operations: usize,

    /// Seconds between the server's pings on a socket; a peer silent for two of these intervals is dropped
    #[arg(long, env = "PARTAGE_SOCKET_PING_SECONDS", default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..))]
    pub socket_ping_seconds: u64,

    /// Seconds that a socket may stay open without any operation
    #[arg(long, env = "PARTAGE_SOCKET_IDLE_SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    pub socket_idle_seconds: u64,

    /// Maximum size of a message on a socket, in bytes
    #[arg(
        long,
        env = "PARTAGE_SOCKET_MESSAGE_BYTES",
        default_value_t = 1_048_576
    )]
    pub socket_message_bytes: usize,

    /// Maximum number of messages that a socket may send per second
    #[arg(long, env = "PARTAGE_SOCKET_MESSAGES_PER_SECOND", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pub socket_messages_per_second: u32,

    /// Maximum number of sockets and event streams open on this server
    #[arg(long, env = "PARTAGE_SOCKETS", default_value_t = 20_000)]
    pub sockets: usize,

    /// Maximum number of sockets and event streams open from one network address (a whole ministry or a proxy can share
    /// one)
    #[arg(long, env = "PARTAGE_SOCKETS_PER_ADDRESS", default_value_t = 12_000)]
    pub sockets_per_address: usize,

    /// Maximum number of sockets and event streams open for one person
    #[arg(long, env = "PARTAGE_SOCKETS_PER_PERSON", default_value_t = 12_000)]
    pub sockets_per_person: usize,
}

impl Limits {
    /// How long a session lasts.
    pub fn session_lifetime(&self) -> Duration {
        days(self.session_days)
    }

    /// How long a device that has signed in is recognised.
    pub fn device_lifetime(&self) -> Duration {
        days(self.device_days)
    }

    /// The reasons that a report can give, by name.
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

    /// How long a link to choose a new password is valid.
    pub fn password_link_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.password_link_hours) * 3_600)
    }

    /// How long an invitation can be accepted.
    pub fn invitation_lifetime(&self) -> Duration {
        days(self.invitation_days)
    }
}

/// Parses the public address.
fn public_url(given: &str) -> Result<String, String> {
    origin(given.trim_end_matches('/'))
}

/// Parses another origin.
fn other_origin(given: &str) -> Result<String, String> {
    if given.contains('*') {
        return Err("name each origin; there is no wildcard".to_string());
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
        return Err("it must be a host with an optional port, and nothing after it".to_string());
    }
    Ok(origin)
}

/// Parses the contact for reporting vulnerabilities.
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

/// Parses an address as browsers write it in `Origin`: scheme and host, without a default port and with nothing after
/// it.
///
/// # Errors
/// For anything else, with the expected form.
pub fn origin(given: &str) -> Result<String, String> {
    let url = given.to_ascii_lowercase();
    let (scheme, host) = url.split_once("://").unwrap_or_default();
    let usual_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return Err("it must begin with http:// or https://".to_string()),
    };
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err("it must be a host with an optional port, and nothing after it".to_string());
    }
    let host = host.strip_suffix(usual_port).unwrap_or(host);
    Ok(format!("{scheme}://{host}"))
}

fn days(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 86_400)
}

impl Config {
    /// Returns the public address of the forum, without a trailing slash. `listening` is the address in use.
    pub fn base_url(&self, listening: SocketAddr) -> Arc<str> {
        match &self.public_url {
            Some(url) => Arc::from(url.as_str()),
            // An address that means all interfaces cannot be written into a link.
            None if listening.ip().is_unspecified() => {
                Arc::from(format!("http://localhost:{}", listening.port()))
            }
            None => Arc::from(format!("http://{listening}")),
        }
    }

    /// Whether cookies are sent over TLS only.
    pub fn is_secure(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}
