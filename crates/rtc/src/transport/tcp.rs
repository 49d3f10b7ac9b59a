//! Passive ICE-TCP (RFC 6544), for clients whose network blocks UDP.
//!
//! An unauthenticated connection costs little memory and no time: it must send STUN for a known ufrag within seconds,
//! their number per address is limited, and buffered data is bounded.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use socket2::{Domain, Protocol, Socket, Type};

use super::rfc4571::{self, Framer, FramingError};

/// A connection that no peer has answered within this time is closed.
pub(crate) const STRANGER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections in all, and per address: a household or a small clinic may share one.
const MAX_CONNECTIONS: usize = 4_096;
const MAX_PER_ADDRESS: usize = 64;
/// Unsent bytes for a slow reader, about a second of video. Beyond that the connection is closed: reconnecting is
/// faster.
const MAX_SEND_BUFFER: usize = 512 * 1024;
const READ_BUFFER: usize = 16 * 1024;

pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) candidate: SocketAddr,
    pub(crate) ready: bool,
}

impl Listener {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(1_024)?;
        Ok(socket.into())
    }

    pub(crate) fn new(socket: std::net::TcpListener, candidate: SocketAddr) -> Self {
        Self { socket: TcpListener::from_std(socket), candidate, ready: true }
    }
}

pub(crate) struct TcpConnection {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    pub(crate) candidate: SocketAddr,
    recognised: bool,
    framer: Framer,
    send_buffer: Vec<u8>,
}

/// All open connections, by mio token and by remote address.
#[derive(Default)]
pub(crate) struct Connections {
    open: HashMap<usize, TcpConnection>,
    by_peer: HashMap<SocketAddr, usize>,
    per_address: HashMap<IpAddr, usize>,
    /// Connections that may have more to read. mio reports an event only once.
    ready: BTreeSet<usize>,
    /// Connections that may be unrecognised, with the time they are closed, oldest first.
    unrecognised: VecDeque<(Instant, usize)>,
}

/// A connection is to be closed.
#[derive(Debug)]
pub(crate) struct Close;

impl Connections {
    /// Whether the limits allow one more connection from there.
    pub(crate) fn has_capacity_for(&self, peer: SocketAddr) -> bool {
        let from_there = self.per_address.get(&limit_key(peer)).copied().unwrap_or(0);
        self.open.len() < MAX_CONNECTIONS && from_there < MAX_PER_ADDRESS && !self.by_peer.contains_key(&peer)
    }

    pub(crate) fn insert(
        &mut self,
        now: Instant,
        number: usize,
        stream: TcpStream,
        peer: SocketAddr,
        candidate: SocketAddr,
    ) {
        // Otherwise small packets wait for large ones (Nagle).
        let _ = stream.set_nodelay(true);
        *self.per_address.entry(limit_key(peer)).or_default() += 1;
        self.by_peer.insert(peer, number);
        let connection = TcpConnection {
            stream,
            peer,
            candidate,
            recognised: false,
            framer: Framer::default(),
            send_buffer: Vec::new(),
        };
        self.open.insert(number, connection);
        self.ready.insert(number);
        self.unrecognised.push_back((now + STRANGER_TIMEOUT, number));
    }

    pub(crate) fn remove(&mut self, number: usize) -> Option<TcpConnection> {
        let connection = self.open.remove(&number)?;
        self.ready.remove(&number);
        self.by_peer.remove(&connection.peer);
        let limit_key = limit_key(connection.peer);
        if let Some(count) = self.per_address.get_mut(&limit_key) {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(&limit_key);
            }
        }
        Some(connection)
    }

    pub(crate) fn by_number(&mut self, number: usize) -> Option<&mut TcpConnection> {
        self.open.get_mut(&number)
    }

    pub(crate) fn number_of(&self, peer: SocketAddr) -> Option<usize> {
        self.by_peer.get(&peer).copied()
    }

    /// mio reports data to read or room to write.
    pub(crate) fn mark_ready(&mut self, number: usize) {
        if self.open.contains_key(&number) {
            self.ready.insert(number);
        }
    }

    /// Up to `most` connections that may have data to read; the others follow in the next turn.
    pub(crate) fn take_ready(&mut self, most: usize) -> Vec<usize> {
        std::iter::from_fn(|| self.ready.pop_first()).take(most).collect()
    }

    pub(crate) fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Connections that were not recognised in time.
    pub(crate) fn expired(&mut self, now: Instant) -> Vec<usize> {
        let mut late = Vec::new();
        while let Some((_, number)) = self.unrecognised.pop_front_if(|(until, _)| *until <= now) {
            if self.open.get(&number).is_some_and(|open| !open.recognised) {
                late.push(number);
            }
        }
        late
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.unrecognised.front().map(|(until, _)| *until)
    }
}

impl TcpConnection {
    /// A peer has answered it.
    pub(crate) fn recognise(&mut self) {
        self.recognised = true;
    }

    /// Reads once and passes every complete packet to `each`; true if there may be more. Before it is recognised, a
    /// packet that `each` rejects closes the connection; afterwards it is ignored.
    pub(crate) fn receive(&mut self, mut each: impl FnMut(&[u8]) -> bool) -> Result<bool, Close> {
        let mut buffer = [0; READ_BUFFER];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err(Close),
            Ok(length) => {
                let recognised = self.recognised;
                let bytes = buffer.get(..length).ok_or(Close)?;
                let each = |packet: &[u8]| {
                    if each(packet) || recognised { Ok(()) } else { Err(FramingError) }
                };
                self.framer.push(bytes, each).map_err(|FramingError| Close).map(|()| true)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            Err(_) => Err(Close),
        }
    }

    /// Sends a packet, or buffers it until the socket is writable.
    pub(crate) fn send(&mut self, packet: &[u8]) -> Result<(), Close> {
        rfc4571::append(&mut self.send_buffer, packet);
        self.flush()?;
        if self.send_buffer.len() > MAX_SEND_BUFFER { Err(Close) } else { Ok(()) }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Close> {
        while !self.send_buffer.is_empty() {
            match self.stream.write(&self.send_buffer) {
                Ok(0) => return Err(Close),
                Ok(length) => drop(self.send_buffer.drain(..length)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Close),
            }
        }
        Ok(())
    }
}

/// The address that is counted for the limit: an IPv4 address, or the /64 an IPv6 customer is given.
fn limit_key(peer: SocketAddr) -> IpAddr {
    match peer.ip() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        four => four,
    }
}
