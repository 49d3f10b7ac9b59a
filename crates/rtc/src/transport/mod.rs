//! The media sockets: one UDP and one TCP port for all rooms.

mod demux;
mod external_address;
mod frame_queue;
mod inbound_budget;
mod kernel_drops;
mod local_addresses;
pub(crate) mod net;
mod receive_batch;
mod receive_time;
mod rfc4571;
mod send_batch;
mod stats;
mod stun;
mod tcp;
mod udp;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

pub(crate) use demux::Demux;
pub use external_address::external_address;
pub use kernel_drops::kernel_drops;
pub use local_addresses::AdvertisedAddress;
pub(crate) use local_addresses::candidate_for;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use rfc4571::{Framer, FramingError, append};
pub(crate) use send_batch::SendBatch;
pub use stats::{Counter, SharedStats, TransportStats};
#[cfg(test)]
pub(crate) use stun::request_to;
pub(crate) use tcp::{Close, Connections, Listener, READ_BUFFER};
pub(crate) use udp::Udp;

/// Attempts to find a port that is free for UDP and TCP, with port 0.
const BIND_ATTEMPTS: usize = 32;

/// Listen and advertised addresses for media.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port to bind, for UDP and TCP alike. Port 0 takes a free one. 0.0.0.0 means every IPv4
    /// address of the machine, [::] every address; each gets its own socket and is advertised as a candidate.
    pub listen: SocketAddr,
    /// Addresses to advertise instead of the machine's own, for machines behind a static NAT.
    pub advertise: Vec<AdvertisedAddress>,
}

impl Config {
    /// The same for the media thread with this index: each has its own port, next to that of the one before it.
    pub fn for_thread(&self, index: u16) -> io::Result<Self> {
        let too_high = || io::Error::other("the media ports would end above 65535");
        let add = |port: u16| if port == 0 { Ok(0) } else { port.checked_add(index).ok_or_else(too_high) };
        let mut config = self.clone();
        config.listen.set_port(add(self.listen.port())?);
        for address in &mut config.advertise {
            address.port = address.port.map(add).transpose()?;
        }
        Ok(config)
    }
}

/// Bound sockets, before the media thread takes them.
pub struct Sockets {
    pub(crate) udp: Vec<std::net::UdpSocket>,
    pub(crate) tcp: Vec<std::net::TcpListener>,
    candidates: Vec<SocketAddr>,
    stats: Arc<SharedStats>,
}

impl Sockets {
    /// Binds UDP and TCP to the same port on every address.
    pub fn bind(config: &Config) -> io::Result<Self> {
        let ips = bind_ips(config)?;
        let attempts = if config.listen.port() == 0 { BIND_ATTEMPTS } else { 1 };
        let mut result = Err(io::Error::other("no address to listen on"));
        for _ in 0..attempts {
            result = Self::bind_all(&ips, config);
            match &result {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                _ => break,
            }
        }
        result
    }

    fn bind_all(ips: &[IpAddr], config: &Config) -> io::Result<Self> {
        let (mut udp, mut tcp) = (Vec::new(), Vec::new());
        let mut port = config.listen.port();
        for ip in ips {
            let socket = Udp::bind(SocketAddr::new(*ip, port))?;
            port = socket.local_addr()?.port();
            udp.push(socket);
            tcp.push(Listener::bind(SocketAddr::new(*ip, port))?);
        }
        let own = ips.iter().map(|ip| SocketAddr::new(*ip, port));
        let advertised = config.advertise.iter().map(|address| address.candidate(port));
        let candidates = if config.advertise.is_empty() { own.collect() } else { advertised.collect() };
        Ok(Self { udp, tcp, candidates, stats: Arc::default() })
    }

    /// The UDP candidates: what goes into `media::Config`.
    pub fn udp_candidates(&self) -> &[SocketAddr] {
        &self.candidates
    }

    /// The counters, also after the media thread has taken the sockets.
    pub fn stats(&self) -> Arc<SharedStats> {
        Arc::clone(&self.stats)
    }

    /// The passive TCP candidates.
    pub fn tcp_candidates(&self) -> &[SocketAddr] {
        &self.candidates
    }
}

/// A socket per address, so that what is sent leaves from where the peer expects it. Behind a NAT the
/// peer sees the NAT's address anyway.
fn bind_ips(config: &Config) -> io::Result<Vec<IpAddr>> {
    let listen = config.listen.ip();
    if !listen.is_unspecified() {
        return Ok(vec![listen]);
    }
    if config.advertise.is_empty() {
        return local_addresses::local_ips(listen);
    }
    let mut wildcards: Vec<IpAddr> =
        config.advertise.iter().map(|address| local_addresses::unspecified(address.ip)).collect();
    wildcards.sort_unstable();
    wildcards.dedup();
    Ok(wildcards)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn udp_and_tcp_share_a_port_and_candidates_are_real_addresses() {
        let everywhere = Config { listen: "0.0.0.0:0".parse().unwrap(), advertise: vec![] };
        let sockets = Sockets::bind(&everywhere).unwrap();
        assert!(!sockets.candidates.is_empty());
        for (at, candidate) in sockets.udp_candidates().iter().enumerate() {
            assert!(!candidate.ip().is_unspecified());
            assert_eq!(sockets.udp[at].local_addr().unwrap(), *candidate);
            assert_eq!(sockets.tcp[at].local_addr().unwrap(), *candidate);
        }
    }

    #[test]
    fn behind_a_nat_the_configured_address_is_advertised() {
        let advertise = ["198.51.100.7", "198.51.100.7:443"].map(|text| text.parse().unwrap()).to_vec();
        let config = Config { listen: "0.0.0.0:0".parse().unwrap(), advertise };
        let sockets = Sockets::bind(&config).unwrap();
        let bound = sockets.udp[0].local_addr().unwrap().port();
        let candidates = [bound, 443].map(|port| SocketAddr::from(([198, 51, 100, 7], port)));
        assert_eq!(sockets.udp_candidates(), candidates);
        assert_eq!(sockets.udp.len(), 1);
    }

    #[test]
    fn each_media_thread_has_the_ports_after_the_one_before() {
        let advertise = ["198.51.100.7", "[2001:db8::7]:65000"].map(|text| text.parse().unwrap()).to_vec();
        let config = Config { listen: "0.0.0.0:8081".parse().unwrap(), advertise };
        let third = config.for_thread(2).unwrap();
        assert_eq!(third.listen.port(), 8_083);
        assert_eq!([third.advertise[0].port, third.advertise[1].port], [None, Some(65_002)]);
        assert!(config.for_thread(60_000).is_err());
        let any = Config { listen: "0.0.0.0:0".parse().unwrap(), advertise: vec![] };
        assert_eq!(any.for_thread(3).unwrap().listen.port(), 0);
    }
}
