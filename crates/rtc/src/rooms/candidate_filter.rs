//! Devices that want to reach us by one transport alone: a program's test of whether it could.

use std::collections::VecDeque;

use anteroom_livekit as livekit;
use anteroom_media::{Transport, only_candidates_of};
use anteroom_room::{Identity, ParticipantSid};

use super::live_room::LiveRoom;

/// So many wishes are kept in a room; whoever tests comes in anew within seconds.
const MOST: usize = 32;

/// Who wants to reach us how, the latest first.
#[derive(Default)]
pub(super) struct ForcedTransport(VecDeque<(Identity, Transport)>);

impl ForcedTransport {
    fn insert(&mut self, who: Identity, transport: Option<Transport>) {
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
pub(super) fn input_to(forced_transport: Option<Transport>, sdp: String) -> String {
    match forced_transport {
        Some(transport) => only_candidates_of(transport, &sdp),
        None => sdp,
    }
}

impl LiveRoom {
    /// Where they find us, once for each path: the description said it already, but tests of a line look for it here.
    pub(super) fn send_candidates(
        &mut self,
        who: &ParticipantSid,
        ufrag: &str,
        (mid, candidates): (&str, Vec<&str>),
        second: bool,
    ) {
        let Some(connection) = self.connections.get_mut(who) else { return };
        if !connection.is_new_ufrag(ufrag) {
            return;
        }
        let forced_transport = connection.forced_transport;
        for candidate in candidates {
            if !input_to(forced_transport, format!("a={candidate}")).is_empty() {
                self.say(who, livekit::trickle(mid, candidate, second));
            }
        }
    }

    /// From the next time on that they come in.
    pub(super) fn force_transport(&mut self, who: &ParticipantSid, transport: Option<Transport>) {
        if let Some(info) = self.room.participant(who) {
            self.forced_transports.insert(info.identity.clone(), transport);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_wish_counts_and_old_ones_are_forgotten() {
        let mut forced_transports = ForcedTransport::default();
        forced_transports.insert("ada".into(), Some(Transport::Tcp));
        assert_eq!(forced_transports.of(&"ada".into()), Some(Transport::Tcp));
        forced_transports.insert("ada".into(), None);
        assert_eq!(forced_transports.of(&"ada".into()), None);
        for number in 0..1_000 {
            forced_transports.insert(number.to_string().as_str().into(), Some(Transport::Tcp));
        }
        assert_eq!(forced_transports.0.len(), MOST);
    }
}
