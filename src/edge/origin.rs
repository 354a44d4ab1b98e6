//! Detects which site's page makes a request. Requests from foreign pages are refused before anything else is read.

use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::Version;
use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::Authority;

use crate::base::config;
use crate::edge::state::Edge;

/// Whether a request names its host exactly once (RFC 9112, 3.2).
pub fn has_one_host(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let authority = host.to_str().ok().map(str::parse::<Authority>);
            matches!(authority, Some(Ok(authority)) if is_host(&authority))
        }
        (None, None) => parts.version < Version::HTTP_11,
        _ => false,
    }
}

/// Whether it has a host and no user.
fn is_host(authority: &Authority) -> bool {
    !authority.host().is_empty() && !authority.as_str().contains('@')
}

/// Whether to refuse a request because a browser reports that another site's page makes it. Reading is open to all sites;
/// requests that could change something are not.
pub fn is_refused_as_foreign(method: &Method, headers: &HeaderMap, is_foreign: bool) -> bool {
    let upgrade = headers.contains_key(header::UPGRADE);
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !upgrade;
    if safe || headers.contains_key(header::ORIGIN) {
        return !safe && is_foreign;
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    !matches!(site, None | Some(b"same-origin" | b"none"))
}

/// Whether an origin is the forum's own, scheme and port included.
pub fn is_own(edge: &Edge, origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if origin.eq_ignore_ascii_case(&edge.base_url) {
        return true;
    }
    // Without a configured address, the requested host is the forum's own.
    let asked = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let own = asked.map(|host| config::origin(&format!("{}://{host}", scheme(edge, headers))));
    let own = own.and_then(|own| own.ok());
    edge.config.public_url.is_none() && own.is_some() && config::origin(origin).ok() == own
}

/// Returns the scheme of the request: the forum's own, or the one that a trusted proxy reports.
fn scheme<'a>(edge: &Edge, headers: &'a HeaderMap) -> &'a str {
    let named = headers.get_all("x-forwarded-proto").iter().next_back();
    let named = named.filter(|_| edge.config.behind_proxy);
    let named = named.and_then(|value| value.to_str().ok()?.rsplit(',').next());
    named.map_or("http", str::trim)
}
