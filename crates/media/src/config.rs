//! What all rooms of a process share: where they are reachable, and the certificate they show.

use std::net::SocketAddr;

/// Where peers reach us and how we prove to be us. Made once per process, shared by all rooms.
#[derive(Debug)]
pub struct Config {
    /// Host candidates for UDP. A datagram's destination must be one of them.
    pub udp: Vec<SocketAddr>,
    /// Passive host candidates for TCP (RFC 6544).
    pub tcp: Vec<SocketAddr>,
}

/// Why a [`Config`] cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Without an address nobody could ever connect.
    #[error("no address to offer as a candidate")]
    NoCandidate,
    /// The certificate could not be made.
    #[error("the DTLS certificate could not be made")]
    Certificate,
}

impl Config {
    /// Makes the certificate as well: its key lives as long as the process.
    pub fn new(udp: Vec<SocketAddr>, tcp: Vec<SocketAddr>) -> Result<Self, ConfigError> {
        if udp.is_empty() && tcp.is_empty() {
            return Err(ConfigError::NoCandidate);
        }
        Ok(Self { udp, tcp })
    }
}

/// The local half of a peer's ICE credentials; the caller brings the chance (RFC 8445 section 5.3:
/// at least 24 bits for the ufrag, 128 bits for the password).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceCreds {
    /// What the demultiplexer finds in front of the colon of a STUN USERNAME. At least 4 ice-chars.
    pub ufrag: String,
    /// The key of the connectivity checks. At least 22 ice-chars.
    pub pwd: String,
}
