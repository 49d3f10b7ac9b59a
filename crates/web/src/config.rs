//! What the pages need to know of where they live. Read once, at start, by the program.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;

use axum::http::Uri;

/// How the web doors are reached and how much a stranger may ask of them.
#[derive(Debug, Clone)]
pub struct Config {
    pub origin: Origin,
    /// Proxies whose `X-Forwarded-For` is believed. Empty: nobody's is.
    pub trusted_proxies: Vec<Network>,
    pub quotas: Quotas,
}

impl Config {
    /// The defaults for a site at this address.
    pub fn new(origin: Origin) -> Self {
        Self { origin, trusted_proxies: Vec::new(), quotas: Quotas::default() }
    }
}

/// A place of the web: scheme, host, port, and nothing after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    secure: bool,
    authority: String,
}

/// Why a configured address or network is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("`{0}` is not an address such as https://meet.example.org")]
    Origin(String),
    #[error("`{0}` is not a network such as 10.0.0.0/8 or ::1")]
    Network(String),
}

impl Origin {
    /// Whether people reach us over TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Host and port as a browser says them in `Host`.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The same place for WebSockets.
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
        // `Host` and `Origin` leave the usual port out; so do we, or no write would ever match.
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

/// A block of addresses, such as `10.0.0.0/8`; a single address is a block of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether this address belongs to the block. A v4 address inside v6 is the v4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                ours.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                ours.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let invalid = || ConfigError::Network(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| invalid())?;
        if bits > most { Err(invalid()) } else { Ok(Self { address, bits }) }
    }
}

/// A burst, and how fast it fills up again.
#[derive(Debug, Clone, Copy)]
pub struct Quota {
    pub burst: NonZeroU32,
    pub per_minute: NonZeroU32,
}

impl Quota {
    pub const fn new(burst: u32, per_minute: u32) -> Self {
        let (Some(burst), Some(per_minute)) = (NonZeroU32::new(burst), NonZeroU32::new(per_minute)) else {
            panic!("a quota of nothing would close the door for good");
        };
        Self { burst, per_minute }
    }
}

/// How much one address (or account) may ask. A whole clinic can sit behind one address: the general ones are wide.
#[derive(Debug, Clone)]
pub struct Quotas {
    /// Any request, per address.
    pub requests: Quota,
    /// Attempts to log in or to set the practice up, per address.
    pub logins: Quota,
    /// Attempts to log in, per account, from anywhere.
    pub logins_per_account: Quota,
    /// Links and tokens that opened nothing, per address.
    pub wrong_secrets: Quota,
    /// Streams of live status open at once, per address.
    pub streams: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            requests: Quota::new(1_200, 3_000),
            logins: Quota::new(20, 12),
            logins_per_account: Quota::new(30, 12),
            wrong_secrets: Quota::new(60, 30),
            streams: 400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_host_and_port_alone() {
        for (text, said, socket) in [
            ("https://meet.example.org", "https://meet.example.org", "wss://meet.example.org"),
            ("https://Meet.Example.org:443/", "https://meet.example.org", "wss://meet.example.org"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "ws://127.0.0.1:8080"),
            ("http://[::1]:80", "http://[::1]", "ws://[::1]"),
        ] {
            let origin: Origin = text.parse().unwrap();
            assert_eq!((origin.to_string(), origin.socket()), (said.to_owned(), socket.to_owned()));
        }
        for text in ["", "meet.example.org", "ftp://x", "https://x/path", "https://x/?q", "https://a@b", "https://"] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let holds =
            |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.200.3.4") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("127.0.0.1", "::ffff:127.0.0.1") && !holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1") && !holds("2001:db8::/32", "2001:db9::1"));
        for text in ["", "10.0.0.0/33", "::1/129", "ten/8", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
