//! Demultiplexing of datagrams and RFC 4571 framing, as [`crate::transport::net`] uses them.

use std::net::SocketAddr;
use std::time::Instant;

use anteroom_media::Transport;

use crate::rooms_port::Route;
use crate::transport::{Demux, Framer, FramingError, append};

/// The demultiplexer.
#[derive(Default)]
pub struct DemuxHarness(Demux);

impl DemuxHarness {
    pub fn find(&mut self, from: (Transport, SocketAddr), bytes: &[u8]) -> Option<Route> {
        self.0.find(from, bytes).map(|peer| self.0.route_of(peer))
    }

    /// Finds the peer and takes the packet out of its budget; what is delivered.
    pub fn deliver(&mut self, now: Instant, from: (Transport, SocketAddr), bytes: &[u8]) -> Option<Route> {
        let peer = self.0.find(from, bytes)?;
        self.0.admit(peer, now, bytes).ok()
    }

    /// A delivered packet has proved to come from the peer.
    pub fn authenticated(&mut self, from: (Transport, SocketAddr), bytes: &[u8]) {
        if let Some(peer) = self.0.find(from, bytes) {
            let _ = self.0.authenticated(peer, bytes);
        }
    }

    pub fn answered(&mut self, to: (Transport, SocketAddr)) -> bool {
        self.0.answered(to)
    }

    /// Addresses that made room for others.
    pub fn displaced(&mut self) -> Vec<(Transport, SocketAddr)> {
        std::iter::from_fn(|| self.0.next_displaced()).collect()
    }

    pub fn route(&mut self, ufrag: &str, to: Route) {
        self.0.route(ufrag, to);
    }

    pub fn unroute(&mut self, route: Route) -> Vec<(Transport, SocketAddr)> {
        self.0.unroute(route)
    }

    pub fn address_closed(&mut self, address: (Transport, SocketAddr)) {
        self.0.address_closed(address);
    }

    /// Numbers of known addresses, pending addresses, ufrags, peers, and SSRCs.
    pub fn sizes(&self) -> [usize; 5] {
        self.0.sizes()
    }
}

/// The framer of one TCP connection.
#[derive(Default)]
pub struct FramerHarness(Framer);

impl FramerHarness {
    /// False when the connection is to be closed. `each` returns whether to go on.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8]) -> bool) -> bool {
        self.0.push(bytes, |packet| if each(packet) { Ok(()) } else { Err(FramingError) }).is_ok()
    }

    /// Bytes of an incomplete packet.
    pub fn buffered(&self) -> usize {
        self.0.buffered()
    }
}

/// A packet with its RFC 4571 length.
pub fn frame(packet: &[u8]) -> Vec<u8> {
    let mut waiting = Vec::new();
    append(&mut waiting, packet);
    waiting
}
