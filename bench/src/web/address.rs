//! Addresses of clients. The server limits what one address may do, and people have addresses of their own.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};

/// Client address `number`, of 2^20 in 127.16.0.0/12.
pub(crate) fn address(number: u32) -> Ipv4Addr {
    let [_, second, third, fourth] = (number % (1 << 20)).to_be_bytes();
    Ipv4Addr::new(127, 16 + second, third, fourth)
}

/// The address in `http://127.0.0.1:8080`. Only loopback has as many addresses for clients as they need.
pub(crate) fn server_address(url: &str) -> Result<SocketAddr> {
    let address = url.strip_prefix("http://").and_then(|address| address.parse::<SocketAddr>().ok());
    address.filter(|address| address.ip().is_loopback()).with_context(|| format!("{url} is not http://127.…:PORT"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn clients_have_different_addresses_beside_that_of_the_server() {
        let all: BTreeSet<Ipv4Addr> = (0..100_000).map(address).collect();
        assert_eq!(all.len(), 100_000);
        assert!(all.iter().all(|address| address.is_loopback() && !address.octets().starts_with(&[127, 0])));
        assert_eq!(address(70_000), Ipv4Addr::new(127, 17, 17, 112));
    }

    #[test]
    fn only_a_server_on_loopback_is_loaded() {
        assert_eq!(server_address("http://127.0.0.1:8080").unwrap().port(), 8080);
        for url in ["http://192.0.2.1:8080", "https://127.0.0.1:8080", "http://127.0.0.1", "ws://127.0.0.1:1"] {
            assert!(server_address(url).is_err(), "{url}");
        }
    }
}
