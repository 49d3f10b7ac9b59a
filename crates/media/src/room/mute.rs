//! Mutes and unmutes publications; `inspect_packet` in `forward.rs` drops what still arrives.
//!
//! A browser with a muted camera continues to send black frames, and a client that ignores a mute by the server
//! continues to send everything. Neither is forwarded.

use std::time::Instant;

use str0m::media::Mid;

use super::media::Media;
use crate::ids::PeerId;
use crate::publication::keyframe_budget::Payer;

impl Media {
    /// Stops or resumes forwarding of a publication. After unmuting, audio resumes with the next packet and video
    /// with a keyframe, which is requested. A publication is not muted when it is first negotiated.
    pub fn mute(&mut self, now: Instant, publication: (PeerId, Mid), muted: bool) {
        let now = self.set_now(now);
        let Some(muting) = self.peers.lend(&publication.0).and_then(|peer| peer.publications.get_mut(&publication.1))
        else {
            return;
        };
        if std::mem::replace(&mut muting.muted, muted) == muted {
            return;
        }
        for subscription in self.routes.subscriptions_of(publication).to_vec() {
            if muted {
                self.restart_subscription(subscription);
            } else {
                self.request_keyframe_for(now, subscription, Payer::Publisher);
            }
        }
    }
}
