//! The client's IP address: the peer of the TCP connection, or the one that a trusted proxy forwards.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::config::Network;

/// The key of the rate limits: an IPv4 address, or the /64 of an IPv6 address (one household has a whole /64).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Reads the peer and `X-Forwarded-For`. Without a socket (in-process tests) all clients have one address.
    pub(crate) fn resolve(parts: &Parts, trusted: &[Network]) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Self::new(forwarded_client(peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)), &parts.headers, trusted))
    }

    /// The address that [`crate::security::guard`] has put into the request.
    pub(crate) fn of(parts: &Parts) -> Self {
        parts.extensions.get().copied().unwrap_or_else(|| Self::resolve(parts, &[]))
    }

    /// The address, or the first one of its /64.
    pub(crate) fn key(self) -> IpAddr {
        self.0
    }

    fn new(address: IpAddr) -> Self {
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

/// Reads `X-Forwarded-For` from the right, as long as the sender of the entry is trusted.
/// Read from the left, a client could choose its own address and evade every limit.
fn forwarded_client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let entries: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut client = peer;
    for entry in entries.iter().rev() {
        match entry.trim().parse() {
            Ok(address) if is_trusted(client) => client = address,
            _ => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use axum::Extension;
    use tower::ServiceExt;

    use super::*;

    fn resolved(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        forwarded_client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn client_cannot_choose_its_address() {
        assert_eq!(resolved("203.0.113.9", &["1.1.1.1"], &[]), "203.0.113.9");
        assert_eq!(resolved("10.0.0.1", &["1.1.1.1, 203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(resolved("10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.0.0.2"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(resolved("10.0.0.1", &["rubbish"], &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[tokio::test]
    async fn routes_of_other_crates_get_the_address_behind_a_trusted_proxy() {
        let mut config = crate::Config::new("https://meet.example.org".parse().unwrap());
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let reveal = axum::routing::get(async |Extension(address): Extension<IpAddr>| address.to_string());
        let routes = crate::with_client_address(axum::Router::new().route("/", reveal), &config);
        let request = axum::http::Request::get("/").header("x-forwarded-for", "203.0.113.9");
        let proxy = ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 40_000)));
        let request = request.extension(proxy).body(axum::body::Body::empty()).unwrap();
        let response = routes.oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(&body[..], b"203.0.113.9");
    }

    #[test]
    fn ipv6_addresses_of_one_64_share_a_key() {
        let key = |address: &str| ClientAddress::new(address.parse().unwrap());
        assert_eq!(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::9"));
        assert_ne!(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}
