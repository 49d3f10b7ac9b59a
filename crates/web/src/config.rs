//! Configuration of the HTTP server: origin, trusted proxies, rate limits.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::Uri;
use ipnet::IpNet;

use crate::setup_code::SetupCode;

/// Configuration of the HTTP server.
#[derive(Debug, Clone)]
pub struct Config {
    pub origin: Origin,
    /// Proxies whose `X-Forwarded-For` or `Forwarded` is used. Empty: these headers are ignored.
    pub trusted_proxies: Vec<Network>,
    pub quotas: Quotas,
    /// No public URL is configured: writes may also come from pages at the address that a browser has connected to.
    pub accepts_listen_address: bool,
    /// The code with which the server can be set up. Without it, it cannot be set up over HTTP.
    pub setup_code: Option<SetupCode>,
    /// Further counters for `/metrics`.
    pub metrics: MetricsSource,
}

/// Counters of another part of the program, in the text format of Prometheus.
#[derive(Clone)]
pub struct MetricsSource(Arc<dyn Fn() -> String + Send + Sync>);

impl MetricsSource {
    pub fn new(text: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(text))
    }

    pub(crate) fn text(&self) -> String {
        (self.0)()
    }
}

impl Default for MetricsSource {
    fn default() -> Self {
        Self::new(String::new)
    }
}

impl std::fmt::Debug for MetricsSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MetricsSource")
    }
}

impl Config {
    /// The defaults for a server at this origin.
    pub fn new(origin: Origin) -> Self {
        Self {
            origin,
            trusted_proxies: Vec::new(),
            quotas: Quotas::default(),
            accepts_listen_address: false,
            setup_code: None,
            metrics: MetricsSource::default(),
        }
    }
}

/// A web origin: scheme, host and port (RFC 6454).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    secure: bool,
    authority: String,
}

/// Why a configured origin or network is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("`{0}` is not an address such as https://meet.example.org")]
    Origin(String),
    #[error("`{0}` is not a network such as 10.0.0.0/8 or ::1")]
    Network(String),
}

impl Origin {
    /// Whether the scheme is https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Host and port as browsers send them in `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether this is the origin of pages that a browser loads from this address over plain HTTP.
    pub(crate) fn is_at(&self, address: SocketAddr) -> bool {
        let address = SocketAddr::new(address.ip().to_canonical(), address.port());
        let is = |text: String| text.parse().is_ok_and(|origin: Self| origin == *self);
        is(format!("http://{address}"))
            || (address.ip().is_loopback() && is(format!("http://localhost:{}", address.port())))
    }

    /// The same origin with the WebSocket scheme.
    pub fn socket(&self) -> String {
        format!("{}://{}", if self.secure { "wss" } else { "ws" }, self.authority)
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }
}

impl FromStr for Origin {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let invalid = || ConfigError::Origin(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(invalid()),
        };
        let authority = uri.authority().filter(|a| !a.as_str().contains('@')).ok_or_else(invalid)?;
        // Browsers omit the default port in `Host` and `Origin`; keeping it here would make every write look foreign.
        let usual = if secure { 443 } else { 80 };
        let authority = match authority.port_u16() {
            Some(port) if port == usual => authority.host().to_ascii_lowercase(),
            _ => authority.as_str().to_ascii_lowercase(),
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(invalid());
        }
        Ok(Self { secure, authority })
    }
}

/// An IP network such as `10.0.0.0/8`; a single address is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

impl Network {
    /// Whether the network contains the address. IPv4-mapped IPv6 addresses count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl FromStr for Network {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let address = || text.trim().parse().map(|address: IpAddr| IpNet::from(address.to_canonical()));
        let network = text.trim().parse().or_else(|_| address());
        network.map(Self).map_err(|_| ConfigError::Network(text.to_owned()))
    }
}

/// A rate limit: a burst, and how fast it is refilled.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    pub burst: NonZeroU32,
    pub per_minute: NonZeroU32,
}

impl Quota {
    pub const fn new(burst: u32, per_minute: u32) -> Self {
        let (Some(burst), Some(per_minute)) = (NonZeroU32::new(burst), NonZeroU32::new(per_minute)) else {
            panic!("a quota of zero would refuse every request");
        };
        Self { burst, per_minute }
    }
}

/// Rate limits per address (or account). A whole clinic can be behind one address, so the general limits are wide.
#[derive(Debug, Clone)]
pub struct Quotas {
    /// Any request, per address.
    pub requests: Quota,
    /// Requests of scripts and styles, per address, which are cheaper and of which a page needs ten.
    pub assets: Quota,
    /// Answers to beats, per address: eight a minute from each open page of a consultation. They read no database.
    pub presence: Quota,
    /// Setup attempts, per address.
    pub setups: Quota,
    /// Failed logins, per account and address (or device that logged in before).
    pub failed_logins: Quota,
    /// Failed logins to all accounts, per address. A clinic behind one address makes mistakes together.
    pub failed_logins_per_address: Quota,
    /// Invalid links and tokens, per address.
    pub wrong_secrets: Quota,
    /// Reads of the standing, per participant: ten a minute from each open page without a stream.
    pub seat_reads: Quota,
    /// Entering and leaving the waiting room, per participant.
    pub seat_writes: Quota,
    /// Concurrent SSE streams, per address.
    pub streams: usize,
    /// Concurrent SSE streams of a consultation, per participant.
    pub streams_per_seat: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            requests: Quota::new(1_200, 3_000),
            assets: Quota::new(4_800, 12_000),
            presence: Quota::new(1_200, 6_000),
            setups: Quota::new(20, 12),
            failed_logins: Quota::new(10, 6),
            failed_logins_per_address: Quota::new(100, 30),
            wrong_secrets: Quota::new(60, 30),
            seat_reads: Quota::new(60, 120),
            seat_writes: Quota::new(10, 20),
            streams: 400,
            streams_per_seat: 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_scheme_host_and_port_only() {
        for (text, expected, socket) in [
            ("https://meet.example.org", "https://meet.example.org", "wss://meet.example.org"),
            ("https://Meet.Example.org:443/", "https://meet.example.org", "wss://meet.example.org"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "ws://127.0.0.1:8080"),
            ("http://[::1]:80", "http://[::1]", "ws://[::1]"),
        ] {
            let origin: Origin = text.parse().unwrap();
            assert_eq!((origin.to_string(), origin.socket()), (expected.to_owned(), socket.to_owned()));
        }
        for text in ["", "meet.example.org", "ftp://x", "https://x/path", "https://x/?q", "https://a@b", "https://"] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn network_contains_only_its_addresses() {
        let holds =
            |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.200.3.4") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("127.0.0.1", "::ffff:127.0.0.1") && !holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds(" 10.0.0.0/8 ", "10.0.0.1") && holds("::ffff:10.0.0.1", "10.0.0.1"));
        for text in ["", "10.0.0.0/33", "::1/129", "ten/8", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
