//! Connection quality, reported every few seconds.

use std::time::Instant;

use super::media::Media;
use crate::bwe::connection_score::{SMALLER, WITHOUT_PICTURES};
use crate::ids::PeerId;
use crate::io::Output;

impl Media {
    /// Tells how good a peer's line was, when it is time.
    pub(crate) fn judge(&mut self, now: Instant, id: PeerId) {
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        let at_best = match (peer.sinks.values().any(|sink| sink.starved && !sink.paused), peer.bandwidth.short) {
            (true, _) => WITHOUT_PICTURES,
            (false, true) => SMALLER,
            (false, false) => 100.0,
        };
        if let Some(score) = peer.line.judge(now, at_best)
            && peer.secured
            && !peer.lost
        {
            self.outputs.push_back(Output::Quality { peer: id, score });
        }
    }
}
