//! The one thread that owns every live room: it polls the sockets, feeds the rooms, sends what they say.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Instant;

use anteroom_media::{PeerId, Transport};

use crate::wire::Sockets;

/// Which room's which peer a datagram is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// The room, by a number that is never reused while the process lives.
    pub room: u64,
    /// The peer in it.
    pub peer: PeerId,
}

/// What the thread drives: every live room of this process.
///
/// After any number of the first three, the thread calls `drain` once. Work per call is small: the
/// thread serves everybody.
pub trait Rooms: Send {
    /// What the rest of the program asks of the rooms.
    type Command: Send + 'static;

    /// Someone asked for something.
    fn command(&mut self, now: Instant, command: Self::Command);
    /// Bytes for a peer that was routed.
    fn datagram(
        &mut self,
        now: Instant,
        at: Route,
        transport: Transport,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    );
    /// A deadline has passed.
    fn tick(&mut self, now: Instant);
    /// When to tick next.
    fn deadline(&self) -> Option<Instant>;
    /// Hands everything out that is to be sent or routed.
    fn drain(&mut self, wire: &mut dyn Wire);
}

/// What rooms may do to the outside, while they are drained.
pub trait Wire {
    /// Sends bytes; drops them when the socket is full, as the network would.
    fn send(
        &mut self,
        transport: Transport,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
    );
    /// From now on STUN for this local ufrag is for that peer. A peer may have several ufrags.
    fn route(&mut self, ufrag: &str, to: Route);
    /// Forgets the peer: its ufrags, its addresses, its TCP connections.
    fn unroute(&mut self, to: Route);
}

/// How the rest of the program speaks to the thread.
pub struct Handle<C> {
    commands: mpsc::Sender<C>,
}

impl<C> Clone for Handle<C> {
    fn clone(&self) -> Self {
        Self {
            commands: self.commands.clone(),
        }
    }
}

/// The media thread has ended.
#[derive(Debug, thiserror::Error)]
#[error("the media thread has stopped")]
pub struct Stopped;

impl<C: Send + 'static> Handle<C> {
    /// Hands a command over and wakes the thread. Never blocks.
    pub fn send(&self, command: C) -> Result<(), Stopped> {
        self.commands.send(command).map_err(|_| Stopped)
    }
}

/// The running thread. Dropping it stops and joins it.
pub struct MediaThread {}

/// Starts the thread that owns `rooms` and `sockets`.
pub fn start<R: Rooms + 'static>(
    sockets: Sockets,
    rooms: R,
) -> std::io::Result<(Handle<R::Command>, MediaThread)> {
    let _ = (sockets, rooms);
    Err(std::io::Error::other("the skeleton comes before the body"))
}
