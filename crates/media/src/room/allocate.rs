//! Bandwidth allocation: which simulcast layer each video subscription of a peer is sent within the peer's estimate.

use std::time::Instant;

use str0m::media::Mid;

use super::media::Media;
use crate::bwe::allocation::{LayerRequest, allocate};
use crate::bwe::budget::{ALLOCATION_INTERVAL, HOLD_AFTER_LOWERING, IDLE_INTERVAL, PAUSE_AFTER};
use crate::ids::PeerId;
use crate::io::Output;
use crate::peer::Peer;
use crate::sdp::section::Kind;
use crate::subscription::Subscription;

impl Media {
    /// Reallocates the video layers of this peer, if an allocation is due. Pauses and resumes subscriptions, and
    /// requests the keyframe that a resumed one needs.
    pub(crate) fn allocate_bandwidth(&mut self, now: Instant, id: PeerId) {
        let due = |peer: &Peer| peer.bandwidth.next_allocation.is_none_or(|next| next <= now);
        if !self.peers.get(&id).is_some_and(due) {
            return;
        }
        let (mids, layer_requests): (Vec<Mid>, Vec<LayerRequest>) = self.layer_requests(now, id).into_iter().unzip();
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.bandwidth.next_allocation =
            Some(now + if layer_requests.is_empty() { IDLE_INTERVAL } else { ALLOCATION_INTERVAL });
        if layer_requests.is_empty() {
            peer.bandwidth.limited = false;
            return;
        }
        let holding = peer.bandwidth.lowered_at.is_some_and(|at| now < at + HOLD_AFTER_LOWERING);
        let (available, tolerable) = peer.bandwidth.for_video();
        let allocation = allocate(available, tolerable, &layer_requests, !holding);
        let wanted = layer_requests.iter().filter_map(|request| request.costs.last()).sum::<u64>();
        let lowest_paused = layer_requests
            .iter()
            .filter(|request| request.current.is_none())
            .filter_map(|request| request.costs.first())
            .sum();
        peer.bandwidth.limited = allocation.bitrate < wanted;
        mids.iter().for_each(|mid| peer.subscriptions.entry(*mid).or_default().await_report(now));
        let range = if peer.subscriptions.values().any(|subscription| subscription.is_unreported(now)) {
            peer.bandwidth.suspend_probing()
        } else {
            peer.bandwidth.probe(now, wanted, allocation.bitrate < wanted, lowest_paused)
        };
        if let Some(range) = range {
            peer.set_probe_range(range);
        }

        let mut resumed = Vec::new();
        for ((mid, request), mut layer) in mids.into_iter().zip(&layer_requests).zip(allocation.layers) {
            if layer < request.current {
                peer.bandwidth.lowered_at = Some(now);
            }
            let subscription = peer.subscriptions.entry(mid).or_default();
            if layer.is_some() {
                subscription.insufficient_since = None;
            } else if !subscription.bandwidth_paused
                && now < *subscription.insufficient_since.get_or_insert(now) + PAUSE_AFTER
            {
                layer = Some(0);
            }
            subscription.allocated_layer = layer;
            if subscription.bandwidth_paused != layer.is_none() {
                subscription.bandwidth_paused = layer.is_none();
                subscription.restart();
                resumed.push(mid);
                self.outputs.push_back(Output::VideoPaused { peer: id, mid, paused: layer.is_none() });
            }
        }
        for mid in resumed {
            self.request_keyframe(now, (id, mid));
        }
    }

    /// The active video subscriptions of a peer, with what their layers cost.
    fn layer_requests(&self, now: Instant, id: PeerId) -> Vec<(Mid, LayerRequest)> {
        let Some(peer) = self.peers.get(&id).filter(|peer| peer.can_receive_media()) else {
            return Vec::new();
        };
        let request = |(mid, subscription): (&Mid, &Subscription)| {
            let publication = self.publication_for((id, *mid))?;
            if subscription.paused || publication.kind != Kind::Video || !publication.is_active(now) {
                return None;
            }
            let costs = publication.layer_bitrates(now, publication.layer_index(subscription.max_layer));
            // The layer last allocated counts as current: until its keyframe arrives, a lower one is
            // being sent.
            let current = (!subscription.bandwidth_paused)
                .then(|| subscription.allocated_layer.unwrap_or(usize::MAX).min(costs.len().saturating_sub(1)));
            Some((*mid, LayerRequest { costs, current, priority: subscription.priority }))
        };
        peer.subscriptions.iter().filter_map(request).collect()
    }
}
