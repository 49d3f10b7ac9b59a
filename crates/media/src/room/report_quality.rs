//! Connection quality of a peer, reported every few seconds.

use std::time::Instant;

use super::media::Media;
use crate::bwe::connection_score::{MAX_WITH_LIMITED_VIDEO, MAX_WITHOUT_VIDEO};
use crate::ids::PeerId;
use crate::io::Output;

impl Media {
    /// Reports the connection score of a connected peer, when a report is due.
    pub(crate) fn report_connection_quality(&mut self, now: Instant, id: PeerId) {
        let Some(peer) = self.peers.lend(&id) else {
            return;
        };
        let maximum = match (
            peer.subscriptions
                .values()
                .any(|subscription| subscription.bandwidth_paused && !subscription.paused && !subscription.excess),
            peer.bandwidth.limited,
        ) {
            (true, _) => MAX_WITHOUT_VIDEO,
            (false, true) => MAX_WITH_LIMITED_VIDEO,
            (false, false) => 100.0,
        };
        if let Some(score) = peer.connection_score.report(now, maximum)
            && peer.dtls_connected
            && !peer.ice_disconnected
        {
            self.outputs.push_back(Output::ConnectionQuality { peer: id, score });
        }
    }
}
