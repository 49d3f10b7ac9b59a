//! Persons: what the peers of one person share, and what a peer gets from the one before it.

use super::media::Media;
use crate::bwe::last_estimates;
use crate::ids::{PeerId, PersonId};
use crate::peer::Peer;

impl Media {
    /// Peers of one person share what they may request of a publication; so does a peer that takes the place of another,
    /// and it starts at that one's bandwidth estimate. Without a call a peer is a person of its own. Call it right after
    /// [`Media::join`].
    pub fn set_person(&mut self, peer: PeerId, person: PersonId) {
        let Some(now) = self.now else { return };
        let others = self.peers.values().filter(|other| other.id != peer && other.person == person);
        // The one that it replaces may not have left yet.
        let estimate = others.filter_map(|other| other.bandwidth.estimate()).min();
        let estimate = estimate.or_else(|| self.last_estimates.of(now, person));
        if let Some(peer) = self.peers.lend(&peer) {
            peer.person = person;
            if let Some(estimate) = estimate {
                peer.start_at(last_estimates::start(estimate));
            }
        }
    }

    /// Whose peer this is.
    pub fn person(&self, peer: PeerId) -> Option<PersonId> {
        self.peers.get(&peer).map(|peer| peer.person)
    }
}

impl Peer {
    fn start_at(&mut self, bits_per_second: u64) {
        self.bandwidth.start_at(bits_per_second);
        self.rtc.bwe().reset(str0m::bwe::Bitrate::bps(bits_per_second));
    }
}
