//! Finds the peer a packet is for: one port serves all peers of all rooms.
//!
//! From an unknown address only STUN requests for a ufrag we issued are accepted; everything else is dropped. An
//! address belongs to a peer once the peer's ICE agent has answered it, which it does only for a request signed with
//! the ICE password: knowing a ufrag is not enough to be taken for its peer.
//!
//! Who can forge the source address of a peer can have packets taken for its own. They must not end the peer or stand in
//! the way of its packets: what is counted against it, it has signed or encrypted.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use anteroom_media::Transport;
use foldhash::fast::RandomState;
use slab::Slab;

use super::inbound_budget::{InboundBudget, TooManySsrcs};
use super::stats::Counter;
use super::stun;
use crate::rooms_port::Route;

/// Remote addresses of one peer at the same time: its interfaces times ours.
const MAX_ADDRESSES: usize = 32;
/// Remote addresses of one peer in its life; others are not accepted, and the peer goes on with those that it has. str0m
/// keeps a remote candidate for each, and never removes one.
const MAX_ADDRESSES_EVER: usize = 256;
/// Unknown addresses with an unanswered STUN request. Answers come in the same turn of the media thread.
const MAX_PENDING: usize = 1_024;

/// Valid ufrags of one peer. Each ICE restart adds one, and only the last two are in use; without a limit a peer that
/// restarts all day would leave them all behind.
const MAX_UFRAGS: usize = 8;

type Address = (Transport, SocketAddr);
/// Addresses and ufrags come from the network. The seed is random, and without an answer of a peer's ICE agent at most
/// [`MAX_PENDING`] addresses are kept, so constructed collisions cost little.
type Map<K, V> = HashMap<K, V, RandomState>;

#[derive(Debug, Default)]
pub(crate) struct Demux {
    known: Map<Address, Known>,
    /// Packets from known addresses so far.
    clock: u64,
    /// Addresses that made room for others, to be closed.
    displaced: Vec<Address>,
    pending: Map<Address, PeerKey>,
    /// Pending addresses that were forgotten since [`Demux::take_forgotten`].
    forgotten: usize,
    ufrags: Map<String, PeerKey>,
    by_route: Map<Route, PeerKey>,
    peers: Slab<Peer>,
}

/// A peer as [`Demux::find`] returns it. Valid until the peer is unrouted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PeerKey(usize);

/// A remote address of a peer.
#[derive(Debug)]
struct Known {
    peer: PeerKey,
    /// When its last packet arrived, by [`Demux::clock`].
    used_at: u64,
}

#[derive(Debug)]
struct Peer {
    route: Route,
    ufrags: VecDeque<String>,
    addresses: Vec<Address>,
    addresses_ever: usize,
    /// From its first packet on.
    budget: Option<InboundBudget>,
}

impl Peer {
    fn new(route: Route) -> Self {
        Self { route, ufrags: VecDeque::new(), addresses: Vec::new(), addresses_ever: 0, budget: None }
    }

    fn has_ufrag(&self, ufrag: &str) -> bool {
        self.ufrags.iter().any(|known| known == ufrag)
    }
}

impl Demux {
    /// The peer this packet is for, if any.
    pub(crate) fn find(&mut self, from: Address, bytes: &[u8]) -> Option<PeerKey> {
        if let Some(known) = self.known.get_mut(&from) {
            self.clock += 1;
            known.used_at = self.clock;
            return Some(known.peer);
        }
        let peer = *self.ufrags.get(stun::target_ufrag(bytes)?)?;
        if self.peers[peer.0].addresses_ever >= MAX_ADDRESSES_EVER {
            return None;
        }
        if self.pending.len() >= MAX_PENDING {
            self.forgotten += self.pending.len();
            self.pending.clear();
        }
        self.pending.insert(from, peer);
        Some(peer)
    }

    /// Takes a packet out of its peer's budget: where to deliver it, or the counter of what is dropped.
    pub(crate) fn admit(&mut self, peer: PeerKey, now: Instant, bytes: &[u8]) -> Result<Route, Counter> {
        let peer = &mut self.peers[peer.0];
        // A peer knows its own ufrag, and who only forges its address does not.
        if matches!(bytes, [0..=3, ..]) && !stun::target_ufrag(bytes).is_some_and(|ufrag| peer.has_ufrag(ufrag)) {
            return Err(Counter::DroppedForeignStun);
        }
        peer.budget.get_or_insert_with(|| InboundBudget::new(now)).take(now, bytes).map(|()| peer.route)
    }

    /// A packet that was admitted has proved to come from its peer.
    pub(crate) fn authenticated(&mut self, peer: PeerKey, bytes: &[u8]) -> Result<(), TooManySsrcs> {
        self.peers[peer.0].budget.as_mut().map_or(Ok(()), |budget| budget.authenticated(bytes))
    }

    /// How many requests of unknown addresses were forgotten since the last call: too many came in one turn.
    pub(crate) fn take_forgotten(&mut self) -> usize {
        std::mem::take(&mut self.forgotten)
    }

    /// Whether [`Demux::answered`] has anything to do: it seldom has, and every packet sent asks.
    pub(crate) fn awaits_answers(&self) -> bool {
        !self.pending.is_empty()
    }

    /// A packet is being sent to this address. If it has a pending request, that is now answered and the address
    /// belongs to the peer. True if the address belongs to a peer.
    pub(crate) fn answered(&mut self, to: Address) -> bool {
        let Some(key) = self.pending.remove(&to) else { return self.known.contains_key(&to) };
        let peer = &mut self.peers[key.0];
        if peer.addresses.len() >= MAX_ADDRESSES {
            let used_at = |(_, address): &(usize, &Address)| self.known.get(*address).map(|known| known.used_at);
            if let Some((oldest, _)) = peer.addresses.iter().enumerate().min_by_key(used_at) {
                let oldest = peer.addresses.swap_remove(oldest);
                self.known.remove(&oldest);
                self.displaced.push(oldest);
            }
        }
        peer.addresses.push(to);
        peer.addresses_ever += 1;
        self.clock += 1;
        self.known.insert(to, Known { peer: key, used_at: self.clock });
        true
    }

    /// An address that made room for another of its peer. Nothing is accepted from it any more.
    pub(crate) fn next_displaced(&mut self) -> Option<Address> {
        self.displaced.pop()
    }

    pub(crate) fn route(&mut self, ufrag: &str, to: Route) {
        let peers = &mut self.peers;
        let key = *self.by_route.entry(to).or_insert_with(|| PeerKey(peers.insert(Peer::new(to))));
        let peer = &mut self.peers[key.0];
        if !peer.has_ufrag(ufrag) {
            peer.ufrags.push_back(ufrag.to_owned());
        }
        if peer.ufrags.len() > MAX_UFRAGS
            && let Some(oldest) = peer.ufrags.pop_front()
            && self.ufrags.get(&oldest) == Some(&key)
        {
            self.ufrags.remove(&oldest);
        }
        self.ufrags.insert(ufrag.to_owned(), key);
    }

    /// Removes the peer. Returns the addresses that belonged to it, and those that have asked for it.
    pub(crate) fn unroute(&mut self, route: Route) -> Vec<Address> {
        let Some(key) = self.by_route.remove(&route) else { return Vec::new() };
        let mut peer = self.peers.remove(key.0);
        for ufrag in &peer.ufrags {
            if self.ufrags.get(ufrag) == Some(&key) {
                self.ufrags.remove(ufrag);
            }
        }
        // The key may be another peer's soon: no address may keep it.
        for address in &peer.addresses {
            self.known.remove(address);
        }
        peer.addresses.extend(self.pending.extract_if(|_, asked| *asked == key).map(|(address, _)| address));
        peer.addresses
    }

    /// Removes an address whose TCP connection has closed.
    pub(crate) fn address_closed(&mut self, address: Address) {
        self.pending.remove(&address);
        if let Some(known) = self.known.remove(&address) {
            self.peers[known.peer.0].addresses.retain(|other| *other != address);
        }
    }

    /// Numbers of known addresses, pending addresses, ufrags, peers, and SSRCs.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn sizes(&self) -> [usize; 5] {
        let budgets = self.peers.iter().filter_map(|(_, peer)| peer.budget.as_ref());
        let ssrcs = budgets.map(InboundBudget::size).sum();
        [self.known.len(), self.pending.len(), self.ufrags.len(), self.peers.len(), ssrcs]
    }

    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn route_of(&self, peer: PeerKey) -> Route {
        self.peers[peer.0].route
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anteroom_media::PeerId;

    use super::*;

    const MEDIA: &[u8] = &[0x80, 96, 0, 1];

    fn address(port: u16) -> Address {
        (Transport::Udp, SocketAddr::from(([203, 0, 113, 5], port)))
    }

    fn route(peer: u64) -> Route {
        Route { room: 1, peer: PeerId(peer) }
    }

    fn find(demux: &mut Demux, from: Address, bytes: &[u8]) -> Option<Route> {
        demux.find(from, bytes).map(|peer| demux.route_of(peer))
    }

    #[test]
    fn unknown_address_is_accepted_only_with_stun_for_issued_ufrag() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        assert_eq!(find(&mut demux, address(1), MEDIA), None);
        assert_eq!(find(&mut demux, address(1), &stun::request_to("wxyz")), None);
        assert_eq!(find(&mut demux, address(1), &stun::request_to("abcd")), Some(route(1)));
    }

    #[test]
    fn forgotten_requests_are_counted() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        for port in 0..=MAX_PENDING as u16 {
            find(&mut demux, address(port), &stun::request_to("abcd"));
        }
        assert_eq!((demux.take_forgotten(), demux.take_forgotten()), (MAX_PENDING, 0));
    }

    #[test]
    fn ufrag_alone_does_not_assign_an_address() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        find(&mut demux, address(1), &stun::request_to("abcd"));
        assert_eq!(find(&mut demux, address(1), MEDIA), None, "not answered: the signature was wrong");
        assert!(demux.answered(address(1)));
        assert_eq!(find(&mut demux, address(1), MEDIA), Some(route(1)));
    }

    #[test]
    fn assigned_address_keeps_its_peer_whatever_ufrag_it_sends() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        demux.route("evil", route(2));
        find(&mut demux, address(1), &stun::request_to("abcd"));
        demux.answered(address(1));
        assert_eq!(find(&mut demux, address(1), &stun::request_to("evil")), Some(route(1)));
    }

    #[test]
    fn removed_peer_is_unknown_under_all_its_ufrags() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        demux.route("efgh", route(1));
        find(&mut demux, address(1), &stun::request_to("efgh"));
        demux.answered(address(1));
        assert_eq!(demux.unroute(route(1)), [address(1)]);
        assert_eq!(find(&mut demux, address(1), MEDIA), None);
        assert_eq!(find(&mut demux, address(2), &stun::request_to("abcd")), None);
    }

    #[test]
    fn only_the_last_ufrags_of_a_peer_are_valid() {
        let mut demux = Demux::default();
        for restart in 0..1_000 {
            demux.route(&format!("ufrag{restart}"), route(1));
        }
        assert_eq!(demux.ufrags.len(), MAX_UFRAGS);
        assert_eq!(find(&mut demux, address(1), &stun::request_to("ufrag999")), Some(route(1)));
        assert_eq!(find(&mut demux, address(2), &stun::request_to("ufrag0")), None);
    }

    #[test]
    fn addresses_of_one_peer_are_bounded() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        for port in 1..=200 {
            find(&mut demux, address(port), &stun::request_to("abcd"));
            demux.answered(address(port));
        }
        assert_eq!(demux.known.len(), MAX_ADDRESSES);
        assert_eq!(find(&mut demux, address(200), MEDIA), Some(route(1)));
    }

    #[expect(clippy::disallowed_methods, reason = "origin of the test's time")]
    fn start() -> Instant {
        Instant::now()
    }

    #[test]
    fn address_in_use_is_not_displaced_and_the_displaced_are_reported() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        for port in 1..200 {
            find(&mut demux, address(port), &stun::request_to("abcd"));
            demux.answered(address(port));
            assert_eq!(find(&mut demux, address(1), MEDIA), Some(route(1)), "{port} addresses");
        }
        let mut displaced: Vec<Address> = std::iter::from_fn(|| demux.next_displaced()).collect();
        displaced.sort_unstable();
        assert!(displaced.into_iter().eq((2..200 - (MAX_ADDRESSES as u16 - 1)).map(address)));
    }

    #[test]
    fn peer_with_too_many_addresses_goes_on_with_those_it_has() {
        let (mut demux, now) = (Demux::default(), start());
        demux.route("abcd", route(1));
        let request = stun::request_to("abcd");
        let answered = (1..2_000).filter(|port| {
            let found = demux.find(address(*port), &request).is_some();
            found && demux.answered(address(*port))
        });
        assert_eq!(answered.count(), MAX_ADDRESSES_EVER);
        assert_eq!(demux.sizes()[1], 0, "nothing waits for an answer");
        let peer = demux.find(address(MAX_ADDRESSES_EVER as u16), MEDIA).expect("its last address");
        assert_eq!(demux.admit(peer, now, MEDIA), Ok(route(1)));
    }

    #[test]
    fn stun_flood_without_the_ufrag_leaves_the_peers_own_stun_its_budget() {
        let (mut demux, now) = (Demux::default(), start());
        demux.route("abcd", route(1));
        demux.route("efgh", route(1));
        demux.route("evil", route(2));
        let own = stun::request_to("efgh");
        let peer = demux.find(address(1), &own).unwrap();
        demux.answered(address(1));
        let mut answer = own.clone();
        answer[0] = 1;
        for number in 0..20_000_u32 {
            let at = now + Duration::from_micros(500) * number;
            for forged in [&stun::request_to("wxyz"), &stun::request_to("evil"), &answer] {
                assert_eq!(demux.admit(peer, at, forged), Err(Counter::DroppedForeignStun));
            }
            if number % 1_000 == 0 {
                assert_eq!(demux.admit(peer, at, &own), Ok(route(1)), "{number}");
            }
        }
    }

    #[test]
    fn removed_peer_gives_up_the_addresses_that_were_not_answered_too() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        demux.route("efgh", route(2));
        for (port, ufrag) in [(1, "abcd"), (2, "abcd"), (3, "efgh")] {
            demux.find(address(port), &stun::request_to(ufrag));
        }
        demux.answered(address(1));
        assert_eq!(demux.unroute(route(1)), [address(1), address(2)]);
        assert_eq!(demux.sizes()[..2], [0, 1]);
    }

    #[test]
    fn peer_that_takes_a_removed_peers_place_gets_none_of_its_packets() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        demux.find(address(1), &stun::request_to("abcd"));
        demux.answered(address(1));
        demux.find(address(2), &stun::request_to("abcd"));
        demux.unroute(route(1));
        demux.route("efgh", route(2));
        assert_eq!(demux.find(address(1), MEDIA), None);
        assert!(!demux.answered(address(2)), "its request was for the removed peer");
        assert_eq!(demux.find(address(2), MEDIA), None);
    }
}
