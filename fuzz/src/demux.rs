//! Datagrams and TCP streams from unknown addresses: they reach a peer only with its ufrag, and the address is assigned
//! only once the peer has answered.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anteroom_media::{PeerId, Transport};
use anteroom_rtc::fuzzing::{DemuxHarness, FramerHarness, frame};
use anteroom_rtc::rooms_port::Route;

use crate::fixtures::start;
use crate::scenario::Scenario;

/// Upper bounds of the demultiplexer.
const MAX_ADDRESSES: usize = 32;
const MAX_PENDING: usize = 1_024;
const MAX_UFRAGS: usize = 16;
const MAX_SSRCS: usize = 1_001;
const MAX_PACKET: usize = 2_000;

type Address = (Transport, SocketAddr);

/// Ufrags of which some are prefixes of others, and one that is never issued.
const UFRAGS: &[&str] = &["abcd", "abcde", "a", "Wxyz0123456/", "w+", "é", "", "nobody"];

pub fn demux(bytes: &[u8]) {
    let mut scenario = Scenario::new(bytes);
    let mut model = DemuxModel::new(start());
    while !scenario.is_over() {
        model.step(&mut scenario);
        model.check();
    }
}

/// The demultiplexer, and a model of what it may do.
struct DemuxModel {
    demux: DemuxHarness,
    now: Instant,
    /// The route of each ufrag.
    ufrags: BTreeMap<String, Route>,
    routed: BTreeSet<Route>,
    /// Peers an address has sent a valid ufrag of.
    requested: BTreeMap<Address, BTreeSet<Route>>,
    /// Peers that have answered an address.
    owned: BTreeMap<Address, BTreeSet<Route>>,
    streams: BTreeMap<Address, (FramerHarness, bool)>,
}

impl DemuxModel {
    fn new(now: Instant) -> Self {
        Self {
            demux: DemuxHarness::default(),
            now,
            ufrags: BTreeMap::new(),
            routed: BTreeSet::new(),
            requested: BTreeMap::new(),
            owned: BTreeMap::new(),
            streams: BTreeMap::new(),
        }
    }

    fn step(&mut self, scenario: &mut Scenario<'_>) {
        let address = address(scenario);
        match scenario.below(9) {
            0 => {
                let (name, route) = (ufrag(scenario), route(scenario));
                self.demux.route(name, route);
                self.ufrags.insert(name.to_owned(), route);
                self.routed.insert(route);
            }
            1 => self.unroute(route(scenario)),
            2 => {
                self.demux.address_closed(address);
                self.forget(address);
            }
            3 => self.answer(address),
            4 => self.receive_stream(scenario, address),
            8 => self.flood(scenario, address),
            5 if scenario.flip() => self.restart_ice(scenario),
            5 => self.many_requests(scenario),
            _ => {
                let packet = packet(scenario);
                self.receive(address, &packet);
            }
        }
    }

    fn receive(&mut self, from: Address, packet: &[u8]) -> bool {
        let found = self.demux.find(from, packet);
        let Some(route) = found else { return false };
        assert!(self.routed.contains(&route), "bytes for a removed peer");
        let is_own = self.owned.get(&from).is_some_and(|routes| routes.contains(&route));
        let names_them = self.ufrags.iter().any(|(name, of)| *of == route && mentions(packet, name));
        assert!(is_own || names_them, "bytes of an unknown address reached {route:?}: {packet:?}");
        if !is_own {
            self.requested.entry(from).or_default().insert(route);
        }
        true
    }

    fn answer(&mut self, address: Address) {
        if self.demux.answered(address) {
            let routes = self.requested.get(&address).into_iter().chain(self.owned.get(&address)).flatten();
            let routes: BTreeSet<Route> = routes.copied().collect();
            assert!(!routes.is_empty(), "an address that sent no request is assigned");
            self.owned.insert(address, routes);
        }
        for displaced in self.demux.displaced() {
            assert!(self.owned.remove(&displaced).is_some(), "an address of nobody made room");
        }
    }

    fn unroute(&mut self, route: Route) {
        for address in self.demux.unroute(route) {
            let routes = [&self.owned, &self.requested].map(|of| of.get(&address)).into_iter().flatten();
            assert!(routes.flatten().any(|of| *of == route), "not an address of this peer");
        }
        self.routed.remove(&route);
        self.ufrags.retain(|_, of| *of != route);
        for routes in self.owned.values_mut().chain(self.requested.values_mut()) {
            routes.remove(&route);
        }
    }

    fn forget(&mut self, address: Address) {
        self.owned.remove(&address);
        self.requested.remove(&address);
    }

    /// A stream of frames, split anywhere. Before the address is assigned, a frame for no peer closes it.
    fn receive_stream(&mut self, scenario: &mut Scenario<'_>, (_, peer): Address) {
        let address = (Transport::Tcp, peer);
        let mut stream = Vec::new();
        for _ in 0..scenario.below(4) {
            let packet = packet(scenario);
            stream.extend(if scenario.seldom() { packet } else { frame(&packet) });
        }
        scenario.mutate(&mut stream);
        let (mut framer, mut open) = self.streams.remove(&address).unwrap_or((FramerHarness::default(), true));
        while open && !stream.is_empty() {
            let cut = usize::from(scenario.byte()).clamp(1, stream.len());
            let piece: Vec<u8> = stream.drain(..cut).collect();
            open = framer.push(&piece, |packet| {
                assert!((1..=MAX_PACKET).contains(&packet.len()), "a frame of {} bytes", packet.len());
                self.receive(address, packet)
            });
            assert!(!open || framer.buffered() < MAX_PACKET + 2, "{} bytes are buffered", framer.buffered());
        }
        if open {
            self.streams.insert(address, (framer, open));
        } else {
            self.demux.address_closed(address);
            self.forget(address);
        }
    }

    /// Requests from many addresses at once.
    fn many_requests(&mut self, scenario: &mut Scenario<'_>) {
        let packet = request(ufrag(scenario).as_bytes());
        let answers = scenario.flip();
        for port in 0..usize::from(scenario.byte()) * 8 {
            let address = (Transport::Udp, SocketAddr::from(([198, 51, 100, 1], port as u16)));
            self.receive(address, &packet);
            if answers {
                self.answer(address);
            }
        }
    }

    /// Packets at full speed from one address, each with another SSRC, forged or not. Whatever is left of the budget, an
    /// address that belongs to nobody delivers none.
    fn flood(&mut self, scenario: &mut Scenario<'_>, from: Address) {
        let forged = scenario.flip();
        for ssrc in 0..u32::from(scenario.byte()) * 16 {
            self.now += Duration::from_micros(u64::from(scenario.byte()));
            let packet = [&[0x80, 96, 0, 1, 0, 0, 0, 0][..], &ssrc.to_be_bytes()].concat();
            if let Some(route) = self.demux.deliver(self.now, from, &packet) {
                assert!(self.owned.get(&from).is_some_and(|routes| routes.contains(&route)), "media of a stranger");
                if !forged {
                    self.demux.authenticated(from, &packet);
                }
            }
        }
    }

    /// A peer restarts ICE many times, with a new ufrag each time.
    fn restart_ice(&mut self, scenario: &mut Scenario<'_>) {
        let route = route(scenario);
        self.routed.insert(route);
        for number in 0..scenario.byte() {
            let name = format!("restart{number}");
            self.demux.route(&name, route);
            self.ufrags.insert(name, route);
        }
    }

    fn check(&self) {
        let [known, pending, ufrags, peers, ssrcs] = self.demux.sizes();
        assert!(peers <= self.routed.len(), "removed peers are kept");
        assert!(known <= MAX_ADDRESSES * peers, "{known} addresses of {peers} peers");
        assert!(pending <= MAX_PENDING, "{pending} pending addresses");
        assert!(ssrcs <= MAX_SSRCS * peers, "{ssrcs} SSRCs of {peers} peers");
        assert!(ufrags <= MAX_UFRAGS * peers.max(1), "{ufrags} ufrags of {peers} peers");
    }
}

fn address(scenario: &mut Scenario<'_>) -> Address {
    let choice = scenario.byte();
    let transport = if choice & 1 == 0 { Transport::Udp } else { Transport::Tcp };
    (transport, SocketAddr::from(([203, 0, 113, choice >> 5], u16::from(choice >> 1) & 0x0f)))
}

fn route(scenario: &mut Scenario<'_>) -> Route {
    let choice = u64::from(scenario.byte());
    Route { room: choice & 1, peer: PeerId(choice >> 1 & 3) }
}

fn ufrag(scenario: &mut Scenario<'_>) -> &'static str {
    scenario.one_of(UFRAGS).unwrap_or_default()
}

/// Could this be a request for this ufrag? Weaker than the demultiplexer's check, and computed differently.
fn mentions(packet: &[u8], name: &str) -> bool {
    let wanted = format!("{name}:");
    let is_stun = packet.starts_with(&[0, 1]) && packet.get(4..8) == Some(&[0x21, 0x12, 0xa4, 0x42]);
    is_stun && packet.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

/// A request, a mutated request, or arbitrary bytes.
fn packet(scenario: &mut Scenario<'_>) -> Vec<u8> {
    match scenario.below(4) {
        0 => request(ufrag(scenario).as_bytes()),
        1 => {
            let mut packet = request(ufrag(scenario).as_bytes());
            scenario.mutate(&mut packet);
            packet
        }
        2 => {
            let mut packet = request(scenario.some_bytes());
            scenario.mutate(&mut packet);
            packet
        }
        _ => scenario.some_bytes().to_vec(),
    }
}

/// A binding request (RFC 8489) with an attribute before the username.
fn request(name: &[u8]) -> Vec<u8> {
    let mut attributes = vec![0x80, 0x22, 0, 3, b'f', b'u', b'z', 0, 0, 6];
    attributes.extend((name.len() as u16 + 5).to_be_bytes());
    attributes.extend(name);
    attributes.extend(b":them");
    attributes.resize(attributes.len().next_multiple_of(4), 0);
    let mut packet = vec![0, 1];
    packet.extend((attributes.len() as u16).to_be_bytes());
    packet.extend([0x21, 0x12, 0xa4, 0x42]);
    packet.extend([9; 12]);
    packet.extend(attributes);
    packet
}
