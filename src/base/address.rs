//! The network address that limits count by.

use std::fmt;
use std::net::IpAddr;
use std::net::Ipv6Addr;

/// The address of a caller as limits see it: an IPv4 address, or the first 64 bits of an IPv6 address, because one subscriber
/// line usually has all addresses with that prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

/// The bits of an IPv6 address that identify a line.
const PREFIX: u128 = !0 << 64;

impl Address {
    /// Returns the address that an IP address counts for. An IPv4 address written as IPv6 counts as IPv4.
    pub fn of(ip: IpAddr) -> Address {
        Address(match ip.to_canonical() {
            IpAddr::V4(ip) => IpAddr::V4(ip),
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & PREFIX)),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(ip) => ip.fmt(f),
            IpAddr::V6(ip) => write!(f, "{ip}/64"),
        }
    }
}
