//! The port between a media thread and its rooms: what each side calls on the other.

use std::net::SocketAddr;
use std::time::Instant;

use anteroom_media::{PeerId, Transport};

use crate::transport::Counter;

/// Which peer of which room a datagram is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// Room number; never reused while the process runs.
    pub room: u64,
    /// The peer in that room.
    pub peer: PeerId,
}

/// One received packet and the addresses it came from and to.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    /// UDP, or one RFC 4571 frame of a TCP connection.
    pub transport: Transport,
    /// The remote address.
    pub source: SocketAddr,
    /// The local candidate it was sent to.
    pub destination: SocketAddr,
    /// The packet, without framing.
    pub bytes: &'a [u8],
}

/// What a media thread drives: its live rooms.
///
/// The thread calls `drain` once after any number of `command`, `datagram` and `tick`. Each call must be short: one
/// thread serves every room.
pub trait RoomLoop: Send {
    /// What the rest of the process sends to the rooms.
    type Command: Send + 'static;

    /// Handles one command.
    fn command(&mut self, now: Instant, command: Self::Command);
    /// Handles one packet for a routed peer. True if it was decrypted: nobody but the peer can have sent it.
    fn datagram(&mut self, now: Instant, to: Route, datagram: Datagram<'_>) -> bool;
    /// Ends a peer that has sent RTP with too many SSRCs. None of its packets follow.
    fn overrun(&mut self, now: Instant, of: Route);
    /// Handles every deadline up to `now`.
    fn tick(&mut self, now: Instant);
    /// When to call `tick` next.
    fn deadline(&self) -> Option<Instant>;
    /// Passes on everything that is to be sent or routed.
    fn drain(&mut self, wire: &mut dyn Wire);
}

/// What rooms may do to the network while they are drained.
pub trait Wire {
    /// Sends one packet at the end of the turn; drops it when the socket buffer is full, as the network would.
    fn send(&mut self, transport: Transport, source: SocketAddr, destination: SocketAddr, bytes: &[u8]);
    /// Routes STUN requests for this local ufrag to that peer. A peer may have several ufrags.
    fn route(&mut self, ufrag: &str, to: Route);
    /// Counts what the rooms have dropped or refused because a limit was reached.
    fn count(&mut self, counter: Counter, events: u64);
    /// Removes the peer: its ufrags, its addresses, its TCP connections.
    fn unroute(&mut self, to: Route);
}
