//! The thread's turns over real loopback sockets, with the time given by the test.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use anteroom_media::{PeerId, Transport};

use super::{EventLoop, Handle, clock};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::{Config, Sockets, request_to};

const NOBODY: &[u8] = &[0x80, 96, 0, 1, 2, 3];
const ROUTE: Route = Route { room: 7, peer: PeerId(1) };

/// RoomLoop that echo every packet of a routed peer and remember what they saw.
#[derive(Default)]
struct Echo {
    routed: Vec<(String, Route)>,
    unrouted: Vec<Route>,
    heard: Vec<(Transport, Vec<u8>)>,
    replies: Vec<(Transport, SocketAddr, SocketAddr, Vec<u8>)>,
    /// Whether strangers' requests are answered, as if they were signed.
    mute: bool,
}

enum Ask {
    Route(&'static str),
    Unroute,
    Shout(Transport, SocketAddr, usize),
}

impl RoomLoop for Echo {
    type Command = Ask;

    fn command(&mut self, _: Instant, command: Ask) {
        match command {
            Ask::Route(ufrag) => self.routed.push((ufrag.to_owned(), ROUTE)),
            Ask::Unroute => self.unrouted.push(ROUTE),
            Ask::Shout(transport, to, times) => {
                let packet = (transport, to, to, vec![1; 1_200]);
                self.replies.extend(std::iter::repeat_n(packet, times));
            }
        }
    }

    fn datagram(&mut self, _: Instant, to: Route, datagram: Datagram<'_>) {
        let Datagram { transport, source, destination, bytes } = datagram;
        assert_eq!(to, ROUTE);
        self.heard.push((transport, bytes.to_vec()));
        if !self.mute {
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

struct Stage {
    turns: EventLoop<Echo>,
    handle: Handle<Ask>,
    address: SocketAddr,
    now: Instant,
}

impl Stage {
    fn new() -> Self {
        let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
        let sockets = Sockets::bind(&config).unwrap();
        let address = sockets.udp_candidates()[0];
        let (turns, handle) = EventLoop::new(sockets, Echo::default()).unwrap();
        let mut stage = Self { turns, handle, address, now: clock() };
        stage.perform_rpc(Ask::Route("known"));
        stage
    }

    fn perform_rpc(&mut self, perform_rpc: Ask) {
        self.handle.send(perform_rpc).unwrap();
        self.turn();
    }

    /// One turn, when there is something to do.
    fn turn(&mut self) {
        self.turns.wait(self.now).unwrap();
        self.turns.serve(self.now);
    }

    /// Turns until the rooms have heard so many packets.
    fn until_heard(&mut self, count: usize) -> &[(Transport, Vec<u8>)] {
        while self.turns.rooms.heard.len() < count {
            self.turn();
        }
        &self.turns.rooms.heard
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
    let mut stage = Stage::new();
    let stranger = stage.udp();
    stranger.send(NOBODY).unwrap();
    stranger.send(&request_to("unknown")).unwrap();
    stranger.send(&request_to("known")).unwrap();
    assert_eq!(stage.until_heard(1), [(Transport::Udp, request_to("known"))]);
    let mut buffer = [0; 100];
    let length = stranger.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], request_to("known"), "answered from the same address");

    stranger.send(NOBODY).unwrap();
    assert_eq!(stage.until_heard(2)[1].1, NOBODY, "now it is a peer");
}

#[test]
fn a_request_that_is_not_answered_makes_nobody_a_peer() {
    let mut stage = Stage::new();
    stage.turns.rooms.mute = true;
    let stranger = stage.udp();
    stranger.send(&request_to("known")).unwrap();
    stage.until_heard(1);
    stranger.send(NOBODY).unwrap();
    stranger.send(&request_to("known")).unwrap();
    assert_eq!(stage.until_heard(2)[1].1, request_to("known"), "the packet between was dropped");
}

#[test]
fn frames_split_at_every_byte_arrive_whole() {
    let mut stage = Stage::new();
    let mut stream = stage.tcp();
    stream.set_nodelay(true).unwrap();
    for byte in frame(&request_to("known")) {
        stream.write_all(&[byte]).unwrap();
        stage.turn();
    }
    stage.until_heard(1);
    assert_eq!(read_frame(&mut stream), request_to("known"));
    let two = [frame(NOBODY), frame(&[0x80; 1_200])].concat();
    stream.write_all(&two).unwrap();
    let heard = stage.until_heard(3);
    assert_eq!(heard[1], (Transport::Tcp, NOBODY.to_vec()));
    assert_eq!(heard[2].1.len(), 1_200);
}

#[test]
fn a_connection_that_speaks_nonsense_is_closed_and_no_other() {
    let mut stage = Stage::new();
    let mut good = stage.tcp();
    good.write_all(&frame(&request_to("known"))).unwrap();
    stage.until_heard(1);
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &frame(NOBODY), &frame(&request_to("unknown")), &[0, 0]] {
        let mut bad = stage.tcp();
        bad.write_all(nonsense).unwrap();
        stage.until_closed(&mut bad);
    }
    good.write_all(&frame(NOBODY)).unwrap();
    assert_eq!(stage.until_heard(2)[1].1, NOBODY);
}

#[test]
fn a_connection_that_says_nothing_is_closed_when_its_time_is_up() {
    let mut stage = Stage::new();
    let mut silent = stage.tcp();
    let mut known = stage.tcp();
    known.write_all(&frame(&request_to("known"))).unwrap();
    stage.until_heard(1);
    while stage.turns.net.deadline().is_none() {
        stage.turn();
    }
    stage.now += Duration::from_secs(11);
    stage.until_closed(&mut silent);
    known.write_all(&frame(NOBODY)).unwrap();
    assert_eq!(stage.until_heard(2)[1].1, NOBODY, "who was recognised may be silent");
}

#[test]
fn one_address_cannot_take_all_the_connections() {
    let mut stage = Stage::new();
    let mut room_id: Vec<TcpStream> = (0..65).map(|_| stage.tcp()).collect();
    let mut last = room_id.pop().unwrap();
    stage.until_closed(&mut last);
    room_id[0].write_all(&frame(&request_to("known"))).unwrap();
    stage.until_heard(1);
}

#[test]
fn someone_who_does_not_read_is_closed_before_it_fills_our_memory() {
    let mut stage = Stage::new();
    let mut lazy = stage.tcp();
    lazy.write_all(&frame(&request_to("known"))).unwrap();
    stage.until_heard(1);
    let to = lazy.local_addr().unwrap();
    for _ in 0..100 {
        stage.perform_rpc(Ask::Shout(Transport::Tcp, to, 100));
    }
    stage.until_closed(&mut lazy);
}

#[test]
fn who_is_unrouted_is_a_stranger_again_and_its_connections_end() {
    let mut stage = Stage::new();
    let mut stream = stage.tcp();
    stream.write_all(&frame(&request_to("known"))).unwrap();
    stage.until_heard(1);
    stage.perform_rpc(Ask::Unroute);
    stage.until_closed(&mut stream);
    let socket = stage.udp();
    socket.send(&request_to("known")).unwrap();
    stage.perform_rpc(Ask::Route("again"));
    socket.send(&request_to("again")).unwrap();
    assert_eq!(stage.until_heard(2)[1].1, request_to("again"));
}

#[test]
fn the_thread_obeys_stops_and_then_takes_no_more() {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
    let sockets = Sockets::bind(&config).unwrap();
    let address = sockets.udp_candidates()[0];
    let (handle, thread) = super::start(sockets, Echo::default()).unwrap();
    handle.send(Ask::Route("known")).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let mut buffer = [0; 100];
    // The command may be obeyed after the first datagram: ask until answered, as ICE does.
    while socket.send(&request_to("known")).is_err() || socket.recv(&mut buffer).is_err() {}
    drop(thread);
    assert!(handle.send(Ask::Unroute).is_err());
}
