//! Bandwidth allocation: which layers a peer is sent within its estimate.

use std::time::Instant;

use str0m::media::Mid;

use super::media::Media;
use crate::bwe::allocation::{Wish, share};
use crate::bwe::budget::{AGAIN, CALM, IDLE, PATIENCE};
use crate::ids::PeerId;
use crate::io::Output;
use crate::peer::Peer;
use crate::sdp::section::Kind;
use crate::subscription::Sink;

impl Media {
    /// Decides anew which layers this peer gets, if it is time.
    pub(crate) fn apportion(&mut self, now: Instant, id: PeerId) {
        let due = |peer: &Peer| peer.bandwidth.next.is_none_or(|next| next <= now);
        if !self.peers.get(&id).is_some_and(due) {
            return;
        }
        let (mids, wishes): (Vec<Mid>, Vec<Wish>) = self.wishes(now, id).into_iter().unzip();
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.bandwidth.next = Some(now + if wishes.is_empty() { IDLE } else { AGAIN });
        if wishes.is_empty() {
            peer.bandwidth.short = false;
            return;
        }
        let calm = peer.bandwidth.lowered.is_some_and(|at| now < at + CALM);
        let (available, tolerable) = peer.bandwidth.for_pictures();
        let shares = share(available, tolerable, &wishes, !calm);
        let wanted = wishes.iter().filter_map(|wish| wish.costs.last()).sum::<u64>();
        let starved = wishes.iter().filter(|wish| wish.has.is_none()).filter_map(|wish| wish.costs.first()).sum();
        peer.bandwidth.short = shares.spent < wanted;
        if let Some(range) = peer.bandwidth.look_for(now, wanted, shares.spent < wanted, starved) {
            peer.set_wanted_bitrate(range);
        }

        let mut begin = Vec::new();
        for ((mid, wish), mut layer) in mids.into_iter().zip(&wishes).zip(shares.layers) {
            if layer < wish.has {
                peer.bandwidth.lowered = Some(now);
            }
            let sink = peer.sinks.entry(mid).or_default();
            if layer.is_some() {
                sink.short = None;
            } else if !sink.starved && now < *sink.short.get_or_insert(now) + PATIENCE {
                layer = Some(0);
            }
            sink.cap = layer;
            if sink.starved != layer.is_none() {
                sink.starved = layer.is_none();
                sink.restart();
                begin.push(mid);
                self.outputs.push_back(Output::Starved { peer: id, mid, starved: layer.is_none() });
            }
        }
        for mid in begin {
            self.ask_for(now, (id, mid));
        }
    }

    /// What the peer's sinks of pictures would cost and have.
    fn wishes(&self, now: Instant, id: PeerId) -> Vec<(Mid, Wish)> {
        let Some(peer) = self.peers.get(&id) else {
            return Vec::new();
        };
        let wish = |(mid, sink): (&Mid, &Sink)| {
            let source = self.source((id, *mid))?;
            if sink.paused || source.kind != Kind::Video || !source.flows(now) {
                return None;
            }
            let costs = source.costs(now, source.rank(sink.limit));
            // What it was last given counts as had: before the keyframe comes, it shows something lower.
            let has = (!sink.starved).then(|| sink.cap.unwrap_or(usize::MAX).min(costs.len().saturating_sub(1)));
            Some((*mid, Wish { costs, has }))
        };
        peer.sinks.iter().filter_map(wish).collect()
    }
}
