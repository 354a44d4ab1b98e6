//! What a request or a socket hands over to say who calls. Every usual way is understood or refused, none is passed over:
//! whoever believes to be signed in is not to be answered as a visitor.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Uri;
use axum::http::header;
use serde_json::Map;
use serde_json::Value;

/// What was handed over.
#[derive(Clone, PartialEq, Eq)]
pub enum Handed {
    Nothing,
    /// A token, after which nobody is taken for a visitor.
    Bearer(String),
    /// A browser's cookie, which may have outlived its session.
    Cookie(String),
}

/// Why it is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It names nobody.
    Unauthenticated,
    /// It comes where none belongs; a sentence for the author of the client.
    Misplaced(&'static str),
}

/// Other headers in which tokens are handed over elsewhere.
const OTHER_HEADERS: [&str; 4] = [
    "x-access-token",
    "x-api-key",
    "x-auth-token",
    "x-session-token",
];
/// Names of tokens in addresses and payloads, in small letters without hyphens and underscores.
const TOKENS: [&str; 6] = [
    "token",
    "accesstoken",
    "authtoken",
    "bearertoken",
    "sessiontoken",
    "jwt",
];
/// Names of other credentials there, which are none of ours.
const OTHERS: [&str; 6] = [
    "apikey",
    "xaccesstoken",
    "xapikey",
    "xauthtoken",
    "xsessiontoken",
    "bearer",
];
const AUTHORIZATION: &str = "authorization";
const HOW: &str = "A token is handed over as `Authorization: Bearer`, once, and nowhere else.";

/// The token in `Authorization`, if there is one. An empty header hands nothing over: so clients say that they have none.
///
/// # Errors
/// UNAUTHENTICATED for another scheme and for what is no token; else for several of them.
pub fn of_headers(headers: &HeaderMap) -> Result<Handed, Unfit> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(Unfit::Misplaced(HOW));
    }
    match value {
        None => Ok(Handed::Nothing),
        Some(value) if value.trim_ascii().is_empty() => Ok(Handed::Nothing),
        Some(value) => std::str::from_utf8(value)
            .ok()
            .and_then(bearer)
            .map(Handed::Bearer)
            .ok_or(Unfit::Unauthenticated),
    }
}

/// Refuses a request to the API that carries a token where none belongs: in another header, or in its address, which is
/// kept in logs and histories.
///
/// # Errors
/// Says where one belongs.
pub fn check_places(headers: &HeaderMap, uri: &Uri) -> Result<(), Unfit> {
    if OTHER_HEADERS.iter().any(|name| headers.contains_key(*name)) {
        return Err(Unfit::Misplaced(HOW));
    }
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    // What cannot be read is refused by who reads it.
    let pairs = pairs.map(|pairs| pairs.0).unwrap_or_default();
    match pairs.iter().any(|(name, _)| names_credential(name)) {
        true => Err(Unfit::Misplaced(HOW)),
        false => Ok(()),
    }
}

/// Whether the extensions of a request carry a credential, as some clients send one.
pub fn is_in_extensions(extensions: &Map<String, Value>) -> bool {
    let is_in_headers = || match extensions.get("headers") {
        Some(Value::Object(headers)) => headers.keys().any(|name| names_credential(name)),
        _ => false,
    };
    extensions.keys().any(|name| names_credential(name)) || is_in_headers()
}

/// The token in the payload of `connection_init`: as `authorization` with its scheme, as `token`, `authToken` or
/// `accessToken`, or among `headers`, in whatever case. What is null or empty hands nothing over.
///
/// # Errors
/// For another scheme, what is no token, another name for a credential, and for several tokens.
pub fn of_payload(payload: Option<&Value>) -> Result<Option<String>, Unfit> {
    let mut found = None;
    if let Some(Value::Object(fields)) = payload {
        collect(fields, &mut found)?;
        if let Some((_, Value::Object(headers))) = fields
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("headers"))
        {
            collect(headers, &mut found)?;
        }
    }
    Ok(found)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a value in JSON, of which few are taken"
)]
fn collect(fields: &Map<String, Value>, found: &mut Option<String>) -> Result<(), Unfit> {
    for (name, value) in fields {
        let name = plain(name);
        let is_token = TOKENS.contains(&name.as_str());
        if !is_token && name != AUTHORIZATION && !OTHERS.contains(&name.as_str()) {
            continue;
        }
        let text = match value {
            Value::Null => continue,
            Value::String(text) if text.trim().is_empty() => continue,
            Value::String(text) => text.trim(),
            _ => return Err(Unfit::Unauthenticated),
        };
        let token = match bearer(text) {
            Some(token) if !OTHERS.contains(&name.as_str()) => token,
            None if is_token && is_token68(text) => text.to_string(),
            _ => return Err(Unfit::Unauthenticated),
        };
        if found.as_ref().is_some_and(|before| *before != token) {
            return Err(Unfit::Misplaced(HOW));
        }
        *found = Some(token);
    }
    Ok(())
}

fn names_credential(name: &str) -> bool {
    let name = plain(name);
    let name = name.as_str();
    name == AUTHORIZATION || TOKENS.contains(&name) || OTHERS.contains(&name)
}

/// A name in small letters without what it may be written with.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The token of an `Authorization` value; `None` for another scheme, and for what is no token.
pub fn bearer(value: &str) -> Option<String> {
    let (scheme, token) = value.trim().split_once([' ', '\t'])?;
    let token = token.trim();
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && is_token68(token);
    is_bearer.then(|| token.to_string())
}

/// Whether a text has the form of a token (RFC 9110, 11.2).
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_in_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    !body.is_empty() && body.chars().all(is_in_token)
}
