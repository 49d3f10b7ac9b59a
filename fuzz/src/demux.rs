//! Datagrams and streams of strangers: they reach a peer only by naming it, and stay strangers until it has answered.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use anteroom_media::{PeerId, Transport};
use anteroom_rtc::fuzzing::{Cutter, Switchboard, frame};
use anteroom_rtc::rooms_port::Route;

use crate::scenario::Scenario;

/// What the switchboard promises to hold at most.
const MOST_ADDRESSES: usize = 32;
const MOST_ASKING: usize = 1_024;
const MOST_NAMES: usize = 16;
const LONGEST_FRAME: usize = 2_000;

type Address = (Transport, SocketAddr);

/// Names of which some are the beginning of others, and one that is nobody's.
const UFRAGS: &[&str] = &["abcd", "abcde", "a", "Wxyz0123456/", "w+", "é", "", "nobody"];

pub fn demux(bytes: &[u8]) {
    let mut scenario = Scenario::new(bytes);
    let mut desk = Desk::default();
    while !scenario.is_over() {
        desk.step(&mut scenario);
        desk.check();
    }
}

/// The switchboard, and what we know that it must not do.
#[derive(Default)]
struct Desk {
    board: Switchboard,
    /// Who has which name now.
    names: BTreeMap<String, Route>,
    live: BTreeSet<Route>,
    /// Whom an address has asked for with a name of theirs, rightly.
    asked: BTreeMap<Address, BTreeSet<Route>>,
    /// Whose an address is: they have answered it.
    own: BTreeMap<Address, BTreeSet<Route>>,
    streams: BTreeMap<Address, (Cutter, bool)>,
}

impl Desk {
    fn step(&mut self, scenario: &mut Scenario<'_>) {
        let address = address(scenario);
        match scenario.below(8) {
            0 => {
                let (name, route) = (ufrag(scenario), route(scenario));
                self.board.route(name, route);
                self.names.insert(name.to_owned(), route);
                self.live.insert(route);
            }
            1 => self.leaves(route(scenario)),
            2 => {
                self.board.gone(address);
                self.forget(address);
            }
            3 => self.is_answered(address),
            4 => self.streams_in(scenario, address),
            5 if scenario.flip() => self.is_renamed(scenario),
            5 => self.many_ask(scenario),
            _ => {
                let packet = packet(scenario);
                self.hears(address, &packet);
            }
        }
    }

    fn hears(&mut self, from: Address, packet: &[u8]) -> bool {
        let found = self.board.find(from, packet);
        let Some(route) = found else { return false };
        assert!(self.live.contains(&route), "bytes for a peer that is gone");
        let is_own = self.own.get(&from).is_some_and(|routes| routes.contains(&route));
        let names_them = self.names.iter().any(|(name, of)| *of == route && mentions(packet, name));
        assert!(is_own || names_them, "a stranger's bytes reached {route:?}: {packet:?}");
        if !is_own {
            self.asked.entry(from).or_default().insert(route);
        }
        true
    }

    fn is_answered(&mut self, address: Address) {
        if self.board.answered(address) {
            let routes = self.asked.get(&address).into_iter().chain(self.own.get(&address)).flatten();
            let routes: BTreeSet<Route> = routes.copied().collect();
            assert!(!routes.is_empty(), "an address that never asked is taken for a peer's");
            self.own.insert(address, routes);
        }
    }

    fn leaves(&mut self, route: Route) {
        for address in self.board.unroute(route) {
            assert!(self.own.get(&address).is_some_and(|routes| routes.contains(&route)), "not their address");
        }
        self.live.remove(&route);
        self.names.retain(|_, of| *of != route);
        for routes in self.own.values_mut().chain(self.asked.values_mut()) {
            routes.remove(&route);
        }
    }

    fn forget(&mut self, address: Address) {
        self.own.remove(&address);
        self.asked.remove(&address);
    }

    /// A stream of frames, cut anywhere. A stranger's first frame that is for nobody is its last.
    fn streams_in(&mut self, scenario: &mut Scenario<'_>, (_, peer): Address) {
        let address = (Transport::Tcp, peer);
        let mut stream = Vec::new();
        for _ in 0..scenario.below(4) {
            let packet = packet(scenario);
            stream.extend(if scenario.seldom() { packet } else { frame(&packet) });
        }
        scenario.spoil(&mut stream);
        let (mut cutter, mut open) = self.streams.remove(&address).unwrap_or((Cutter::default(), true));
        while open && !stream.is_empty() {
            let cut = usize::from(scenario.byte()).clamp(1, stream.len());
            let piece: Vec<u8> = stream.drain(..cut).collect();
            open = cutter.push(&piece, |packet| {
                assert!((1..=LONGEST_FRAME).contains(&packet.len()), "a frame of {} bytes", packet.len());
                self.hears(address, packet)
            });
            assert!(!open || cutter.held() < LONGEST_FRAME + 2, "{} bytes are held back", cutter.held());
        }
        if open {
            self.streams.insert(address, (cutter, open));
        } else {
            self.board.gone(address);
            self.forget(address);
        }
    }

    /// A crowd of addresses at once.
    fn many_ask(&mut self, scenario: &mut Scenario<'_>) {
        let packet = request(ufrag(scenario).as_bytes());
        let answers = scenario.flip();
        for port in 0..usize::from(scenario.byte()) * 8 {
            let address = (Transport::Udp, SocketAddr::from(([198, 51, 100, 1], port as u16)));
            self.hears(address, &packet);
            if answers {
                self.is_answered(address);
            }
        }
    }

    /// A peer restarts its path again and codec_of: each time it has another name.
    fn is_renamed(&mut self, scenario: &mut Scenario<'_>) {
        let route = route(scenario);
        self.live.insert(route);
        for number in 0..scenario.byte() {
            let name = format!("restart{number}");
            self.board.route(&name, route);
            self.names.insert(name, route);
        }
    }

    fn check(&self) {
        let [known, asking, names, peers] = self.board.sizes();
        assert!(peers <= self.live.len(), "peers that are gone are remembered");
        assert!(known <= MOST_ADDRESSES * peers, "{known} addresses of {peers} peers");
        assert!(asking <= MOST_ASKING, "{asking} strangers are asking");
        assert!(names <= MOST_NAMES * peers.max(1), "{names} names of {peers} peers");
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

/// Does it at least look like a request to this name? Less than the switchboard asks, and found another way.
fn mentions(packet: &[u8], name: &str) -> bool {
    let wanted = format!("{name}:");
    let is_stun = packet.starts_with(&[0, 1]) && packet.get(4..8) == Some(&[0x21, 0x12, 0xa4, 0x42]);
    is_stun && packet.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

/// A request, something near one, or anything.
fn packet(scenario: &mut Scenario<'_>) -> Vec<u8> {
    match scenario.below(4) {
        0 => request(ufrag(scenario).as_bytes()),
        1 => {
            let mut packet = request(ufrag(scenario).as_bytes());
            scenario.spoil(&mut packet);
            packet
        }
        2 => {
            let mut packet = request(scenario.some_bytes());
            scenario.spoil(&mut packet);
            packet
        }
        _ => scenario.some_bytes().to_vec(),
    }
}

/// A binding request (RFC 8489) with an attribute before the name.
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
