//! Turns of the event loop over real loopback sockets, with the time given by the test.

mod call;
mod tcp;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_media::{PeerId, Transport};

use super::{EventLoop, Handle, clock, start};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::{Config, Counter, SharedStats, Sockets, request_to};

/// No test waits longer than this for anything.
const LIMIT: Duration = Duration::from_secs(30);

const RTP: &[u8] = &[0x80, 96, 0, 1, 2, 3];
const ROUTE: Route = Route { room: 7, peer: PeerId(1) };

/// Echoes every packet of a routed peer and records it.
struct Echo {
    routed: Vec<(String, Route)>,
    unrouted: Vec<Route>,
    received: Vec<(Transport, Vec<u8>)>,
    replies: Vec<(Transport, SocketAddr, SocketAddr, Vec<u8>)>,
    overrun: Vec<Route>,
    /// No packet is answered, as if the STUN requests had no valid signature.
    ignore_stun: bool,
    /// Packets are forged: none can be decrypted.
    forged: bool,
    /// No wait for an event takes longer than until then.
    deadline: Instant,
}

enum EchoCommand {
    Route(&'static str),
    Unroute,
    Send(Transport, SocketAddr, usize),
}

impl Echo {
    fn new(now: Instant) -> Self {
        let (routed, unrouted, received, replies) = (vec![], vec![], vec![], vec![]);
        let (ignore_stun, forged, deadline) = (false, false, now + LIMIT);
        Self { routed, unrouted, received, replies, overrun: vec![], ignore_stun, forged, deadline }
    }
}

impl RoomLoop for Echo {
    type Command = EchoCommand;

    fn command(&mut self, _: Instant, command: EchoCommand) {
        match command {
            EchoCommand::Route(ufrag) => self.routed.push((ufrag.to_owned(), ROUTE)),
            EchoCommand::Unroute => self.unrouted.push(ROUTE),
            EchoCommand::Send(transport, to, times) => {
                let packet = (transport, to, to, vec![1; 1_200]);
                self.replies.extend(std::iter::repeat_n(packet, times));
            }
        }
    }

    fn datagram(&mut self, _: Instant, to: Route, datagram: Datagram<'_>) -> bool {
        let Datagram { transport, source, destination, bytes } = datagram;
        assert_eq!(to, ROUTE);
        self.received.push((transport, bytes.to_vec()));
        if !self.ignore_stun {
            self.replies.push((transport, destination, source, bytes.to_vec()));
        }
        !self.forged
    }

    fn overrun(&mut self, _: Instant, of: Route) {
        self.overrun.push(of);
    }

    fn tick(&mut self, _: Instant) {}

    fn deadline(&self) -> Option<Instant> {
        Some(self.deadline)
    }

    fn drain(&mut self, wire: &mut dyn Wire) {
        self.routed.drain(..).for_each(|(ufrag, to)| wire.route(&ufrag, to));
        for (transport, from, to, bytes) in self.replies.drain(..) {
            wire.send(transport, from, to, &bytes);
        }
        self.unrouted.drain(..).for_each(|to| wire.unroute(to));
    }
}

struct Harness {
    event_loop: EventLoop<Echo>,
    handle: Handle<EchoCommand>,
    address: SocketAddr,
    stats: Arc<SharedStats>,
    now: Instant,
}

impl Harness {
    fn new() -> Self {
        let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
        let sockets = Sockets::bind(&config).unwrap();
        let (address, stats) = (sockets.udp_candidates()[0], sockets.stats());
        let now = clock();
        let (event_loop, handle) = EventLoop::new(sockets, Echo::new(now)).unwrap();
        let mut harness = Self { event_loop, handle, address, stats, now };
        harness.command(EchoCommand::Route("known"));
        harness
    }

    fn command(&mut self, command: EchoCommand) {
        self.handle.send(command).unwrap();
        self.turn();
    }

    /// Waits for an event and runs one turn.
    fn turn(&mut self) {
        self.event_loop.wait(self.now).unwrap();
        self.event_loop.serve(self.now);
    }

    /// Runs one turn without waiting for an event.
    fn turn_now(&mut self) {
        self.event_loop.serve(self.now);
    }

    /// Turns until the condition holds; fails after [`LIMIT`].
    fn until(&mut self, what: &str, holds: impl Fn(&EventLoop<Echo>) -> bool) {
        let limit = clock() + LIMIT;
        while !holds(&self.event_loop) {
            assert!(clock() < limit, "timed out: {what}");
            self.turn();
        }
    }

    /// Turns until the rooms have received `count` packets.
    fn until_received(&mut self, count: usize) -> &[(Transport, Vec<u8>)] {
        self.until("packets", |event_loop| event_loop.rooms.received.len() >= count);
        &self.event_loop.rooms.received
    }

    fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    fn udp(&self) -> UdpSocket {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket
    }

    /// Turns until the server has closed the connection.
    fn until_closed(&mut self, stream: &mut TcpStream) {
        stream.set_nonblocking(true).unwrap();
        let mut buffer = [0; 4_096];
        let limit = clock() + LIMIT;
        loop {
            assert!(clock() < limit, "the connection stays open");
            match stream.read(&mut buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    // No socket event may follow: only the timer closes an idle connection.
                    self.handle.waker.wake().unwrap();
                    self.turn();
                }
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

#[test]
fn unknown_address_is_accepted_only_with_stun_for_known_ufrag() {
    let mut harness = Harness::new();
    let stranger = harness.udp();
    stranger.send(RTP).unwrap();
    stranger.send(&request_to("unknown")).unwrap();
    stranger.send(&request_to("known")).unwrap();
    assert_eq!(harness.until_received(1), [(Transport::Udp, request_to("known"))]);
    let mut buffer = [0; 100];
    let length = stranger.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], request_to("known"), "answered from the same address");

    stranger.send(RTP).unwrap();
    assert_eq!(harness.until_received(2)[1].1, RTP, "the address is assigned");
}

#[test]
fn packets_of_a_turn_are_sent_in_order_with_one_call() {
    let mut harness = Harness::new();
    let known = harness.udp();
    known.send(&request_to("known")).unwrap();
    harness.until_received(1);
    let mut buffer = [0; 2_000];
    known.recv(&mut buffer).unwrap();

    harness.event_loop.rooms.ignore_stun = true;
    let (from, to) = (harness.address, known.local_addr().unwrap());
    let frame = [1_000, 1_000, 1_000, 300];
    harness.event_loop.rooms.replies.extend(frame.map(|size| (Transport::Udp, from, to, vec![1; size])));
    harness.turn_now();
    let before = harness.stats.snapshot();
    assert_eq!(frame, frame.map(|_| known.recv(&mut buffer).unwrap()));
    assert_eq!((before[Counter::SendCalls], before[Counter::DatagramsSent]), (2, 5), "one was the answer");
    assert_eq!(before[Counter::BytesSent] as usize, 3_300 + request_to("known").len());
}

#[test]
fn unanswered_stun_request_does_not_assign_the_address() {
    let mut harness = Harness::new();
    harness.event_loop.rooms.ignore_stun = true;
    let stranger = harness.udp();
    stranger.send(&request_to("known")).unwrap();
    harness.until_received(1);
    stranger.send(RTP).unwrap();
    stranger.send(&request_to("known")).unwrap();
    assert_eq!(harness.until_received(2)[1].1, request_to("known"), "the packet between was dropped");
}

#[test]
fn stopped_thread_accepts_no_commands() {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
    let sockets = Sockets::bind(&config).unwrap();
    let address = sockets.udp_candidates()[0];
    let (handle, thread) = start("media".to_owned(), sockets, Echo::new(clock()), |_| {}).unwrap();
    handle.send(EchoCommand::Route("known")).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let mut buffer = [0; 100];
    // The command may be handled after the first datagram: retransmit, as ICE does. 300 times 100 ms are 30 s.
    let mut exchange = || socket.send(&request_to("known")).is_ok() && socket.recv(&mut buffer).is_ok();
    assert!((0..300).any(|_| exchange()), "no answer");
    drop(thread);
    assert!(handle.send(EchoCommand::Unroute).is_err());
}
