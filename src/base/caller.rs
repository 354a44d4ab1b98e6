//! The caller of one request: actor, network address, language.

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::base::actor::Actor;
use crate::base::address::Address;
use crate::base::language::Language;

/// Added to every request by the edge; pages and resolvers read it.
#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Actor,
    /// The language of messages and pages for this request.
    pub language: Language,
    /// The peer's address, or the one that a trusted proxy reports, as limits count it.
    pub address: Address,
    /// The `User-Agent` header, cut to 200 characters.
    pub user_agent: Option<Arc<str>>,
    /// Identifies this request in responses and logs.
    pub request_id: Arc<str>,
    /// Whether no person opened the resource: the request is a prefetch, or asks only for headers.
    pub is_prefetch: bool,
}

impl Caller {
    /// Returns a caller about whom nothing is known.
    pub fn visitor() -> Caller {
        Caller {
            actor: Actor::Visitor,
            ..Caller::system()
        }
    }

    /// Returns the program itself, for work that is not part of a request.
    pub fn system() -> Caller {
        Caller {
            actor: Actor::System,
            language: Language::En,
            address: Address::of(Ipv4Addr::LOCALHOST.into()),
            user_agent: None,
            request_id: Arc::from("system"),
            is_prefetch: false,
        }
    }
}

/// A cookie that carries a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretCookie {
    /// The session's token.
    Session,
    /// The marker of a device that has signed in before.
    Device,
}

impl SecretCookie {
    /// Returns the cookie's name. Over TLS it is one that no other host can set, not even one under the same domain.
    pub fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (SecretCookie::Session, false) => "partage_session",
            (SecretCookie::Session, true) => "__Host-partage_session",
            (SecretCookie::Device, false) => "partage_device",
            (SecretCookie::Device, true) => "__Host-partage_device",
        }
    }

    /// Returns the `Set-Cookie` value: not readable by scripts, not sent with cross-site requests. An age of 0 seconds
    /// removes the cookie.
    pub fn set(self, value: &str, max_age_seconds: u64, secure: bool) -> String {
        let name = self.name(secure);
        let secure = if secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// The cookie that remembers a language chosen by `?lang=`.
pub const LANGUAGE_COOKIE: &str = "partage_language";

/// Returns the `Set-Cookie` value for a chosen language, kept for a year.
pub fn language_cookie(language: Language, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    let code = language.code();
    format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}")
}

/// Returns the first cookie with this name in the `Cookie` values.
pub fn cookie<'a>(values: impl Iterator<Item = &'a str>, name: &str) -> Option<String> {
    values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_string())
}
