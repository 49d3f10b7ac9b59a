//! Muted tracks: what is still sent of them reaches nobody.
//!
//! A browser that mutes its camera goes on sending black pictures, and a program that does not heed its muting by the
//! practice goes on sending everything. Neither is for the others.

use std::time::Instant;

use str0m::media::Mid;

use super::media::Media;
use crate::ids::PeerId;

impl Media {
    /// From now on nothing of this source goes out, or goes out again: sound at once, pictures with a keyframe, which is
    /// asked for. A source is not muted when its section is first agreed on.
    pub fn mute(&mut self, now: Instant, publication: (PeerId, Mid), muted: bool) {
        let now = self.set_now(now);
        let Some(muting) =
            self.peers.get_mut(&publication.0).and_then(|peer| peer.publications.get_mut(&publication.1))
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
                self.request_keyframe(now, subscription);
            }
        }
    }
}
