//! Passive ICE-TCP (RFC 6544), for clients whose network blocks UDP.
//!
//! An unauthenticated connection costs little memory and no time: it must send STUN for a known ufrag within seconds,
//! their number per address is limited, and buffered data is bounded.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};

use super::frame_queue::FrameQueue;
use super::rfc4571::{Framer, FramingError};
use super::stats::{Counter, TransportStats};

/// A connection that no peer has answered within this time is closed.
pub(crate) const STRANGER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections in all, and per address: a household or a small clinic may share one.
const MAX_CONNECTIONS: usize = 4_096;
const MAX_PER_ADDRESS: usize = 64;
/// Bytes in the kernel that are not sent yet (TCP_NOTSENT_LOWAT). More would wait there for seconds on a slow line,
/// where nothing can be dropped.
const MAX_NOT_SENT: u32 = 64 * 1024;
/// The kernel closes a connection whose other side confirms nothing or reads nothing for this long (RFC 5482).
const STALL_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection without packets is probed after this time, and then at this interval: one that is never answered is
/// closed by [`STALL_TIMEOUT`]. Without probes a client that is gone would keep its place for hours.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(15);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// Bytes read from one connection in a turn.
pub(crate) const READ_BUFFER: usize = 16 * 1024;

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
    unsent: FrameQueue,
    is_ready: bool,
    awaits_flush: bool,
}

/// All open connections, by mio token and by remote address.
#[derive(Default)]
pub(crate) struct Connections {
    open: HashMap<usize, TcpConnection>,
    by_peer: HashMap<SocketAddr, usize>,
    per_address: HashMap<IpAddr, usize>,
    /// Connections that may have more to read, the longest waiting first. mio reports an event only once.
    ready: VecDeque<usize>,
    /// Connections with frames of this turn.
    unflushed: Vec<usize>,
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
        let options = SockRef::from(&stream);
        let _ = options.set_tcp_notsent_lowat(MAX_NOT_SENT);
        let _ = options.set_tcp_user_timeout(Some(STALL_TIMEOUT));
        let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_INTERVAL);
        let _ = options.set_tcp_keepalive(&keepalive);
        *self.per_address.entry(limit_key(peer)).or_default() += 1;
        self.by_peer.insert(peer, number);
        let connection = TcpConnection {
            stream,
            peer,
            candidate,
            recognised: false,
            framer: Framer::default(),
            unsent: FrameQueue::default(),
            is_ready: false,
            awaits_flush: false,
        };
        self.open.insert(number, connection);
        self.mark_ready(number);
        self.unrecognised.push_back((now + STRANGER_TIMEOUT, number));
    }

    pub(crate) fn remove(&mut self, number: usize) -> Option<TcpConnection> {
        let connection = self.open.remove(&number)?;
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
        if let Some(connection) = self.open.get_mut(&number)
            && !std::mem::replace(&mut connection.is_ready, true)
        {
            self.ready.push_back(number);
        }
    }

    /// The connection that has waited longest for its turn to be read.
    pub(crate) fn next_ready(&mut self) -> Option<usize> {
        let number = self.ready.pop_front()?;
        if let Some(connection) = self.open.get_mut(&number) {
            connection.is_ready = false;
        }
        Some(number)
    }

    /// How many wait for their turn.
    pub(crate) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// Queues a packet for [`TcpConnection::flush`] at the end of the turn. A packet for which there is no space is
    /// dropped, as the network would.
    pub(crate) fn send(&mut self, now: Instant, number: usize, packet: &[u8], stats: &mut TransportStats) {
        let Some(connection) = self.open.get_mut(&number) else { return };
        stats.add(Counter::DroppedTcpQueueLate, connection.unsent.drop_late(now));
        if !connection.unsent.push(now, packet) {
            stats.add(Counter::DroppedTcpQueueFull, 1);
        }
        if !std::mem::replace(&mut connection.awaits_flush, true) {
            self.unflushed.push(number);
        }
    }

    /// A connection with frames of this turn.
    pub(crate) fn next_unflushed(&mut self) -> Option<usize> {
        let number = self.unflushed.pop()?;
        if let Some(connection) = self.open.get_mut(&number) {
            connection.awaits_flush = false;
        }
        Some(number)
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

    pub(crate) fn is_recognised(&self) -> bool {
        self.recognised
    }

    /// Reads once and passes every complete packet to `each`; true if there may be more. Before it is recognised, a
    /// packet that `each` rejects closes the connection; afterwards it is ignored.
    pub(crate) fn receive(&mut self, buffer: &mut [u8], mut each: impl FnMut(&[u8]) -> bool) -> Result<bool, Close> {
        match self.stream.read(buffer) {
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

    /// Sends what waits and is not late, as far as the kernel takes it; the rest follows when the socket is writable.
    pub(crate) fn flush(&mut self, now: Instant, stats: &mut TransportStats) -> Result<(), Close> {
        stats.add(Counter::DroppedTcpQueueLate, self.unsent.drop_late(now));
        while !self.unsent.is_empty() {
            stats.add(Counter::TcpWriteCalls, 1);
            match self.stream.write_vectored(&self.unsent.slices()) {
                Ok(0) => return Err(Close),
                Ok(length) => stats.add(Counter::TcpFramesSent, self.unsent.consume(length)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "origin of the test's time")]
    fn connections(count: usize) -> (Connections, Vec<std::net::TcpStream>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (mut connections, mut clients) = (Connections::default(), Vec::new());
        for number in 0..count {
            clients.push(std::net::TcpStream::connect(address).unwrap());
            let (stream, peer) = listener.accept().unwrap();
            stream.set_nonblocking(true).unwrap();
            connections.insert(Instant::now(), number, TcpStream::from_std(stream), peer, address);
        }
        (connections, clients)
    }

    #[test]
    fn busy_connections_wait_behind_the_others() {
        let (mut connections, _clients) = connections(5);
        let mut order = Vec::new();
        for _ in 0..10 {
            let number = connections.next_ready().unwrap();
            order.push(number);
            connections.mark_ready(number);
            connections.mark_ready(number);
        }
        assert_eq!(order, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
        assert_eq!(connections.ready(), 5, "each once");
    }

    #[test]
    fn kernel_bounds_what_is_not_sent_and_how_long_a_reader_may_stall() {
        let (mut connections, _clients) = connections(1);
        let options = SockRef::from(&connections.by_number(0).unwrap().stream).tcp_notsent_lowat().unwrap();
        assert_eq!(options, MAX_NOT_SENT);
        let timeout = SockRef::from(&connections.by_number(0).unwrap().stream).tcp_user_timeout().unwrap();
        assert_eq!(timeout, Some(STALL_TIMEOUT));
    }

    #[test]
    fn kernel_probes_a_connection_without_packets() {
        let (mut connections, _clients) = connections(1);
        let options = SockRef::from(&connections.by_number(0).unwrap().stream);
        assert!(options.keepalive().unwrap());
        assert_eq!(options.tcp_keepalive_time().unwrap(), KEEPALIVE_AFTER);
        assert_eq!(options.tcp_keepalive_interval().unwrap(), KEEPALIVE_INTERVAL);
    }
}
