//! Bandwidth allocation: which layer each video subscription of a peer is sent within the peer's estimate.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::media::Mid;

use super::media::Media;
use crate::bwe::allocation::{LayerRequest, allocate, mark_excess, raised};
use crate::bwe::budget::{
    ALLOCATION_INTERVAL, HOLD_AFTER_LOWERING, IDLE_INTERVAL, MOST_TRIED, OBEYED_PERCENT, PAUSE_AFTER_REQUEST,
};
use crate::bwe::sender_limit::{sender_limit, shares};
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
        let (mids, mut requests): (Vec<Mid>, Vec<LayerRequest>) = self.layer_requests(now, id).into_iter().unzip();
        mark_excess(&mut requests);
        let Some(peer) = self.peers.lend(&id) else {
            return;
        };
        peer.bandwidth.next_allocation =
            Some(now + if requests.is_empty() { IDLE_INTERVAL } else { ALLOCATION_INTERVAL });
        if requests.is_empty() {
            peer.bandwidth.limited = false;
            return;
        }
        let holding = peer.bandwidth.lowered_at.is_some_and(|at| now < at + HOLD_AFTER_LOWERING);
        let (available, tolerable) = peer.bandwidth.for_video();
        let allocation = allocate(available, tolerable, &requests, !holding);
        if peer.bandwidth.has_estimate {
            let shares = shares(available, &requests, &allocation);
            for ((mid, request), share) in mids.iter().zip(&requests).zip(shares) {
                let subscription = peer.subscriptions.entry(*mid).or_default();
                subscription.sender_limit =
                    share.and_then(|share| sender_limit(request, share, subscription.sender_limit));
            }
        }
        peer.update_probing(now, &mids, &requests, allocation.bitrate);

        let pause_after = peer.bandwidth.pause_after(now);
        let mut changed = Vec::new();
        for ((mid, request), layer) in mids.iter().zip(&requests).zip(allocation.layers) {
            if layer < request.current {
                peer.bandwidth.lowered_at = Some(now);
            }
            let subscription = peer.subscriptions.entry(*mid).or_default();
            let paused = subscription.allocate_layer(now, layer, request, pause_after);
            if let Some(paused) = paused {
                changed.push(*mid);
                if paused {
                    peer.forget_sent_video(*mid);
                }
                self.outputs.push_back(Output::VideoPaused { peer: id, mid: *mid, paused });
            }
        }
        for mid in changed {
            self.request_keyframe(now, (id, mid));
        }
        self.limit_senders(now, id, &mids);
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
            let costs = publication.layer_bitrates(now, subscription.highest_layer(now, publication));
            // The layer last allocated counts as current: until its keyframe arrives, a lower one is
            // being sent.
            let current = (!subscription.bandwidth_paused)
                .then(|| subscription.allocated_layer.unwrap_or(usize::MAX).min(costs.len().saturating_sub(1)));
            let layered = publication.has_sizes();
            let (priority, since) = (subscription.priority, subscription.since);
            let (publisher, _) = self.routes.publication_of((id, *mid))?;
            Some((*mid, LayerRequest { costs, current, priority, layered, since, publisher, excess: false }))
        };
        peer.subscriptions.iter().filter_map(request).collect()
    }
}

impl Peer {
    /// Sets the range in which str0m probes for bandwidth. `spent` is what was allocated to video.
    fn update_probing(&mut self, now: Instant, mids: &[Mid], requests: &[LayerRequest], spent: u64) {
        mids.iter().for_each(|mid| self.subscriptions.entry(*mid).or_default().await_report(now));
        let wanted_bitrate = |(mid, request): (&Mid, &LayerRequest)| {
            let cost = request.costs.last().copied().unwrap_or(0);
            let limit = self.subscriptions.get(mid).and_then(|subscription| subscription.sender_limit);
            // A limited publisher would send more.
            limit.map_or(cost, |limit| cost.max(limit) * 3 / 2)
        };
        let sent = || mids.iter().zip(requests).filter(|(_, request)| !request.excess);
        let wanted = sent().map(wanted_bitrate).sum::<u64>();
        let paused = sent().map(|(_, request)| request).filter(|request| request.current.is_none());
        let is_paused = sent().any(|(_, request)| request.current.is_none());
        let lowest: Vec<u64> = paused.filter_map(|request| request.costs.first()).copied().collect();
        let small = lowest.iter().copied().min().filter(|cost| *cost <= MOST_TRIED);
        let needed = spent + small.map_or(0, raised);
        let tried = self.bandwidth.try_paused(now, small.is_some(), needed);
        if let Some(bitrate) = tried.or_else(|| is_paused.then(|| self.bandwidth.stalled(now)).flatten()) {
            self.rtc.bwe().reset(Bitrate::bps(bitrate));
        }
        let lowest_paused = lowest.iter().sum();
        self.bandwidth.limited = spent < wanted;
        let range = if self.subscriptions.values().any(|subscription| subscription.is_unreported(now)) {
            self.bandwidth.suspend_probing()
        } else {
            self.bandwidth.probe(now, wanted, spent < wanted, lowest_paused)
        };
        if let Some(range) = range {
            self.set_probe_range(range);
        }
    }
}

impl Subscription {
    /// Sends up to this layer from now on, or nothing once the lowest one has not fitted for a while. Returns whether
    /// video is paused now, if that has changed.
    fn allocate_layer(
        &mut self,
        now: Instant,
        mut layer: Option<usize>,
        request: &LayerRequest,
        pause_after: Duration,
    ) -> Option<bool> {
        let cost = request.costs.first().copied().unwrap_or(0);
        if layer.is_some() || request.excess {
            self.insufficient_since = None;
        } else if !self.bandwidth_paused {
            let (since, cost_then) = *self.insufficient_since.get_or_insert((now, cost));
            let obeys = cost * 100 < cost_then * OBEYED_PERCENT;
            let pause_at = since + if obeys { PAUSE_AFTER_REQUEST } else { pause_after };
            layer = (now < pause_at).then_some(0);
        }
        // The highest layer is no limit: others may begin to arrive before the next allocation.
        let highest = request.costs.len().saturating_sub(1);
        self.excess = request.excess;
        self.allocated_layer = layer.map(|layer| if layer < highest { layer } else { usize::MAX });
        let changed = self.bandwidth_paused != layer.is_none();
        if changed {
            self.bandwidth_paused = layer.is_none();
            self.restart();
        }
        changed.then_some(self.bandwidth_paused)
    }
}
