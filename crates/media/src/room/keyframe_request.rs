//! Keyframe requests: a PLI to the publisher for a subscription that cannot be decoded without a keyframe.

use std::time::Instant;

use super::media::Media;
use crate::ids::{LayerKey, SectionKey};
use crate::peer::Peer;
use crate::sdp::section::Kind;
use crate::subscription::Subscription;
use crate::subscription::keyframe_budget::KeyframeRequest;

impl Media {
    /// The decoder of this subscriber needs a keyframe.
    pub(crate) fn keyframe_requested(&mut self, now: Instant, (id, mid): SectionKey) {
        let budget = |peer: &mut Peer| Some(peer.subscriptions.get_mut(&mid)?.keyframe_budget.request(now));
        match self.peers.get_mut(&id).and_then(budget) {
            Some(KeyframeRequest::Granted) => self.request_keyframe(now, (id, mid)),
            Some(KeyframeRequest::LowerUntil(until)) => self.lower_layer((id, mid), until),
            Some(KeyframeRequest::Refused) | None => {}
        }
    }

    /// Sends a layer below the current one until then.
    fn lower_layer(&mut self, (id, mid): SectionKey, until: Instant) {
        let receiver = self.peers.get(&id).and_then(|peer| peer.subscriptions.get(&mid));
        let current = receiver.and_then(Subscription::current_layer).flatten();
        let Some(index) = self.publication_for((id, mid)).map(|publication| publication.layer_index(current)) else {
            return;
        };
        if let Some(receiver) = self.peers.get_mut(&id).and_then(|peer| peer.subscriptions.get_mut(&mid)) {
            receiver.lowered_until = Some((index.saturating_sub(1), until));
        }
    }

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
        let layer =
            receiver.current_layer().or_else(|| Some(self.select_layers(subscription, now)?.layer)).unwrap_or(None);
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
