//! A call over real sockets: two str0m clients, the media thread, one room.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use anteroom_media::testing::TestClient;
use anteroom_media::{IceCreds, Input, Media, Msid, Output, PeerId};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::Protocol;

use super::{EventLoop, LIMIT, clock, start};
use crate::LOG_FILTER;
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::{Config, Counter, Sockets, request_to};

/// One room, in which everyone receives the first publisher.
struct OneRoom {
    media: Media,
    routes: Vec<(String, Route)>,
    first: Option<(PeerId, Mid)>,
}

struct Offer {
    peer: u64,
    sdp: String,
    reply: mpsc::Sender<String>,
}

impl RoomLoop for OneRoom {
    type Command = Offer;

    fn command(&mut self, now: Instant, offer: Offer) {
        let peer = PeerId(offer.peer);
        let ice = IceCreds { ufrag: format!("peer{}", offer.peer), pwd: "x".repeat(24) };
        self.media.join(now, peer, ice);
        let answer = self.media.accept_offer(now, peer, &offer.sdp).unwrap();
        let section = answer.sections[0].clone();
        let mut labels = BTreeMap::new();
        if section.direction.publishes() {
            self.first = Some((peer, section.mid));
        } else {
            self.media.connect(now, self.first.unwrap(), (peer, section.mid));
            labels.insert(section.mid, Msid { stream: "PA_1|TR_1".into(), track: "TR_1".into() });
        }
        self.routes.push((answer.ufrag.clone(), Route { room: 1, peer }));
        offer.reply.send(answer.sdp(&labels)).unwrap();
    }

    fn datagram(&mut self, now: Instant, to: Route, datagram: Datagram<'_>) -> bool {
        let Datagram { transport, source, destination, bytes } = datagram;
        self.media.handle(now, Input::Datagram { peer: to.peer, transport, source, destination, bytes })
    }

    fn overrun(&mut self, _: Instant, _: Route) {
        panic!("a client of this test is ended");
    }

    fn tick(&mut self, now: Instant) {
        self.media.handle(now, Input::Tick);
    }

    fn deadline(&self) -> Option<Instant> {
        self.media.deadline()
    }

    fn drain(&mut self, wire: &mut dyn Wire) {
        self.routes.drain(..).for_each(|(ufrag, route)| wire.route(&ufrag, route));
        while let Some(output) = self.media.poll() {
            match output {
                Output::Transmit { transport, source, destination, bytes, .. } => {
                    wire.send(transport, source, destination, &bytes);
                }
                Output::Failed { why, .. } => panic!("{why}"),
                _ => {}
            }
        }
    }
}

/// A client's socket.
enum Link {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

impl Link {
    fn open(protocol: Protocol, server: SocketAddr) -> Self {
        if protocol == Protocol::Udp {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.connect(server).unwrap();
            return Self::Udp(socket);
        }
        let stream = TcpStream::connect(server).unwrap();
        stream.set_nodelay(true).unwrap();
        Self::Tcp(stream)
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr().unwrap(),
            Self::Tcp(stream) => stream.local_addr().unwrap(),
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        match self {
            Self::Udp(socket) => drop(socket.send(bytes).unwrap()),
            Self::Tcp(stream) => stream.write_all(bytes).unwrap(),
        }
    }

    /// Bytes received within a few milliseconds.
    fn read(&mut self) -> Option<Vec<u8>> {
        let wait = Some(Duration::from_millis(5));
        let mut buffer = [0; 4_096];
        let read = match self {
            Self::Udp(socket) => {
                socket.set_read_timeout(wait).unwrap();
                socket.recv(&mut buffer)
            }
            Self::Tcp(stream) => {
                stream.set_read_timeout(wait).unwrap();
                stream.read(&mut buffer)
            }
        };
        match read {
            Ok(length) => Some(buffer[..length].to_vec()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
            Err(error) => panic!("{error}"),
        }
    }
}

struct Client {
    client: TestClient,
    link: Link,
    server: SocketAddr,
    mid: Mid,
}

impl Client {
    fn new(protocol: Protocol, server: SocketAddr, direction: Direction) -> (Self, String) {
        let link = Link::open(protocol, server);
        let mut client = TestClient::new(clock(), link.address(), protocol);
        let (offer, mid) = client.offer(|api| api.add_media(MediaKind::Audio, direction, None, None, None));
        (Self { client, link, server, mid }, offer)
    }

    /// Sends what is due and receives for a few milliseconds.
    fn turn(&mut self) {
        self.send_due();
        let Some(read) = self.link.read() else { return };
        for packet in self.client.unframe(&read) {
            self.client.receive(clock(), self.server, &packet);
            self.send_due();
        }
    }

    fn send_due(&mut self) {
        for transmit in self.client.poll(clock()) {
            self.link.write(&self.client.frame(&transmit.contents));
        }
    }

    fn send_audio(&mut self, number: u16) {
        let payload = number.to_be_bytes().to_vec();
        self.client.write_packet(clock(), self.mid, number.into(), u32::from(number) * 960, payload);
    }

    fn received(&self) -> usize {
        self.client.received_on(self.mid)
    }
}

fn call(sending: Protocol, receiving: Protocol) {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
    let sockets = Sockets::bind(&config).unwrap();
    let server = sockets.udp_candidates()[0];
    let media = anteroom_media::Config::new(sockets.udp_candidates(), sockets.tcp_candidates()).unwrap();
    let rooms = OneRoom { media: Media::new(Arc::new(media)), routes: vec![], first: None };
    let (handle, _thread) = start("media".to_owned(), sockets, rooms, |_| {}).unwrap();

    let mut clients = Vec::new();
    for (peer, protocol, direction) in [(1, sending, Direction::SendOnly), (2, receiving, Direction::RecvOnly)] {
        let (mut client, sdp) = Client::new(protocol, server, direction);
        let (reply, answer) = mpsc::channel();
        handle.send(Offer { peer, sdp, reply }).unwrap();
        client.client.accept_answer(&answer.recv_timeout(LIMIT).unwrap());
        clients.push(client);
    }
    let limit = clock() + LIMIT;
    let mut number = 0;
    while clients[1].received() < 20 {
        assert!(clock() < limit, "{sending:?} to {receiving:?}: received {}", clients[1].received());
        clients.iter_mut().for_each(Client::turn);
        if clients.iter().all(|one| one.client.connected) {
            clients[0].send_audio(number);
            number += 1;
        }
    }
    let packets = &clients[1].client.received[&clients[1].mid];
    let received: Vec<u16> =
        packets.iter().map(|packet| u16::from_be_bytes([packet.payload[0], packet.payload[1]])).collect();
    assert!(received.is_sorted(), "{received:?}");
}

#[test]
fn audio_arrives_over_udp_and_tcp_in_all_combinations() {
    for sending in [Protocol::Udp, Protocol::Tcp] {
        for receiving in [Protocol::Udp, Protocol::Tcp] {
            call(sending, receiving);
        }
    }
}

/// Counts the lines of a log.
struct Lines(Arc<AtomicUsize>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.fetch_add(bytes.iter().filter(|byte| **byte == b'\n').count(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Packets that no layer can use, of every protocol.
fn bad_packets(number: u32) -> Vec<Vec<u8>> {
    let tail = [&number.to_be_bytes()[..], &[7; 60]].concat();
    let head = |head: &[u8]| [head, &tail].concat();
    let mut stun = request_to("peer1");
    // MAPPED-ADDRESS, UNKNOWN-ATTRIBUTES and ALTERNATE-SERVER.
    for kind in [1, 10, 0x23] {
        stun.extend([&[0x80 * u8::from(kind == 0x23), kind, 0, 4][..], &number.to_be_bytes()].concat());
    }
    let length = (stun.len() - 20) as u16;
    stun[2..4].copy_from_slice(&length.to_be_bytes());
    let record = |kind: u8| head(&[kind, 254, 253, 0, 0, 0, 0, 0, 0, number as u8, 1, 0, 51]);
    let hello = head(&[22, 254, 253, 0, 0, 0, 0, 0, 0, number as u8, 1, 0, 51, 1, 0, 0, 39, 0, 0]);
    vec![stun, head(&[0x80, 111]), head(&[0x90, 200]), record(20), record(21), record(23), hello, head(&[25]), vec![]]
}

#[test]
fn bad_packets_write_few_log_lines() {
    let lines = Arc::new(AtomicUsize::new(0));
    let (filter, counted) = (format!("info,{LOG_FILTER}"), Arc::clone(&lines));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || Lines(Arc::clone(&counted)));
    tracing::subscriber::with_default(subscriber.finish(), || {
        let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
        let sockets = Sockets::bind(&config).unwrap();
        let (server, stats) = (sockets.udp_candidates()[0], sockets.stats());
        let media = anteroom_media::Config::new(sockets.udp_candidates(), sockets.tcp_candidates()).unwrap();
        let rooms = OneRoom { media: Media::new(Arc::new(media)), routes: vec![], first: None };
        // On this thread, because the subscriber is this thread's.
        let (mut event_loop, handle) = EventLoop::new(sockets, rooms).unwrap();
        let mut turn = || {
            handle.waker.wake().unwrap();
            event_loop.wait(clock()).unwrap();
            event_loop.serve(clock());
        };
        let (mut client, sdp) = Client::new(Protocol::Udp, server, Direction::SendOnly);
        let (reply, answer) = mpsc::channel();
        handle.send(Offer { peer: 1, sdp, reply }).unwrap();
        turn();
        client.client.accept_answer(&answer.recv_timeout(LIMIT).unwrap());
        let limit = clock() + LIMIT;
        while !client.client.connected {
            assert!(clock() < limit, "not connected");
            client.turn();
            turn();
        }
        for number in 0..2_000 {
            for packet in bad_packets(number) {
                client.link.write(&packet);
            }
            turn();
        }
        let delivered = stats.snapshot()[Counter::DatagramsReceived];
        assert!(delivered > 10_000, "{delivered} packets arrived");
    });
    let lines = lines.load(Ordering::Relaxed);
    assert!(lines <= 100, "{lines} lines");
}

/// What an attacker can send who knows the addresses of both sides, and no key and no ufrag.
fn forged_packets(number: u32, audio: Mid) -> Vec<Vec<u8>> {
    let ssrc = number.wrapping_mul(0x9e37_79b9);
    let mut rtp = [&[0x80, 111, 0, 1, 0, 0, 0, 9][..], &ssrc.to_be_bytes(), &[7; 60]].concat();
    let plain = rtp.clone();
    // The section is guessed: browsers number them from zero. MID has the id 4.
    let mut mid = vec![4 << 4 | (audio.len() as u8 - 1)];
    mid.extend(audio.as_bytes());
    mid.resize(mid.len().next_multiple_of(4), 0);
    let extension = [&[0xbe, 0xde, 0, (mid.len() / 4) as u8][..], &mid].concat();
    rtp[0] = 0x90;
    rtp.splice(12..12, extension);
    let mut foreign = request_to("peer2");
    foreign[8..12].copy_from_slice(&number.to_be_bytes());
    let record = |kind: u8, body: &[u8]| {
        [&[kind, 254, 253, 0, 0, 0, 0, 0, 9, number as u8, 7, 0, body.len() as u8][..], body].concat()
    };
    // close_notify, a fatal alert, a handshake message.
    let (closing, fatal) = (record(21, &[1, 0]), record(21, &[2, 40]));
    vec![plain, rtp, foreign, closing, fatal, record(22, &[1, 0, 0, 2, 0, 9, 0, 0, 0, 0, 0, 2, 1, 1])]
}

#[test]
fn call_goes_on_while_packets_of_the_publisher_are_forged() {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
    let sockets = Sockets::bind(&config).unwrap();
    let (server, stats) = (sockets.udp_candidates()[0], sockets.stats());
    let media = anteroom_media::Config::new(sockets.udp_candidates(), sockets.tcp_candidates()).unwrap();
    let rooms = OneRoom { media: Media::new(Arc::new(media)), routes: vec![], first: None };
    let (handle, _thread) = start("media".to_owned(), sockets, rooms, |_| {}).unwrap();
    let mut clients = Vec::new();
    for (peer, direction) in [(1, Direction::SendOnly), (2, Direction::RecvOnly)] {
        let (mut client, sdp) = Client::new(Protocol::Udp, server, direction);
        let (reply, answer) = mpsc::channel();
        handle.send(Offer { peer, sdp, reply }).unwrap();
        client.client.accept_answer(&answer.recv_timeout(LIMIT).unwrap());
        clients.push(client);
    }
    let (limit, mut number, mut forged) = (clock() + LIMIT, 0, 0);
    let mut before = 0;
    // Some thousands of forged SSRCs, and then as many packets of the publisher as before.
    while forged < 6_000 || clients[1].received() < before + 100 {
        assert!(clock() < limit, "received {} of {number}, {before} before, {forged} forged", clients[1].received());
        clients.iter_mut().for_each(Client::turn);
        if !clients.iter().all(|one| one.client.connected) {
            continue;
        }
        clients[0].send_audio(number);
        number += 1;
        if clients[1].received() > 50 && forged < 6_000 {
            for _ in 0..50 {
                let packets = forged_packets(forged, clients[0].mid);
                packets.iter().for_each(|packet| clients[0].link.write(packet));
                forged += 1;
            }
            before = clients[1].received();
        }
    }
    let stats = stats.snapshot();
    assert_eq!(stats[Counter::PeersOverrun], 0);
    assert!(stats[Counter::DroppedUnknownSsrc] > 0 && stats[Counter::DroppedForeignStun] > 0, "{stats:?}");
}
