//! The sockets of the media: one UDP port and one TCP port, for all rooms.

use std::net::{IpAddr, SocketAddr};

/// Where the media listens and what it tells peers about it.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port to bind, for UDP and TCP alike. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Addresses to offer as candidates instead of the machine's own, for machines behind a static NAT.
    pub advertise: Vec<IpAddr>,
}

/// Bound sockets, before the thread takes them.
pub struct Sockets {
    udp: Vec<SocketAddr>,
    tcp: Vec<SocketAddr>,
}

impl Sockets {
    /// Binds both ports.
    pub fn bind(config: &Config) -> std::io::Result<Self> {
        let _ = config;
        Ok(Self {
            udp: vec![],
            tcp: vec![],
        })
    }

    /// The UDP candidates: what goes into `media::Config`.
    pub fn udp_candidates(&self) -> &[SocketAddr] {
        &self.udp
    }

    /// The passive TCP candidates.
    pub fn tcp_candidates(&self) -> &[SocketAddr] {
        &self.tcp
    }
}
