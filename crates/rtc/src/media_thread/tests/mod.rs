//! The thread's event_loop over real loopback sockets, with the time given by the test.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use anteroom_media::{PeerId, Transport};

use super::{EventLoop, Handle, clock};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::{Config, Sockets, request_to};

const RTP: &[u8] = &[0x80, 96, 0, 1, 2, 3];
const ROUTE: Route = Route { room: 7, peer: PeerId(1) };

/// RoomLoop that echo every packet of a routed peer and remember what they saw.
#[derive(Default)]
struct Echo {
    routed: Vec<(String, Route)>,
    unrouted: Vec<Route>,
    received: Vec<(Transport, Vec<u8>)>,
    replies: Vec<(Transport, SocketAddr, SocketAddr, Vec<u8>)>,
    /// Whether strangers' requests are answered, as if they were signed.
    ignore_stun: bool,
}

enum EchoCommand {
    Route(&'static str),
    Unroute,
    Send(Transport, SocketAddr, usize),
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

    fn datagram(&mut self, _: Instant, to: Route, datagram: Datagram<'_>) {
        let Datagram { transport, source, destination, bytes } = datagram;
        assert_eq!(to, ROUTE);
        self.received.push((transport, bytes.to_vec()));
        if !self.ignore_stun {
            self.replies.push((transport, destination, source, bytes.to_vec()));
        }
    }

    fn tick(&mut self, _: Instant) {}

    fn deadline(&self) -> Option<Instant> {
        None
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
    now: Instant,
}

impl Harness {
    fn new() -> Self {
        let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
        let sockets = Sockets::bind(&config).unwrap();
        let address = sockets.udp_candidates()[0];
        let (event_loop, handle) = EventLoop::new(sockets, Echo::default()).unwrap();
        let mut harness = Self { event_loop, handle, address, now: clock() };
        harness.command(EchoCommand::Route("known"));
        harness
    }

    fn command(&mut self, command: EchoCommand) {
        self.handle.send(command).unwrap();
        self.turn();
    }

    /// One turn, when there is something to do.
    fn turn(&mut self) {
        self.event_loop.wait(self.now).unwrap();
        self.event_loop.serve(self.now);
    }

    /// Turns until the rooms have received so many packets.
    fn until_received(&mut self, count: usize) -> &[(Transport, Vec<u8>)] {
        while self.event_loop.rooms.received.len() < count {
            self.turn();
        }
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

    /// Turns until the other end has been closed.
    fn until_closed(&mut self, stream: &mut TcpStream) {
        stream.set_nonblocking(true).unwrap();
        let mut buffer = [0; 4_096];
        loop {
            match stream.read(&mut buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    // Nothing may ever happen again except by the timer: do not sleep for good.
                    self.handle.waker.wake().unwrap();
                    self.turn();
                }
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}

fn frame(packet: &[u8]) -> Vec<u8> {
    let mut framed = u16::try_from(packet.len()).unwrap().to_be_bytes().to_vec();
    framed.extend(packet);
    framed
}

fn read_frame(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut packet = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut packet).unwrap();
    packet
}

#[test]
fn a_stranger_is_heard_only_when_it_asks_for_somebody_who_is_here() {
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
    assert_eq!(harness.until_received(2)[1].1, RTP, "now it is a peer");
}

#[test]
fn a_request_that_is_not_answered_makes_nobody_a_peer() {
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
fn frames_split_at_every_byte_arrive_whole() {
    let mut harness = Harness::new();
    let mut stream = harness.tcp();
    stream.set_nodelay(true).unwrap();
    for byte in frame(&request_to("known")) {
        stream.write_all(&[byte]).unwrap();
        harness.turn();
    }
    harness.until_received(1);
    assert_eq!(read_frame(&mut stream), request_to("known"));
    let two = [frame(RTP), frame(&[0x80; 1_200])].concat();
    stream.write_all(&two).unwrap();
    let received = harness.until_received(3);
    assert_eq!(received[1], (Transport::Tcp, RTP.to_vec()));
    assert_eq!(received[2].1.len(), 1_200);
}

#[test]
fn a_connection_that_speaks_nonsense_is_closed_and_no_other() {
    let mut harness = Harness::new();
    let mut good = harness.tcp();
    good.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &frame(RTP), &frame(&request_to("unknown")), &[0, 0]] {
        let mut bad = harness.tcp();
        bad.write_all(nonsense).unwrap();
        harness.until_closed(&mut bad);
    }
    good.write_all(&frame(RTP)).unwrap();
    assert_eq!(harness.until_received(2)[1].1, RTP);
}

#[test]
fn a_connection_that_says_nothing_is_closed_when_its_time_is_up() {
    let mut harness = Harness::new();
    let mut idle = harness.tcp();
    let mut known = harness.tcp();
    known.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    while harness.event_loop.net.deadline().is_none() {
        harness.turn();
    }
    harness.now += Duration::from_secs(11);
    harness.until_closed(&mut idle);
    known.write_all(&frame(RTP)).unwrap();
    assert_eq!(harness.until_received(2)[1].1, RTP, "who was recognised may be idle");
}

#[test]
fn one_address_cannot_take_all_the_connections() {
    let mut harness = Harness::new();
    let mut streams: Vec<TcpStream> = (0..65).map(|_| harness.tcp()).collect();
    let mut last = streams.pop().unwrap();
    harness.until_closed(&mut last);
    streams[0].write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
}

#[test]
fn someone_who_does_not_read_is_closed_before_it_fills_our_memory() {
    let mut harness = Harness::new();
    let mut slow = harness.tcp();
    slow.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    let to = slow.local_addr().unwrap();
    for _ in 0..100 {
        harness.command(EchoCommand::Send(Transport::Tcp, to, 100));
    }
    harness.until_closed(&mut slow);
}

#[test]
fn who_is_unrouted_is_a_stranger_again_and_its_connections_end() {
    let mut harness = Harness::new();
    let mut stream = harness.tcp();
    stream.write_all(&frame(&request_to("known"))).unwrap();
    harness.until_received(1);
    harness.command(EchoCommand::Unroute);
    harness.until_closed(&mut stream);
    let socket = harness.udp();
    socket.send(&request_to("known")).unwrap();
    harness.command(EchoCommand::Route("again"));
    socket.send(&request_to("again")).unwrap();
    assert_eq!(harness.until_received(2)[1].1, request_to("again"));
}

#[test]
fn the_thread_obeys_stops_and_then_takes_no_more() {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
    let sockets = Sockets::bind(&config).unwrap();
    let address = sockets.udp_candidates()[0];
    let (handle, thread) = super::start(sockets, Echo::default()).unwrap();
    handle.send(EchoCommand::Route("known")).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let mut buffer = [0; 100];
    // The command may be obeyed after the first datagram: ask until answered, as ICE does.
    while socket.send(&request_to("known")).is_err() || socket.recv(&mut buffer).is_err() {}
    drop(thread);
    assert!(handle.send(EchoCommand::Unroute).is_err());
}
