//! A call over real sockets: two str0m clients, the media thread, one room.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use anteroom_media::{IceCreds, Input, Media, Msid, Output, PeerId};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Rtc};

use super::{LIMIT, clock, start};
use crate::rooms_port::{Datagram, RoomLoop, Route, Wire};
use crate::transport::{Config, Sockets};

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

    fn datagram(&mut self, now: Instant, to: Route, datagram: Datagram<'_>) {
        let Datagram { transport, source, destination, bytes } = datagram;
        self.media.handle(now, Input::Datagram { peer: to.peer, transport, source, destination, bytes });
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
    Tcp(TcpStream, Vec<u8>),
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
        Self::Tcp(stream, Vec::new())
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr().unwrap(),
            Self::Tcp(stream, _) => stream.local_addr().unwrap(),
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        match self {
            Self::Udp(socket) => drop(socket.send(bytes).unwrap()),
            Self::Tcp(stream, _) => {
                let mut frame = u16::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
                frame.extend(bytes);
                stream.write_all(&frame).unwrap();
            }
        }
    }

    /// Packets received within a few milliseconds.
    fn receive(&mut self) -> Vec<Vec<u8>> {
        let wait = Some(Duration::from_millis(5));
        let mut buffer = [0; 4_096];
        let read = match self {
            Self::Udp(socket) => {
                socket.set_read_timeout(wait).unwrap();
                socket.recv(&mut buffer)
            }
            Self::Tcp(stream, _) => {
                stream.set_read_timeout(wait).unwrap();
                stream.read(&mut buffer)
            }
        };
        let read = match read {
            Ok(length) => buffer[..length].to_vec(),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return vec![],
            Err(error) => panic!("{error}"),
        };
        let Self::Tcp(_, held) = self else { return vec![read] };
        held.extend(read);
        let mut packets = Vec::new();
        while let Some((length, rest)) = held.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes(*length));
            let Some(packet) = rest.get(..length) else { break };
            packets.push(packet.to_vec());
            held.drain(..length + 2);
        }
        packets
    }
}

struct Client {
    rtc: Rtc,
    link: Link,
    protocol: Protocol,
    server: SocketAddr,
    mid: Mid,
    connected: bool,
    received: Vec<Vec<u8>>,
}

impl Client {
    fn new(protocol: Protocol, server: SocketAddr, direction: Direction) -> (Self, String, SdpPendingOffer) {
        let link = Link::open(protocol, server);
        let mut rtc = Rtc::builder().set_rtp_mode(true).build(clock());
        let candidate = match protocol {
            Protocol::Udp => Candidate::builder().udp().host(link.address()).build(),
            _ => Candidate::builder().tcp().host(link.address()).tcptype(TcpType::Active).build(),
        };
        rtc.add_local_candidate(candidate.unwrap());
        let mut api = rtc.sdp_api();
        let mid = api.add_media(MediaKind::Audio, direction, None, None, None);
        let (offer, pending) = api.apply().unwrap();
        let client = Self { rtc, link, protocol, server, mid, connected: false, received: vec![] };
        (client, offer.to_sdp_string(), pending)
    }

    /// Sends what is due and receives for a few milliseconds.
    fn turn(&mut self) {
        self.drain();
        for packet in self.link.receive() {
            let from = Receive::new(self.protocol, self.server, self.link.address(), &packet).unwrap();
            self.rtc.handle_input(str0m::Input::Receive(clock(), from)).unwrap();
            self.drain();
        }
        self.rtc.handle_input(str0m::Input::Timeout(clock())).unwrap();
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                str0m::Output::Timeout(_) => return,
                str0m::Output::Transmit(transmit) => self.link.send(&transmit.contents),
                str0m::Output::Event(Event::Connected) => self.connected = true,
                str0m::Output::Event(Event::RtpPacket(packet)) => self.received.push(packet.payload.to_vec()),
                str0m::Output::Event(_) => {}
            }
        }
    }

    fn send_audio(&mut self, number: u16) {
        let pt = self.rtc.media(self.mid).unwrap().remote_pts()[0];
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(self.mid, None).unwrap();
        let payload = number.to_be_bytes().to_vec();
        stream.write_rtp(RtpWrite::new(pt, u64::from(number).into(), u32::from(number) * 960, clock(), payload));
    }
}

fn call(sending: Protocol, receiving: Protocol) {
    let config = Config { listen: "127.0.0.1:0".parse().unwrap(), advertise: vec![] };
    let sockets = Sockets::bind(&config).unwrap();
    let server = sockets.udp_candidates()[0];
    let media = anteroom_media::Config::new(sockets.udp_candidates(), sockets.tcp_candidates()).unwrap();
    let rooms = OneRoom { media: Media::new(Arc::new(media)), routes: vec![], first: None };
    let (handle, _thread) = start(sockets, rooms).unwrap();

    let mut clients = Vec::new();
    for (peer, protocol, direction) in [(1, sending, Direction::SendOnly), (2, receiving, Direction::RecvOnly)] {
        let (mut client, sdp, pending) = Client::new(protocol, server, direction);
        let (reply, answer) = mpsc::channel();
        handle.send(Offer { peer, sdp, reply }).unwrap();
        let answer = SdpAnswer::from_sdp_string(&answer.recv_timeout(LIMIT).unwrap()).unwrap();
        client.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        clients.push(client);
    }
    let limit = clock() + LIMIT;
    let mut number = 0;
    while clients[1].received.len() < 20 {
        assert!(clock() < limit, "{sending:?} to {receiving:?}: received {}", clients[1].received.len());
        clients.iter_mut().for_each(Client::turn);
        if clients.iter().all(|client| client.connected) {
            clients[0].send_audio(number);
            number += 1;
        }
    }
    let received: Vec<u16> =
        clients[1].received.iter().map(|number| u16::from_be_bytes([number[0], number[1]])).collect();
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
