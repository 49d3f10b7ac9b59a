//! Keyframe requests: a PLI to the publisher for a subscription that cannot be decoded without a keyframe.

use std::time::Instant;

use super::media::Media;
use crate::ids::{LayerKey, SectionKey};
use crate::sdp::section::Kind;

impl Media {
    /// This subscription needs a keyframe of its current or selected layer; not as long as its peer cannot receive
    /// one. Rate-limited per layer, see
    /// [`Publication::request_keyframe`](crate::publication::Publication::request_keyframe).
    pub(crate) fn request_keyframe(&mut self, now: Instant, subscription: SectionKey) {
        let Some(publication) = self.routes.publication_of(subscription) else {
            return;
        };
        let peer = self.peers.get(&subscription.0).filter(|peer| peer.can_receive_media());
        let Some(receiver) = peer.and_then(|peer| peer.subscriptions.get(&subscription.1)) else {
            return;
        };
        if receiver.paused || receiver.bandwidth_paused {
            return;
        }
        let layer = receiver.current_layer().or_else(|| self.selected_layer(subscription, now)).unwrap_or(None);
        self.request_keyframe_of(now, publication, layer);
    }

    pub(crate) fn request_keyframe_of(&mut self, now: Instant, publication: SectionKey, layer: Option<LayerKey>) {
        let Some(peer) = self.peers.get_mut(&publication.0) else {
            return;
        };
        let Some(published) = peer.publications.get_mut(&publication.1) else {
            return;
        };
        if published.kind == Kind::Video && published.request_keyframe(now, layer) {
            peer.send_pli(publication.1, layer);
        }
    }
}
