//! Finds the peer a packet is for: one port serves all peers of all rooms.
//!
//! From an unknown address only STUN requests for a ufrag we issued are accepted; everything else is dropped. An
//! address belongs to a peer once the peer's ICE agent has answered it, which it does only for a request signed with
//! the ICE password: knowing a ufrag is not enough to be taken for its peer.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use anteroom_media::Transport;

use super::stun;
use crate::rooms_port::Route;

/// Remote addresses of one peer at the same time: its interfaces times ours.
const MAX_ADDRESSES: usize = 32;
/// Unknown addresses with an unanswered STUN request. Answers come in the same turn of the media thread.
const MAX_PENDING: usize = 1_024;

/// Valid ufrags of one peer. Each ICE restart adds one, and only the last two are in use; without a limit a peer that
/// restarts all day would leave them all behind.
const MAX_UFRAGS: usize = 8;

type Address = (Transport, SocketAddr);

#[derive(Debug, Default)]
pub(crate) struct Demux {
    known: HashMap<Address, Route>,
    pending: HashMap<Address, Route>,
    ufrags: HashMap<String, Route>,
    by_route: HashMap<Route, PeerKeys>,
}

#[derive(Debug, Default)]
struct PeerKeys {
    ufrags: VecDeque<String>,
    addresses: VecDeque<Address>,
}

impl Demux {
    /// The peer this packet is for, if any.
    pub(crate) fn find(&mut self, from: Address, bytes: &[u8]) -> Option<Route> {
        if let Some(route) = self.known.get(&from) {
            return Some(*route);
        }
        let route = *self.ufrags.get(stun::target_ufrag(bytes)?)?;
        if self.pending.len() >= MAX_PENDING {
            self.pending.clear();
        }
        self.pending.insert(from, route);
        Some(route)
    }

    /// A packet is being sent to this address. If it has a pending request, that is now answered and the address
    /// belongs to the peer. True if the address belongs to a peer.
    pub(crate) fn answered(&mut self, to: Address) -> bool {
        if self.known.contains_key(&to) {
            return true;
        }
        let Some(route) = self.pending.remove(&to) else { return false };
        let Some(keys) = self.by_route.get_mut(&route) else { return false };
        keys.addresses.push_back(to);
        if keys.addresses.len() > MAX_ADDRESSES
            && let Some(oldest) = keys.addresses.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.known.insert(to, route);
        true
    }

    pub(crate) fn route(&mut self, ufrag: &str, to: Route) {
        let keys = self.by_route.entry(to).or_default();
        if !keys.ufrags.iter().any(|known| known == ufrag) {
            keys.ufrags.push_back(ufrag.to_owned());
        }
        if keys.ufrags.len() > MAX_UFRAGS
            && let Some(oldest) = keys.ufrags.pop_front()
            && self.ufrags.get(&oldest) == Some(&to)
        {
            self.ufrags.remove(&oldest);
        }
        self.ufrags.insert(ufrag.to_owned(), to);
    }

    /// Removes the peer. Returns the addresses that belonged to it.
    pub(crate) fn unroute(&mut self, route: Route) -> Vec<Address> {
        let Some(keys) = self.by_route.remove(&route) else { return Vec::new() };
        for ufrag in &keys.ufrags {
            if self.ufrags.get(ufrag) == Some(&route) {
                self.ufrags.remove(ufrag);
            }
        }
        self.pending.retain(|_, asked| *asked != route);
        for address in &keys.addresses {
            self.known.remove(address);
        }
        keys.addresses.into()
    }

    /// Removes an address whose TCP connection has closed.
    pub(crate) fn address_closed(&mut self, address: Address) {
        self.pending.remove(&address);
        if let Some(route) = self.known.remove(&address)
            && let Some(keys) = self.by_route.get_mut(&route)
        {
            keys.addresses.retain(|other| *other != address);
        }
    }

    /// Numbers of known addresses, pending addresses, ufrags and peers.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn sizes(&self) -> [usize; 4] {
        [self.known.len(), self.pending.len(), self.ufrags.len(), self.by_route.len()]
    }
}

#[cfg(test)]
mod tests {
    use anteroom_media::PeerId;

    use super::*;

    const MEDIA: &[u8] = &[0x80, 96, 0, 1];

    fn address(port: u16) -> Address {
        (Transport::Udp, SocketAddr::from(([203, 0, 113, 5], port)))
    }

    fn route(peer: u64) -> Route {
        Route { room: 1, peer: PeerId(peer) }
    }

    #[test]
    fn unknown_address_is_accepted_only_with_stun_for_issued_ufrag() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        assert_eq!(demux.find(address(1), MEDIA), None);
        assert_eq!(demux.find(address(1), &stun::request_to("wxyz")), None);
        assert_eq!(demux.find(address(1), &stun::request_to("abcd")), Some(route(1)));
    }

    #[test]
    fn ufrag_alone_does_not_assign_an_address() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        demux.find(address(1), &stun::request_to("abcd"));
        assert_eq!(demux.find(address(1), MEDIA), None, "not answered: the signature was wrong");
        assert!(demux.answered(address(1)));
        assert_eq!(demux.find(address(1), MEDIA), Some(route(1)));
    }

    #[test]
    fn assigned_address_keeps_its_peer_whatever_ufrag_it_sends() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        demux.route("evil", route(2));
        demux.find(address(1), &stun::request_to("abcd"));
        demux.answered(address(1));
        assert_eq!(demux.find(address(1), &stun::request_to("evil")), Some(route(1)));
    }

    #[test]
    fn removed_peer_is_unknown_under_all_its_ufrags() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        demux.route("efgh", route(1));
        demux.find(address(1), &stun::request_to("efgh"));
        demux.answered(address(1));
        assert_eq!(demux.unroute(route(1)), [address(1)]);
        assert_eq!(demux.find(address(1), MEDIA), None);
        assert_eq!(demux.find(address(2), &stun::request_to("abcd")), None);
    }

    #[test]
    fn only_the_last_ufrags_of_a_peer_are_valid() {
        let mut demux = Demux::default();
        for restart in 0..1_000 {
            demux.route(&format!("ufrag{restart}"), route(1));
        }
        assert_eq!(demux.ufrags.len(), MAX_UFRAGS);
        assert_eq!(demux.find(address(1), &stun::request_to("ufrag999")), Some(route(1)));
        assert_eq!(demux.find(address(2), &stun::request_to("ufrag0")), None);
    }

    #[test]
    fn addresses_of_one_peer_are_bounded() {
        let mut demux = Demux::default();
        demux.route("abcd", route(1));
        for port in 1..1_000 {
            demux.find(address(port), &stun::request_to("abcd"));
            demux.answered(address(port));
        }
        assert_eq!(demux.known.len(), MAX_ADDRESSES);
        assert_eq!(demux.find(address(999), MEDIA), Some(route(1)));
    }
}
