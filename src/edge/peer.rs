//! The network address of a request: the peer of its connection, or the address that a trusted proxy reports.

use std::net::IpAddr;
use std::net::SocketAddr;

use axum::http::request::Parts;

/// The peer of the connection, added to each request by the server.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Returns the caller's address. Behind a proxy, it is the last one in `X-Forwarded-For`.
pub fn address(parts: &Parts, behind_proxy: bool) -> IpAddr {
    let forwarded = || {
        let all = parts.headers.get_all("x-forwarded-for");
        let value = all.iter().next_back()?;
        let last = value.to_str().ok()?.rsplit(',').next()?.trim();
        // Some proxies add the port, or brackets around an IPv6 address.
        let with_port = || last.parse::<SocketAddr>().ok().map(|peer| peer.ip());
        let plain = last.trim_start_matches('[').trim_end_matches(']');
        plain.parse().ok().or_else(with_port)
    };
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
    let named = if behind_proxy { forwarded() } else { None };
    named.or(peer).unwrap_or(IpAddr::from([0, 0, 0, 0]))
}
