//! The sorting of datagrams and the cutting of streams, as [`crate::transport::net`] does them.

use std::net::SocketAddr;

use anteroom_media::Transport;

use crate::rooms_port::Route;
use crate::transport::{Demux, Framer, FramingError, append};

/// Whose packet is this?
#[derive(Default)]
pub struct DemuxHarness(Demux);

impl DemuxHarness {
    pub fn find(&mut self, from: (Transport, SocketAddr), bytes: &[u8]) -> Option<Route> {
        self.0.find(from, bytes)
    }

    pub fn answered(&mut self, to: (Transport, SocketAddr)) -> bool {
        self.0.answered(to)
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

    /// How many addresses are known, how many are asking, and how many names and peers there are.
    pub fn sizes(&self) -> [usize; 4] {
        self.0.sizes()
    }
}

/// One TCP connection's packets.
#[derive(Default)]
pub struct FramerHarness(Framer);

impl FramerHarness {
    /// False when the connection is to be closed. `each` says whether to go on.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8]) -> bool) -> bool {
        self.0.push(bytes, |packet| if each(packet) { Ok(()) } else { Err(FramingError) }).is_ok()
    }

    /// Bytes held back for the rest of a packet.
    pub fn buffered(&self) -> usize {
        self.0.buffered()
    }
}

/// A packet as it goes out on a TCP connection.
pub fn frame(packet: &[u8]) -> Vec<u8> {
    let mut waiting = Vec::new();
    append(&mut waiting, packet);
    waiting
}
