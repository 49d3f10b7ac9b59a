//! Layers inside one stream (SVC): which of them arrive, what they cost, and how they are ranked for subscribers.

use std::time::Instant;

use super::layer::MAX_SILENCE;
use crate::rtp::bitrate::Bitrate;
use crate::rtp::dependency_structure::DependencyStructure;
use crate::rtp::layers::{FrameLayers, LayerTarget};

/// More layers than any encoder has. Higher ones count as the highest.
const MAX_LAYERS: usize = 4;

#[derive(Debug, Default)]
pub(crate) struct Scalability {
    /// The templates of the last AV1 keyframe.
    pub(crate) structure: Option<DependencyStructure>,
    spatial: [LayerRate; MAX_LAYERS],
    temporal: [LayerRate; MAX_LAYERS],
    newest: Option<Instant>,
}

#[derive(Debug, Default)]
struct LayerRate {
    last_packet: Option<Instant>,
    bitrate: Bitrate,
}

impl LayerRate {
    fn add(&mut self, now: Instant, bytes: usize) {
        self.last_packet = Some(now);
        self.bitrate.add(now, bytes);
    }
}

impl Scalability {
    pub(crate) fn add(&mut self, now: Instant, layers: &FrameLayers, bytes: usize) {
        self.newest = Some(now);
        for (rates, layer) in [(&mut self.spatial, layers.spatial), (&mut self.temporal, layers.temporal)] {
            if let Some(rate) = rates.get_mut(usize::from(layer).min(MAX_LAYERS - 1)) {
                rate.add(now, bytes);
            }
        }
    }

    /// The layers that subscribers can choose from: spatial ones if there are several, otherwise temporal ones. A
    /// smaller picture is better than one that stutters.
    fn rates(&self) -> &[LayerRate] {
        match (self.arriving(&self.spatial), self.arriving(&self.temporal)) {
            (spatial @ 2.., _) => self.spatial.get(..spatial),
            (_, temporal @ 2..) => self.temporal.get(..temporal),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// Number of layers up to the highest that still arrives.
    fn arriving(&self, rates: &[LayerRate]) -> usize {
        let arrives = |rate: &LayerRate| match (rate.last_packet, self.newest) {
            (Some(last), Some(newest)) => newest.saturating_duration_since(last) < MAX_SILENCE,
            _ => false,
        };
        rates.iter().rposition(arrives).map_or(0, |highest| highest + 1)
    }

    /// Number of layers to choose from; 1 if the stream is not divided.
    pub(crate) fn count(&self) -> usize {
        self.rates().len().max(1)
    }

    /// The spatial layers are those to choose from.
    pub(crate) fn is_spatial(&self) -> bool {
        self.arriving(&self.spatial) > 1
    }

    /// What a subscriber with this layer as its limit is sent.
    pub(crate) fn target(&self, highest: usize) -> LayerTarget {
        let chosen = u8::try_from(highest.min(self.count() - 1)).unwrap_or(u8::MAX);
        if self.is_spatial() {
            LayerTarget { spatial: chosen, temporal: u8::MAX }
        } else {
            LayerTarget { spatial: 0, temporal: if self.count() > 1 { chosen } else { u8::MAX } }
        }
    }

    /// Bits per second with each layer as the limit, lowest first; empty if the stream is not divided.
    pub(crate) fn bitrates(&self) -> Vec<u64> {
        let add = |sum: &mut u64, rate: &LayerRate| {
            *sum += rate.bitrate.bits_per_second().unwrap_or(0);
            Some(*sum)
        };
        self.rates().iter().scan(0, add).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::rtp::layers::LayerEntry;

    fn frame(spatial: u8, temporal: u8) -> FrameLayers {
        let entry = LayerEntry::Marked { spatial: false, temporal: false };
        FrameLayers { spatial, temporal, starts: true, ends: true, entry }
    }

    /// A second of frames with these spatial and temporal layers, 100 bytes per frame.
    fn second(scalability: &mut Scalability, start: Instant, spatial: u8, temporal: u8) {
        for picture in 0..40u8 {
            let now = start + Duration::from_millis(25) * u32::from(picture);
            (0..spatial).for_each(|layer| scalability.add(now, &frame(layer, picture % temporal), 100));
        }
    }

    #[test]
    fn spatial_layers_are_ranked_before_temporal_ones() {
        let start = crate::tests::origin();
        let mut scalability = Scalability::default();
        assert_eq!(scalability.count(), 1);
        assert_eq!(scalability.target(9), LayerTarget { spatial: 0, temporal: u8::MAX });
        second(&mut scalability, start, 3, 3);
        assert_eq!(scalability.count(), 3);
        assert_eq!(scalability.target(1), LayerTarget { spatial: 1, temporal: u8::MAX });
        assert_eq!(scalability.bitrates(), [32_000, 64_000, 96_000]);

        let mut temporal = Scalability::default();
        second(&mut temporal, start, 1, 2);
        assert_eq!(temporal.count(), 2);
        assert_eq!(temporal.target(0), LayerTarget { spatial: 0, temporal: 0 });
    }

    #[test]
    fn layer_that_stops_arriving_is_not_counted() {
        let start = crate::tests::origin();
        let mut scalability = Scalability::default();
        second(&mut scalability, start, 3, 1);
        for seconds in 1..4 {
            second(&mut scalability, start + Duration::from_secs(seconds), 2, 1);
        }
        assert_eq!(scalability.count(), 2);
        assert_eq!(scalability.target(2), LayerTarget { spatial: 1, temporal: u8::MAX });
    }
}
