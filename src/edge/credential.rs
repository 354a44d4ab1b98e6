//! The credential that a request or a socket presents to identify the caller. Every common way to send one is either accepted or
//! refused. None is ignored: callers who believe that they are signed in must not be treated as visitors.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Uri;
use axum::http::header;
use serde_json::Map;
use serde_json::Value;

/// The credential that was presented.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    None,
    /// A token; a caller who presents one is never treated as a visitor.
    Bearer(String),
    /// A browser's cookie. Its session may have ended.
    Cookie(String),
}

/// Why a credential is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialError {
    /// It does not identify anyone.
    Unauthenticated,
    /// It is in the wrong place. The text explains this to the author of the client.
    Misplaced(&'static str),
}

/// Headers in which other services expect tokens.
const OTHER_HEADERS: [&str; 4] = [
    "x-access-token",
    "x-api-key",
    "x-auth-token",
    "x-session-token",
];
/// Names of tokens in URLs and payloads, in lower case without hyphens and underscores.
const TOKEN_NAMES: [&str; 6] = [
    "token",
    "accesstoken",
    "authtoken",
    "bearertoken",
    "sessiontoken",
    "jwt",
];
/// Names of other credentials, which the forum does not use.
const OTHER_NAMES: [&str; 6] = [
    "apikey",
    "xaccesstoken",
    "xapikey",
    "xauthtoken",
    "xsessiontoken",
    "bearer",
];
const AUTHORIZATION: &str = "authorization";
const BEARER_ONLY: &str =
    "A token is handed over as `Authorization: Bearer`, once, and nowhere else.";

/// Returns the token in `Authorization`, if any. An empty header presents nothing: some clients use it to say that they
/// have no token.
///
/// # Errors
/// UNAUTHENTICATED for another scheme and for an invalid token; `Misplaced` for several values.
pub fn of_headers(headers: &HeaderMap) -> Result<Credential, CredentialError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(CredentialError::Misplaced(BEARER_ONLY));
    }
    match value {
        None => Ok(Credential::None),
        Some(value) if value.trim_ascii().is_empty() => Ok(Credential::None),
        Some(value) => std::str::from_utf8(value)
            .ok()
            .and_then(bearer)
            .map(Credential::Bearer)
            .ok_or(CredentialError::Unauthenticated),
    }
}

/// Refuses a request to the API with a token in the wrong place: in another header, or in its URL, which ends up in logs and
/// histories.
///
/// # Errors
/// `Misplaced`, with the right place.
pub fn check_location(headers: &HeaderMap, uri: &Uri) -> Result<(), CredentialError> {
    if OTHER_HEADERS.iter().any(|name| headers.contains_key(*name)) {
        return Err(CredentialError::Misplaced(BEARER_ONLY));
    }
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    // An unreadable query is refused by the code that reads it.
    let pairs = pairs.map(|pairs| pairs.0).unwrap_or_default();
    match pairs.iter().any(|(name, _)| names_credential(name)) {
        true => Err(CredentialError::Misplaced(BEARER_ONLY)),
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

/// Returns the token in the payload of `connection_init`: as `authorization` with its scheme, as `token`, `authToken`
/// or `accessToken`, or among `headers`, in any case. A null or empty value presents nothing.
///
/// # Errors
/// For another scheme, an invalid token, another kind of credential, and several different tokens.
pub fn of_payload(payload: Option<&Value>) -> Result<Option<String>, CredentialError> {
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
fn collect(fields: &Map<String, Value>, found: &mut Option<String>) -> Result<(), CredentialError> {
    for (name, value) in fields {
        let name = normalized(name);
        let is_token = TOKEN_NAMES.contains(&name.as_str());
        if !is_token && name != AUTHORIZATION && !OTHER_NAMES.contains(&name.as_str()) {
            continue;
        }
        let text = match value {
            Value::Null => continue,
            Value::String(text) if text.trim().is_empty() => continue,
            Value::String(text) => text.trim(),
            _ => return Err(CredentialError::Unauthenticated),
        };
        let token = match bearer(text) {
            Some(token) if !OTHER_NAMES.contains(&name.as_str()) => token,
            None if is_token && is_token68(text) => text.to_string(),
            _ => return Err(CredentialError::Unauthenticated),
        };
        if found.as_ref().is_some_and(|before| *before != token) {
            return Err(CredentialError::Misplaced(BEARER_ONLY));
        }
        *found = Some(token);
    }
    Ok(())
}

fn names_credential(name: &str) -> bool {
    let name = normalized(name);
    let name = name.as_str();
    name == AUTHORIZATION || TOKEN_NAMES.contains(&name) || OTHER_NAMES.contains(&name)
}

/// Returns a name in lower case, without hyphens and underscores.
fn normalized(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Returns the token of an `Authorization` value; `None` for another scheme, and for an invalid token.
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
