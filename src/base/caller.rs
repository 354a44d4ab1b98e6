//! One request's circumstances: who calls, from where, in which language.

use std::net::IpAddr;
use std::sync::Arc;

use crate::base::actor::Actor;
use crate::base::language::Language;

/// Put into every request by the edge; pages and resolvers read it.
#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Actor,
    /// The language of messages and pages for this request.
    pub language: Language,
    /// The peer, or what a trusted proxy says of it.
    pub address: IpAddr,
    /// The `User-Agent` header, cut to 200 characters.
    pub user_agent: Option<Arc<str>>,
    /// Names this request in answers and logs.
    pub request_id: Arc<str>,
}

impl Caller {
    /// Somebody of whom nothing is known.
    pub fn visitor() -> Caller {
        Caller {
            actor: Actor::Visitor,
            ..Caller::system()
        }
    }

    /// The program itself, for what no request asked for.
    pub fn system() -> Caller {
        Caller {
            actor: Actor::System,
            language: Language::En,
            address: IpAddr::from([127, 0, 0, 1]),
            user_agent: None,
            request_id: Arc::from("system"),
        }
    }
}

/// The cookie that carries a session's token.
pub const SESSION_COOKIE: &str = "partage_session";
/// The cookie that remembers a language chosen by `?lang=`.
pub const LANGUAGE_COOKIE: &str = "partage_language";

/// `Set-Cookie` for a session: not readable by scripts, not sent with cross-site requests.
/// An age of 0 seconds removes it.
pub fn session_cookie(token: &str, max_age_seconds: u64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!(
        "{SESSION_COOKIE}={token}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}"
    )
}

/// `Set-Cookie` for a chosen language, kept for a year.
pub fn language_cookie(language: Language, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    let code = language.code();
    format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}")
}
