//! Clients that asked for candidates of one transport alone: LiveKit's connection check.

use std::collections::VecDeque;

use anteroom_media::{Transport, only_candidates_of};
use anteroom_room::Identity;

/// How many are remembered in a room; a client that tests joins again within seconds.
const MAX_REMEMBERED: usize = 32;

/// Who asked for which transport, the latest first.
#[derive(Default)]
pub(super) struct ForcedTransports(VecDeque<(Identity, Transport)>);

impl ForcedTransports {
    pub(super) fn insert(&mut self, who: Identity, transport: Option<Transport>) {
        self.0.retain(|(known, _)| *known != who);
        self.0.truncate(MAX_REMEMBERED - 1);
        transport.into_iter().for_each(|transport| self.0.push_front((who.clone(), transport)));
    }

    /// The transport this client asked for; `None` for all.
    pub(super) fn of(&self, who: &Identity) -> Option<Transport> {
        self.0.iter().find(|(known, _)| known == who).map(|(_, transport)| *transport)
    }
}

/// A description of ours with the candidates of the forced transport alone.
pub(super) fn filter_candidates(forced: Option<Transport>, sdp: String) -> String {
    match forced {
        Some(transport) => only_candidates_of(transport, &sdp),
        None => sdp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latest_request_counts_and_old_ones_are_forgotten() {
        let mut forced = ForcedTransports::default();
        forced.insert("ada".into(), Some(Transport::Tcp));
        assert_eq!(forced.of(&"ada".into()), Some(Transport::Tcp));
        forced.insert("ada".into(), None);
        assert_eq!(forced.of(&"ada".into()), None);
        for number in 0..1_000 {
            forced.insert(number.to_string().as_str().into(), Some(Transport::Tcp));
        }
        assert_eq!(forced.0.len(), MAX_REMEMBERED);
    }
}
