//! A publication: what a peer sends on one section, with its simulcast layers and keyframe requests.

pub(crate) mod audio_level;
pub(crate) mod capture_time;
pub(crate) mod keyframe_wait;
pub(crate) mod layer;
pub(crate) mod layer_demand;

use std::time::Instant;

use str0m::media::Rid;
use str0m::rtp::Ssrc;

use crate::sdp::section::{Codec, Kind};
use audio_level::AudioLevelMeter;
use keyframe_wait::KeyframeWait;
use layer::{KEYFRAME_INTERVAL, Layer};
use layer_demand::LayerDemand;

/// Assumed bitrates of layers that are not measured yet, lowest first: what browsers spend on a camera.
const DEFAULT_BITRATES: [u64; 3] = [150_000, 500_000, 1_700_000];

#[derive(Debug)]
pub(crate) struct Publication {
    pub(crate) kind: Kind,
    pub(crate) received: bool,
    pub(crate) muted: bool,
    /// The codec of its packets; an offer only lists what it may be.
    pub(crate) codec: Option<Codec>,
    pub(crate) audio_level: AudioLevelMeter,
    pub(crate) layer_demand: LayerDemand,
    pub(crate) keyframe_wait: KeyframeWait,
    /// Lowest first. Without simulcast there is one layer without a RID.
    layers: Vec<Layer>,
}

impl Publication {
    pub(crate) fn new(kind: Kind, rids: &[Rid]) -> Self {
        let mut publication = Self {
            kind,
            received: false,
            muted: false,
            codec: None,
            audio_level: AudioLevelMeter::default(),
            layer_demand: LayerDemand::default(),
            keyframe_wait: KeyframeWait::default(),
            layers: Vec::new(),
        };
        publication.update_layers(kind, rids);
        publication
    }

    /// A new offer may declare other layers; the state of those that stay is kept.
    pub(crate) fn update_layers(&mut self, kind: Kind, rids: &[Rid]) {
        self.kind = kind;
        let mut old = std::mem::take(&mut self.layers);
        let mut keep = |rid: Option<Rid>| {
            let at = old.iter().position(|layer| layer.rid == rid);
            at.map_or_else(|| Layer::new(rid), |at| old.swap_remove(at))
        };
        self.layers =
            if rids.is_empty() { vec![keep(None)] } else { rids.iter().map(|rid| keep(Some(*rid))).collect() };
    }

    pub(crate) fn packet_received(&mut self, now: Instant, rid: Option<Rid>, ssrc: Ssrc, keyframe: bool, bytes: usize) {
        if let Some(layer) = self.layers.iter_mut().find(|layer| layer.rid == rid) {
            layer.last_packet = Some(now);
            layer.ssrc = Some(ssrc);
            layer.bitrate.add(now, bytes);
            if keyframe {
                layer.request_pending = false;
            }
        }
    }

    /// The SSRC a layer was last received on. It may change; str0m remembers old ones.
    pub(crate) fn ssrc(&self, rid: Option<Rid>) -> Option<Ssrc> {
        self.layers.iter().find(|layer| layer.rid == rid)?.ssrc
    }

    /// The RIDs of its layers, lowest first; empty without simulcast.
    pub(crate) fn rids(&self) -> Vec<Rid> {
        self.layers.iter().filter_map(|layer| layer.rid).collect()
    }

    pub(crate) fn layer_count(&self) -> usize {
        self.layers.len()
    }

    pub(crate) fn is_active(&self, now: Instant) -> bool {
        self.layers.iter().any(|layer| layer.is_active(now))
    }

    /// The index of a layer, counted from the lowest; the highest without a limit or for an unknown layer.
    pub(crate) fn layer_index(&self, limit: Option<Rid>) -> usize {
        let highest = self.layers.len().saturating_sub(1);
        limit.and_then(|limit| self.layers.iter().position(|layer| layer.rid == Some(limit))).unwrap_or(highest)
    }

    /// The highest active layer not above `limit`; otherwise the lowest active one.
    pub(crate) fn best_layer(&self, now: Instant, limit: usize) -> Option<Option<Rid>> {
        self.best_active(now, limit).map(|(_, layer)| layer.rid)
    }

    fn best_active(&self, now: Instant, limit: usize) -> Option<(usize, &Layer)> {
        let best_active = || self.layers.iter().enumerate().filter(|(_, layer)| layer.is_active(now));
        best_active().rfind(|(layer_index, _)| *layer_index <= limit).or_else(|| best_active().next())
    }

    /// Bits per second a subscription would be sent with each layer as its limit, up to `highest`.
    pub(crate) fn layer_bitrates(&self, now: Instant, highest: usize) -> Vec<u64> {
        let guess = |layer_index: usize| {
            DEFAULT_BITRATES.get(layer_index).or(DEFAULT_BITRATES.last()).copied().unwrap_or_default()
        };
        let cost = |(layer_index, layer): (usize, &Layer)| {
            layer.bitrate.bits_per_second().unwrap_or_else(|| guess(layer_index))
        };
        (0..=highest).map(|limit| self.best_active(now, limit).map_or(0, cost)).collect()
    }

    /// A subscription needs a keyframe of this layer. True if a PLI is to be sent now; otherwise one was sent
    /// less than [`KEYFRAME_INTERVAL`] ago, and another is due at [`Publication::deadline`].
    pub(crate) fn request_keyframe(&mut self, now: Instant, rid: Option<Rid>) -> bool {
        let Some(layer) = self.layers.iter_mut().find(|layer| layer.rid == rid) else {
            return false;
        };
        let too_soon = layer.requested_at.is_some_and(|requested_at| now < requested_at + KEYFRAME_INTERVAL);
        if too_soon {
            layer.request_pending = true;
            return false;
        }
        layer.requested_at = Some(now);
        layer.request_pending = false;
        true
    }

    /// The layers whose delayed keyframe requests are due.
    pub(crate) fn due_keyframe_requests(&mut self, now: Instant) -> Vec<Option<Rid>> {
        let is_due = |layer: &&mut Layer| layer.retry_at().is_some_and(|at| at <= now);
        self.layers
            .iter_mut()
            .filter(is_due)
            .map(|layer| {
                layer.requested_at = Some(now);
                layer.request_pending = false;
                layer.rid
            })
            .collect()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let retries = self.layers.iter().filter_map(Layer::retry_at).min();
        [retries, self.audio_level.deadline(), self.layer_demand.deadline()].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn rid(name: &str) -> Rid {
        Rid::from(name)
    }

    #[test]
    fn best_layer_is_the_highest_active_below_the_limit() {
        let now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &[rid("q"), rid("h"), rid("f")]);
        assert_eq!(publication.best_layer(now, 2), None);
        publication.packet_received(now, Some(rid("q")), 7.into(), true, 100);
        publication.packet_received(now, Some(rid("f")), 7.into(), true, 100);
        assert_eq!(publication.best_layer(now, 2), Some(Some(rid("f"))));
        assert_eq!(publication.best_layer(now, 1), Some(Some(rid("q"))));
        let later = now + Duration::from_secs(2);
        publication.packet_received(later, Some(rid("h")), 7.into(), false, 100);
        assert_eq!(publication.best_layer(later, 2), Some(Some(rid("h"))));
        assert_eq!(publication.best_layer(later, 0), Some(Some(rid("h"))), "lowest active layer above the limit");
    }

    #[test]
    fn keyframe_requests_are_rate_limited_and_retried() {
        let now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &[]);
        assert!(publication.request_keyframe(now, None));
        let soon = now + Duration::from_millis(100);
        assert!(!publication.request_keyframe(soon, None), "requested_at a moment ago");
        assert_eq!(publication.deadline(), Some(now + KEYFRAME_INTERVAL));
        assert!(publication.due_keyframe_requests(soon).is_empty());
        assert_eq!(publication.due_keyframe_requests(now + KEYFRAME_INTERVAL), vec![None]);
        assert_eq!(publication.deadline(), None);
    }

    #[test]
    fn received_keyframe_cancels_the_retry() {
        let now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &[]);
        publication.request_keyframe(now, None);
        publication.request_keyframe(now, None);
        publication.packet_received(now, None, 7.into(), true, 100);
        assert_eq!(publication.deadline(), None);
    }
}
