//! Keyframe requests: a PLI to the publisher for a subscription that cannot be decoded without a keyframe. Each is taken
//! out of the subscriber's budget, whatever it is needed for.

use std::time::Instant;

use super::media::Media;
use crate::ids::{LayerKey, PeerId, SectionKey};
use crate::publication::keyframe_budget::Payer;
use crate::publication::{KeyframeRequest, Publication};
use crate::sdp::section::Kind;
use crate::subscription::Subscription;

impl Media {
    /// The decoder of this subscriber needs a keyframe.
    pub(crate) fn keyframe_requested(&mut self, now: Instant, subscription: SectionKey) {
        let (Some(person), Some(publication)) = (self.person(subscription.0), self.publication_for_mut(subscription))
        else {
            return;
        };
        if publication.keyframe_budgets.of(now, person).is_repeated(now) {
            return;
        }
        if self.request_keyframe(now, subscription) != Some(KeyframeRequest::Refused) {
            return;
        }
        self.drops.keyframe_requests += 1;
        if let Some(publication) = self.publication_for_mut(subscription)
            && let Some(until) = publication.keyframe_budgets.of(now, person).refused(now)
        {
            self.lower_layer(subscription, until);
        }
    }

    /// Sends a layer below the current one until then.
    fn lower_layer(&mut self, (id, mid): SectionKey, until: Instant) {
        let receiver = self.peers.get(&id).and_then(|peer| peer.subscriptions.get(&mid));
        let current = receiver.and_then(Subscription::current_layer).flatten();
        let Some(index) = self.publication_for((id, mid)).map(|publication| publication.layer_index(current)) else {
            return;
        };
        if let Some(receiver) = self.peers.lend(&id).and_then(|peer| peer.subscriptions.get_mut(&mid)) {
            receiver.lowered_until = Some((index.saturating_sub(1), until));
        }
    }

    /// This subscription needs a keyframe of the layer it is to be sent; not as long as its peer cannot receive one.
    pub(crate) fn request_keyframe(&mut self, now: Instant, subscription: SectionKey) -> Option<KeyframeRequest> {
        let payer = Payer::Subscriber(self.person(subscription.0)?);
        self.request_keyframe_for(now, subscription, payer)
    }

    /// As [`Media::request_keyframe`], out of another budget.
    pub(crate) fn request_keyframe_for(
        &mut self,
        now: Instant,
        subscription: SectionKey,
        payer: Payer,
    ) -> Option<KeyframeRequest> {
        let publication = self.routes.publication_of(subscription)?;
        let peer = self.peers.get(&subscription.0).filter(|peer| peer.can_receive_media())?;
        let receiver = peer.subscriptions.get(&subscription.1)?;
        if receiver.paused || receiver.bandwidth_paused {
            return None;
        }
        // Of the selected layer, even if another is still being sent: the keyframe that it waits for does for both.
        let selected = self.select_layers(subscription, now).map(|selected| selected.layer);
        let layer = selected.or_else(|| receiver.current_layer()).unwrap_or(None);
        self.request_keyframe_of(now, publication, layer, payer)
    }

    /// Requests a keyframe of this layer, see [`Publication::request_keyframe`].
    pub(crate) fn request_keyframe_of(
        &mut self,
        now: Instant,
        publication: SectionKey,
        layer: Option<LayerKey>,
        payer: Payer,
    ) -> Option<KeyframeRequest> {
        let peer = self.peers.lend(&publication.0)?;
        let published = peer.publications.get_mut(&publication.1).filter(|published| published.kind == Kind::Video)?;
        let request = published.request_keyframe(now, layer, payer);
        if request == KeyframeRequest::Send {
            peer.send_pli(publication.1, layer);
        }
        Some(request)
    }

    /// These peers need a keyframe of this layer: the first whose budget is not spent requests it.
    pub(crate) fn request_keyframe_of_any(
        &mut self,
        now: Instant,
        publication: SectionKey,
        layer: Option<LayerKey>,
        requesters: &[PeerId],
    ) {
        for id in requesters {
            let payer = self.person(*id).map(Payer::Subscriber);
            let request = payer.and_then(|payer| self.request_keyframe_of(now, publication, layer, payer));
            if request != Some(KeyframeRequest::Refused) {
                break;
            }
        }
    }

    fn publication_for_mut(&mut self, subscription: SectionKey) -> Option<&mut Publication> {
        let (peer, mid) = self.routes.publication_of(subscription)?;
        self.peers.lend(&peer)?.publications.get_mut(&mid)
    }
}
