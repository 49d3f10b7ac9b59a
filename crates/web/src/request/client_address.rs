//! The client's IP address: the peer of the TCP connection, or the one that a trusted proxy reports.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::forwarded::{self, Hop};
use crate::config::Network;

/// The number of peers that are named in a warning: any stranger can send the header.
const MAX_WARNINGS: usize = 8;

/// The key of the rate limits: an IPv4 address, or the /64 of an IPv6 address (one household has a whole /64).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address that [`crate::security::guard`] has put into the request; without it, the peer. Without a socket
    /// (in-process tests) all clients have one address.
    pub(crate) fn of(parts: &Parts) -> Self {
        parts.extensions.get().copied().unwrap_or_else(|| Self::new(peer(parts)))
    }

    /// The address, or the first one of its /64.
    pub(crate) fn key(self) -> IpAddr {
        self.0
    }

    pub(crate) fn new(address: IpAddr) -> Self {
        match address.to_canonical() {
            v4 @ IpAddr::V4(_) => Self(v4),
            IpAddr::V6(v6) => Self(IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)))),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// The reverse proxies that may report the addresses of their clients.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    trusted: Vec<Network>,
    /// Peers that report addresses and are not trusted, as far as they are logged.
    untrusted: Mutex<BTreeSet<IpAddr>>,
}

impl Proxies {
    pub(crate) fn new(trusted: Vec<Network>) -> Self {
        Self { trusted, untrusted: Mutex::default() }
    }

    /// The client of this request.
    pub(crate) fn client(&self, parts: &Parts) -> ClientAddress {
        let peer = peer(parts);
        let (x_forwarded_for, forwarded) =
            (forwarded::x_forwarded_for(&parts.headers), forwarded::forwarded(&parts.headers));
        if x_forwarded_for.is_empty() && forwarded.is_empty() {
            return ClientAddress::new(peer);
        }
        if !self.trusts(peer) {
            self.warn_about(peer);
            return ClientAddress::new(peer);
        }
        let client = match (x_forwarded_for.is_empty(), forwarded.is_empty()) {
            (_, true) => self.follow(peer, &x_forwarded_for),
            (true, _) => self.follow(peer, &forwarded),
            // A proxy passes on the header that it does not write itself, so one of the two is the client's own text.
            _ => Some(self.follow(peer, &x_forwarded_for))
                .filter(|client| *client == self.follow(peer, &forwarded))
                .unwrap_or(peer),
        };
        ClientAddress::new(client)
    }

    /// Follows the reports from the newest back, as long as the one who made them is trusted: read from the oldest on,
    /// a client could choose its own address and evade every limit. All clients of a proxy that reports nothing usable
    /// count as one.
    fn follow(&self, peer: IpAddr, hops: &[Hop]) -> IpAddr {
        let mut client = peer;
        for hop in hops.iter().rev() {
            match hop {
                Some(address) if self.trusts(client) => client = *address,
                _ => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }

    fn warn_about(&self, peer: IpAddr) {
        if self.is_first_report(peer) {
            tracing::warn!(
                %peer,
                "requests from this address report the addresses of others (X-Forwarded-For), but it is no trusted \
                 proxy: all its clients share one rate limit. If it is your reverse proxy, set --trusted-proxies {peer} \
                 (ANTEROOM_TRUSTED_PROXIES, trusted_proxies)"
            );
        }
    }

    fn is_first_report(&self, peer: IpAddr) -> bool {
        let mut untrusted = self.untrusted.lock().unwrap_or_else(PoisonError::into_inner);
        untrusted.len() < MAX_WARNINGS && untrusted.insert(peer)
    }
}

fn peer(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, Request};

    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &str)], trusted: &[&str]) -> String {
        let mut request = Request::get("/").extension(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 40_000)));
        for (name, value) in headers {
            request = request.header(HeaderName::from_static(name), *value);
        }
        let proxies = Proxies::new(trusted.iter().map(|network| network.parse().unwrap()).collect());
        proxies.client(&request.body(()).unwrap().into_parts().0).key().to_string()
    }

    #[test]
    fn client_cannot_choose_its_address() {
        let proxies = &["10.0.0.0/8"];
        for (peer, entries, expected) in [
            ("203.0.113.9", &["1.1.1.1"][..], "203.0.113.9"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["rubbish"], "10.0.0.1"),
            ("10.0.0.1", &["1.1.1.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["1.1.1.1, 203.0.113.9:4711, [::ffff:10.0.0.2]:99"], "203.0.113.9"),
        ] {
            let headers: Vec<_> = entries.iter().map(|entry| ("x-forwarded-for", *entry)).collect();
            assert_eq!(client(peer, &headers, proxies), expected, "{entries:?}");
        }
    }

    #[test]
    fn proxy_may_write_either_header_but_a_client_neither() {
        let proxies = &["10.0.0.1"];
        let forwarded = ("forwarded", "for=203.0.113.9");
        assert_eq!(client("10.0.0.1", &[forwarded], proxies), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &[forwarded, ("x-forwarded-for", "203.0.113.9")], proxies), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &[forwarded, ("x-forwarded-for", "198.51.100.1")], proxies), "10.0.0.1");
        assert_eq!(client("198.51.100.7", &[forwarded], proxies), "198.51.100.7");
    }

    #[test]
    fn each_untrusted_proxy_is_logged_once() {
        let proxies = Proxies::default();
        let peers: Vec<IpAddr> = (0..20).map(|n| IpAddr::from([10, 0, 0, n])).collect();
        assert!(
            proxies.is_first_report(peers[0])
                && !proxies.is_first_report(peers[0])
                && proxies.is_first_report(peers[1])
        );
        let logged = peers.iter().filter(|peer| proxies.is_first_report(**peer)).count();
        assert_eq!(logged + 2, MAX_WARNINGS, "strangers can send the header too");
    }

    #[test]
    fn ipv6_addresses_of_one_64_share_a_key() {
        let key = |address: &str| ClientAddress::new(address.parse().unwrap());
        assert_eq!(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::9"));
        assert_ne!(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}
