//! Reads the sockets and passes packets to the rooms; sends the packets of the rooms.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anteroom_media::Transport;
use mio::{Interest, Registry, Token};

use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::{
    Close, Connections, Counter, Demux, Listener, READ_BUFFER, SendBatch, SharedStats, Sockets, TransportStats, Udp,
    candidate_for, receive_batch,
};

/// Connections that are read, and accepts, per turn.
const BATCH: usize = 64;

pub(crate) struct Net {
    registry: Registry,
    udp: Vec<Udp>,
    listeners: Vec<Listener>,
    connections: Connections,
    demux: Demux,
    /// UDP datagrams of this turn that wait for [`Net::flush`].
    outgoing: SendBatch,
    stats: TransportStats,
    shared_stats: Arc<SharedStats>,
    read_buffer: Vec<u8>,
    /// The time of the current turn; `None` before the first.
    now: Option<Instant>,
    /// mio token of the next connection. Never reused: a late event for a closed connection must not reach a new one.
    next: usize,
}

impl Net {
    /// Takes the sockets over. Tokens below `first` belong to the caller.
    pub(crate) fn new(sockets: Sockets, registry: Registry, first: usize) -> io::Result<Self> {
        let candidates = sockets.udp_candidates().to_vec();
        let mut net = Self {
            registry,
            udp: Vec::new(),
            listeners: Vec::new(),
            connections: Connections::default(),
            demux: Demux::default(),
            outgoing: SendBatch::default(),
            stats: TransportStats::default(),
            shared_stats: sockets.stats(),
            read_buffer: vec![0; READ_BUFFER],
            now: None,
            next: first,
        };
        for socket in sockets.udp {
            let candidate = candidate_for(socket.local_addr()?, &candidates);
            let mut udp = Udp::new(socket, candidate);
            net.registry.register(&mut udp.socket, Token(net.next), Interest::READABLE)?;
            net.udp.push(udp);
            net.next += 1;
        }
        for socket in sockets.tcp {
            let candidate = candidate_for(socket.local_addr()?, &candidates);
            let mut listener = Listener::new(socket, candidate);
            net.registry.register(&mut listener.socket, Token(net.next), Interest::READABLE)?;
            net.listeners.push(listener);
            net.next += 1;
        }
        Ok(net)
    }

    /// mio reports an event for the socket with this token.
    pub(crate) fn mark_ready(&mut self, number: usize, first: usize) {
        let at = number.wrapping_sub(first);
        let (udp, listeners) = (self.udp.len(), self.listeners.len());
        if let Some(socket) = self.udp.get_mut(at) {
            socket.ready = true;
        } else if let Some(listener) = self.listeners.get_mut(at.wrapping_sub(udp)) {
            listener.ready = true;
        } else if at >= udp + listeners {
            self.connections.mark_ready(number);
        }
    }

    /// There is more to read than the last turn's batch.
    pub(crate) fn is_ready(&self) -> bool {
        self.udp.iter().any(|udp| udp.ready)
            || self.listeners.iter().any(|listener| listener.ready)
            || self.connections.is_ready()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.connections.deadline()
    }

    /// The end of a turn: sends what [`Wire::send`] has collected, and publishes the counters.
    pub(crate) fn flush(&mut self) {
        self.outgoing.flush(&mut self.udp, &mut self.stats);
        while let Some(number) = self.connections.next_unflushed() {
            if self.flush_connection(number).is_err() {
                self.close(number);
            }
        }
        while let Some(displaced) = self.demux.next_displaced() {
            self.close_connection_from(displaced);
        }
        self.stats.add(Counter::DroppedPendingStun, self.demux.take_forgotten());
        self.shared_stats.publish(&self.stats);
    }

    /// One turn of reading: a batch from each socket.
    pub(crate) fn receive(&mut self, now: Instant, rooms: &mut impl RoomLoop) {
        self.now = Some(now);
        self.receive_datagrams(rooms);
        self.accept(now);
        self.receive_frames(now, rooms);
        for number in self.connections.expired(now) {
            self.close(number);
        }
    }

    fn receive_datagrams(&mut self, rooms: &mut impl RoomLoop) {
        let demux = &mut self.demux;
        for udp in self.udp.iter_mut().filter(|udp| udp.ready) {
            let (transport, destination) = (Transport::Udp, udp.candidate);
            receive_batch::receive(udp, &mut self.stats, |source, at, bytes, stats| {
                deliver(demux, stats, at, Datagram { transport, source, destination, bytes }, rooms);
            });
        }
    }

    fn accept(&mut self, now: Instant) {
        for listener in self.listeners.iter_mut().filter(|listener| listener.ready) {
            for _ in 0..BATCH {
                let Ok((mut stream, peer)) = listener.socket.accept() else {
                    listener.ready = false;
                    break;
                };
                let number = self.next;
                let both = Interest::READABLE | Interest::WRITABLE;
                if !self.connections.has_capacity_for(peer) {
                    self.stats.add(Counter::TcpConnectionsRefused, 1);
                } else if self.registry.register(&mut stream, Token(number), both).is_ok() {
                    self.next += 1;
                    self.connections.insert(now, number, stream, peer, listener.candidate);
                }
            }
        }
    }

    fn receive_frames(&mut self, now: Instant, rooms: &mut impl RoomLoop) {
        for _ in 0..self.connections.ready().min(BATCH) {
            let Some(number) = self.connections.next_ready() else { break };
            let Some(connection) = self.connections.by_number(number) else { continue };
            let (source, destination, transport) = (connection.peer, connection.candidate, Transport::Tcp);
            let (demux, stats) = (&mut self.demux, &mut self.stats);
            let read = connection.flush(now, stats).and_then(|()| {
                connection.receive(&mut self.read_buffer, |bytes| {
                    stats.add(Counter::TcpFramesReceived, 1);
                    deliver(demux, stats, now, Datagram { transport, source, destination, bytes }, rooms)
                })
            });
            match read {
                Ok(true) => self.connections.mark_ready(number),
                Ok(false) => {}
                Err(_) => self.close(number),
            }
        }
    }

    fn send_datagram(&mut self, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        if self.demux.awaits_answers() {
            self.demux.answered((Transport::Udp, destination));
        }
        let of_source = self.udp.iter().position(|udp| udp.candidate == source);
        let of_family = || self.udp.iter().position(|udp| udp.candidate.is_ipv4() == destination.is_ipv4());
        let Some(socket) = of_source.or_else(of_family) else { return };
        self.outgoing.push(socket, destination, bytes);
        if self.outgoing.is_full() {
            self.outgoing.flush(&mut self.udp, &mut self.stats);
        }
    }

    fn send_frame(&mut self, destination: SocketAddr, bytes: &[u8]) {
        let Some(number) = self.connections.number_of(destination) else { return };
        let (Some(now), Some(connection)) = (self.now, self.connections.by_number(number)) else { return };
        if !connection.is_recognised() && self.demux.answered((Transport::Tcp, destination)) {
            connection.recognise();
        }
        self.connections.send(now, number, bytes, &mut self.stats);
    }

    fn flush_connection(&mut self, number: usize) -> Result<(), Close> {
        let (Some(now), Some(connection)) = (self.now, self.connections.by_number(number)) else { return Ok(()) };
        connection.flush(now, &mut self.stats)
    }

    /// Closes the TCP connection from this address, if there is one.
    fn close_connection_from(&mut self, (transport, address): (Transport, SocketAddr)) {
        if transport == Transport::Tcp
            && let Some(number) = self.connections.number_of(address)
        {
            // A close_notify of this turn; if it cannot be sent, the closed connection says the same.
            let _ = self.flush_connection(number);
            self.close(number);
        }
    }

    fn close(&mut self, number: usize) {
        if let Some(mut connection) = self.connections.remove(number) {
            // Dropping the stream closes it; a registration that is already gone is no loss.
            let _ = self.registry.deregister(&mut connection.stream);
            self.demux.address_closed((Transport::Tcp, connection.peer));
        }
    }
}

/// Passes a packet to its peer, if there is one and its budget allows. False if nobody has asked for it.
fn deliver(
    demux: &mut Demux,
    stats: &mut TransportStats,
    at: Instant,
    datagram: Datagram<'_>,
    rooms: &mut impl RoomLoop,
) -> bool {
    let Some(peer) = demux.find((datagram.transport, datagram.source), datagram.bytes) else {
        stats.add(Counter::DroppedUnknownAddress, 1);
        return false;
    };
    match demux.admit(peer, at, datagram.bytes) {
        Ok(route) => {
            if rooms.datagram(at, route, datagram) && demux.authenticated(peer, datagram.bytes).is_err() {
                stats.add(Counter::PeersOverrun, 1);
                rooms.overrun(at, route);
            }
        }
        Err(counter) => stats.add(counter, 1),
    }
    true
}

impl Wire for Net {
    fn send(&mut self, transport: Transport, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        match transport {
            Transport::Udp => self.send_datagram(source, destination, bytes),
            Transport::Tcp => self.send_frame(destination, bytes),
        }
    }

    fn route(&mut self, ufrag: &str, to: Route) {
        self.demux.route(ufrag, to);
    }

    fn count(&mut self, counter: Counter, events: u64) {
        self.stats.add(counter, events as usize);
    }

    fn unroute(&mut self, to: Route) {
        for address in self.demux.unroute(to) {
            self.close_connection_from(address);
        }
    }
}
