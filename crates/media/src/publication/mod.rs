//! A publication: what a peer sends on one section, with its simulcast layers and keyframe requests.

pub(crate) mod audio_level;
pub(crate) mod capture_time;
pub(crate) mod keyframe_budget;
pub(crate) mod keyframe_wait;
pub(crate) mod layer;
pub(crate) mod layer_demand;
pub(crate) mod scalability;

use std::time::Instant;

use audio_level::AudioLevelMeter;
use keyframe_budget::{KeyframeBudgets, Payer};
use keyframe_wait::KeyframeWait;
use layer::{Layer, MIN_SILENCE};
use layer_demand::LayerDemand;
use scalability::Scalability;
use str0m::media::Rid;
use str0m::rtp::Ssrc;

use crate::ids::LayerKey;
use crate::sdp::offer::MAX_LAYERS;
use crate::sdp::section::{Codec, Kind};

/// Assumed bitrates of layers that are not measured yet, lowest first: what browsers spend on a camera.
const DEFAULT_BITRATES: [u64; 3] = [150_000, 500_000, 1_700_000];

/// What becomes of a keyframe request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyframeRequest {
    /// A PLI is to be sent now.
    Send,
    /// One was sent a moment ago; another is due at [`Publication::deadline`] if no keyframe arrives before.
    Pending,
    /// Its budget is spent.
    Refused,
}

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
    pub(crate) keyframe_budgets: KeyframeBudgets,
    /// When the last packet of any layer arrived.
    last_packet: Option<Instant>,
    /// When packets arrived after a pause of all layers.
    resumed_at: Option<Instant>,
    /// Layers inside the stream. Not read if there is simulcast.
    pub(crate) scalability: Scalability,
    /// The SSRCs of layers without RIDs, lowest first.
    simulcast_ssrcs: Vec<Ssrc>,
    /// Lowest first. Without simulcast there is one layer without a key.
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
            keyframe_budgets: KeyframeBudgets::default(),
            last_packet: None,
            resumed_at: None,
            scalability: Scalability::default(),
            simulcast_ssrcs: Vec::new(),
            layers: Vec::new(),
        };
        publication.update_layers(kind, rids);
        publication
    }

    /// A new offer may declare other layers; the state of unchanged ones is kept.
    pub(crate) fn update_layers(&mut self, kind: Kind, rids: &[Rid]) {
        self.kind = kind;
        let mut old = std::mem::take(&mut self.layers);
        let mut keep = |key: Option<LayerKey>| {
            let at = old.iter().position(|layer| layer.key == key);
            at.map_or_else(|| Layer::new(key), |at| old.swap_remove(at))
        };
        let rids = rids.iter().map(|rid| LayerKey::Rid(*rid));
        let ssrcs = self.simulcast_ssrcs.iter().map(|ssrc| LayerKey::Ssrc(*ssrc));
        let keys: Vec<LayerKey> = if rids.len() > 0 { rids.collect() } else { ssrcs.collect() };
        self.layers =
            if keys.is_empty() { vec![keep(None)] } else { keys.into_iter().map(|key| keep(Some(key))).collect() };
    }

    /// Simulcast without RIDs: the SSRCs of its layers, lowest first. They count while the offer declares no RIDs.
    pub(crate) fn set_simulcast_ssrcs(&mut self, mut ssrcs: Vec<Ssrc>) {
        ssrcs.truncate(MAX_LAYERS);
        self.simulcast_ssrcs = ssrcs;
        let rids: Vec<Rid> = self.layers().into_iter().filter_map(LayerKey::rid).collect();
        self.update_layers(self.kind, &rids);
    }

    /// The layer of a packet that arrived with this RID and SSRC.
    pub(crate) fn layer_of(&self, rid: Option<Rid>, ssrc: Ssrc) -> Option<LayerKey> {
        let by_ssrc = rid.is_none() && self.simulcast_ssrcs.contains(&ssrc);
        if by_ssrc { Some(LayerKey::Ssrc(ssrc)) } else { rid.map(LayerKey::Rid) }
    }

    pub(crate) fn packet_received(
        &mut self,
        now: Instant,
        key: Option<LayerKey>,
        ssrc: Ssrc,
        keyframe: bool,
        bytes: usize,
    ) {
        let last = self.last_packet.replace(now);
        if last.is_none_or(|last| now.saturating_duration_since(last) >= MIN_SILENCE) {
            self.resumed_at = Some(now);
        }
        if let Some(layer) = self.layers.iter_mut().find(|layer| layer.key == key) {
            layer.packet_received(now);
            layer.ssrc = Some(ssrc);
            layer.bitrate.add(now, bytes);
            if keyframe {
                layer.pending_request = None;
            }
        }
    }

    /// The SSRC a layer was last received on. It may change; str0m remembers old ones.
    pub(crate) fn ssrc(&self, key: Option<LayerKey>) -> Option<Ssrc> {
        self.layers.iter().find(|layer| layer.key == key)?.ssrc
    }

    /// The keys of its layers, lowest first; empty without simulcast.
    pub(crate) fn layers(&self) -> Vec<LayerKey> {
        self.layers.iter().filter_map(|layer| layer.key).collect()
    }

    pub(crate) fn layer_count(&self) -> usize {
        self.layers.len()
    }

    /// Bits per second of all active layers.
    pub(crate) fn bitrate(&self, now: Instant) -> u64 {
        let active = self.layers.iter().filter(|layer| self.is_layer_active(layer, now));
        active.filter_map(|layer| layer.bitrate.bits_per_second()).sum()
    }

    pub(crate) fn is_active(&self, now: Instant) -> bool {
        self.layers.iter().any(|layer| self.is_layer_active(layer, now))
    }

    fn is_layer_active(&self, layer: &Layer, now: Instant) -> bool {
        layer.is_active(now, self.last_packet, self.resumed_at)
    }

    /// There is simulcast, or several spatial layers inside the stream.
    pub(crate) fn has_sizes(&self) -> bool {
        self.layer_count() > 1 || self.scalability.is_spatial()
    }

    /// The index of a layer, counted from the lowest; the highest without a limit or for an unknown layer. Layers are
    /// those of simulcast, or without it those inside the stream.
    pub(crate) fn layer_index(&self, limit: Option<LayerKey>) -> usize {
        let highest = self.layers.len().max(self.scalability.count()) - 1;
        match limit {
            Some(LayerKey::Spatial(place)) if self.has_sizes() => usize::from(place).min(highest),
            Some(_) => self.layers.iter().position(|layer| layer.key == limit).unwrap_or(highest),
            None => highest,
        }
    }

    /// The highest active layer not above `limit`; otherwise the lowest active one.
    pub(crate) fn best_layer(&self, now: Instant, limit: usize) -> Option<Option<LayerKey>> {
        self.best_active(now, limit).map(|(_, layer)| layer.key)
    }

    fn best_active(&self, now: Instant, limit: usize) -> Option<(usize, &Layer)> {
        let best_active = || self.layers.iter().enumerate().filter(|(_, layer)| self.is_layer_active(layer, now));
        best_active().rfind(|(layer_index, _)| *layer_index <= limit).or_else(|| best_active().next())
    }

    /// Bits per second a subscription would be sent with each layer as its limit, up to `highest`. A layer counts as no
    /// cheaper than those below it, even if it has fewer frames.
    pub(crate) fn layer_bitrates(&self, now: Instant, highest: usize) -> Vec<u64> {
        let guess = |layer_index: usize| {
            DEFAULT_BITRATES.get(layer_index).or(DEFAULT_BITRATES.last()).copied().unwrap_or_default()
        };
        let cost = |(layer_index, layer): (usize, &Layer)| {
            layer.bitrate.bits_per_second().unwrap_or_else(|| guess(layer_index))
        };
        let inside = self.scalability.bitrates();
        if self.layer_count() == 1 && !inside.is_empty() {
            return inside.into_iter().take(highest + 1).collect();
        }
        let costs = (0..=highest).map(|limit| self.best_active(now, limit).map_or(0, cost));
        let at_least = |most: &mut u64, cost: u64| {
            *most = cost.max(*most);
            Some(*most)
        };
        costs.scan(0, at_least).collect()
    }

    /// A keyframe of this layer is needed. At most one PLI is sent per layer and interval, and no more than the budget
    /// of `payer` allows.
    pub(crate) fn request_keyframe(&mut self, now: Instant, key: Option<LayerKey>, payer: Payer) -> KeyframeRequest {
        let Some(layer) = self.layers.iter_mut().find(|layer| layer.key == key) else {
            return KeyframeRequest::Refused;
        };
        if !layer.is_requested(now) {
            if !self.keyframe_budgets.take(now, payer) {
                return KeyframeRequest::Refused;
            }
            layer.requested_at = Some(now);
            layer.pending_request = None;
            return KeyframeRequest::Send;
        }
        if layer.pending_request.is_none() {
            // Taken out of the budget only when it is sent: the keyframe may come before.
            if !self.keyframe_budgets.allows(now, payer) {
                return KeyframeRequest::Refused;
            }
            layer.pending_request = Some(payer);
        }
        KeyframeRequest::Pending
    }

    /// The layers whose delayed keyframe requests are due.
    pub(crate) fn due_keyframe_requests(&mut self, now: Instant) -> Vec<Option<LayerKey>> {
        let mut due = Vec::new();
        for layer in self.layers.iter_mut().filter(|layer| layer.retry_at().is_some_and(|at| at <= now)) {
            let payer = layer.pending_request.take();
            if payer.is_some_and(|payer| self.keyframe_budgets.take(now, payer)) {
                layer.requested_at = Some(now);
                due.push(layer.key);
            }
        }
        due
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
    use crate::publication::layer::KEYFRAME_INTERVAL;

    fn rid(name: &str) -> LayerKey {
        LayerKey::Rid(Rid::from(name))
    }

    #[test]
    fn best_layer_is_the_highest_active_below_the_limit() {
        let now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &["q", "h", "f"].map(Rid::from));
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

    /// Feeds both layers a packet after each of these gaps in milliseconds, and then only the low one for `alone`.
    fn top_is_active_after(gaps: &[u64], alone: u64) -> bool {
        let mut now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &["q", "f"].map(Rid::from));
        for gap in gaps {
            now += Duration::from_millis(*gap);
            for name in ["q", "f"] {
                publication.packet_received(now, Some(rid(name)), 7.into(), false, 100);
            }
        }
        for _ in 0..alone / 20 {
            now += Duration::from_millis(20);
            publication.packet_received(now, Some(rid("q")), 7.into(), false, 100);
        }
        publication.best_layer(now, 1) == Some(Some(rid("f")))
    }

    #[test]
    fn stopped_layer_is_noticed_by_the_others() {
        let (thirty, five) = ([33; 60], [200; 20]);
        assert!(top_is_active_after(&thirty, 240));
        assert!(!top_is_active_after(&thirty, 260));
        assert!(top_is_active_after(&five, 580), "frames may be late");
        assert!(!top_is_active_after(&five, 620));
    }

    #[test]
    fn pause_of_all_layers_stops_none() {
        let outage: Vec<u64> = std::iter::repeat_n(33, 30).chain([1_000]).collect();
        assert!(top_is_active_after(&outage, 240), "the top layer may be the last to resume");
        let mut now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &["q", "f"].map(Rid::from));
        for name in ["q", "f"] {
            publication.packet_received(now, Some(rid(name)), 7.into(), false, 100);
        }
        now += Duration::from_secs(1);
        assert_eq!(publication.best_layer(now, 1), Some(Some(rid("f"))));
        publication.packet_received(now, Some(rid("q")), 7.into(), false, 100);
        assert_eq!(publication.best_layer(now, 1), Some(Some(rid("f"))));
    }

    #[test]
    fn keyframe_requests_are_rate_limited_and_retried() {
        let now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &[]);
        let request = |publication: &mut Publication, now| publication.request_keyframe(now, None, Payer::Publisher);
        assert_eq!(request(&mut publication, now), KeyframeRequest::Send);
        let soon = now + Duration::from_millis(100);
        assert_eq!(request(&mut publication, soon), KeyframeRequest::Pending, "requested a moment ago");
        assert_eq!(publication.deadline(), Some(now + KEYFRAME_INTERVAL));
        assert!(publication.due_keyframe_requests(soon).is_empty());
        assert_eq!(publication.due_keyframe_requests(now + KEYFRAME_INTERVAL), vec![None]);
        assert_eq!(publication.deadline(), None);
    }

    #[test]
    fn received_keyframe_cancels_the_retry() {
        let now = crate::tests::origin();
        let mut publication = Publication::new(Kind::Video, &[]);
        publication.request_keyframe(now, None, Payer::Publisher);
        publication.request_keyframe(now, None, Payer::Publisher);
        publication.packet_received(now, None, 7.into(), true, 100);
        assert_eq!(publication.deadline(), None);
    }

    #[test]
    fn ssrc_layers_are_selected_and_requested_by_ssrc() {
        let now = crate::tests::origin();
        let (low, high) = (Ssrc::from(11), Ssrc::from(12));
        let mut publication = Publication::new(Kind::Video, &[]);
        publication.set_simulcast_ssrcs(vec![low, high]);
        publication.update_layers(Kind::Video, &[]);
        assert_eq!(publication.layers(), [LayerKey::Ssrc(low), LayerKey::Ssrc(high)], "kept by the next offer");
        for ssrc in [low, high] {
            let layer = publication.layer_of(None, ssrc);
            assert_eq!(layer, Some(LayerKey::Ssrc(ssrc)));
            publication.packet_received(now, layer, ssrc, true, 100);
        }
        assert_eq!(publication.layer_of(None, 13.into()), None, "not declared");
        assert_eq!(publication.best_layer(now, 1), Some(Some(LayerKey::Ssrc(high))));
        let limit = publication.layer_index(Some(LayerKey::Ssrc(low)));
        assert_eq!(publication.best_layer(now, limit), Some(Some(LayerKey::Ssrc(low))));
        for ssrc in [low, high] {
            let requested = publication.request_keyframe(now, Some(LayerKey::Ssrc(ssrc)), Payer::Publisher);
            assert_eq!(requested, KeyframeRequest::Send, "each layer has its own limit");
            assert_eq!(publication.ssrc(Some(LayerKey::Ssrc(ssrc))), Some(ssrc), "the PLI names this SSRC");
        }
        let again = publication.request_keyframe(now, Some(LayerKey::Ssrc(low)), Payer::Publisher);
        assert_eq!(again, KeyframeRequest::Pending);
    }
}
