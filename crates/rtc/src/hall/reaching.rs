//! Devices that want to reach us by one transport alone: a program's test of whether it could.

use std::collections::VecDeque;

use anteroom_dialect::livekit;
use anteroom_media::{Transport, only_candidates_of};
use anteroom_room::{Identity, ParticipantSid};

use super::live::Live;

/// So many wishes are kept in a room; whoever tests comes in anew within seconds.
const MOST: usize = 32;

/// Who wants to reach us how, the latest first.
#[derive(Default)]
pub(super) struct Reaching(VecDeque<(Identity, Transport)>);

impl Reaching {
    fn wish(&mut self, who: Identity, transport: Option<Transport>) {
        self.0.retain(|(known, _)| *known != who);
        self.0.truncate(MOST - 1);
        transport.into_iter().for_each(|transport| self.0.push_front((who.clone(), transport)));
    }

    /// How this one wants to reach us; `None` for whatever there is.
    pub(super) fn of(&self, who: &Identity) -> Option<Transport> {
        self.0.iter().find(|(known, _)| known == who).map(|(_, transport)| *transport)
    }
}

/// A description of ours for somebody who wants to reach us like this.
pub(super) fn told(reach: Option<Transport>, sdp: String) -> String {
    match reach {
        Some(transport) => only_candidates_of(transport, &sdp),
        None => sdp,
    }
}

impl Live {
    /// Where they find us, once for each path: the description said it already, but tests of a line look for it here.
    pub(super) fn tell_candidates(
        &mut self,
        who: &ParticipantSid,
        ufrag: &str,
        (mid, candidates): (&str, Vec<&str>),
        second: bool,
    ) {
        let Some(device) = self.devices.get_mut(who) else { return };
        if !device.points_to(ufrag) {
            return;
        }
        let reach = device.reach;
        for candidate in candidates {
            if !told(reach, format!("a={candidate}")).is_empty() {
                self.say(who, livekit::trickle(mid, candidate, second));
            }
        }
    }

    /// From the next time on that they come in.
    pub(super) fn reach_by(&mut self, who: &ParticipantSid, transport: Option<Transport>) {
        if let Some(face) = self.room.stay(who) {
            self.reaching.wish(face.identity.clone(), transport);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_wish_counts_and_old_ones_are_forgotten() {
        let mut reaching = Reaching::default();
        reaching.wish("ada".into(), Some(Transport::Tcp));
        assert_eq!(reaching.of(&"ada".into()), Some(Transport::Tcp));
        reaching.wish("ada".into(), None);
        assert_eq!(reaching.of(&"ada".into()), None);
        for number in 0..1_000 {
            reaching.wish(number.to_string().as_str().into(), Some(Transport::Tcp));
        }
        assert_eq!(reaching.0.len(), MOST);
    }
}
