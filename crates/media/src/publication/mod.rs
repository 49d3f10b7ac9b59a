//! What a peer publishes on one section: its layers, which of them flow, and when they were last asked
//! for a keyframe.

pub(crate) mod audio_level;
pub(crate) mod capture_time;
pub(crate) mod keyframe_wait;
pub(crate) mod layer;
pub(crate) mod layer_demand;

use std::time::Instant;

use str0m::media::Rid;
use str0m::rtp::Ssrc;

use crate::sdp::section::{Codec, Kind};
use audio_level::Meter;
use keyframe_wait::Early;
use layer::{ASK_AGAIN, Layer};
use layer_demand::Demand;

/// What a layer costs as long as nobody has measured it, lowest first: what browsers spend on a camera.
const GUESSES: [u64; 3] = [150_000, 500_000, 1_700_000];

#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) kind: Kind,
    pub(crate) received: bool,
    pub(crate) muted: bool,
    /// What its packets really are; an offer only says what they may be.
    pub(crate) codec: Option<Codec>,
    pub(crate) meter: Meter,
    pub(crate) demand: Demand,
    pub(crate) early: Early,
    /// Lowest first. A source without simulcast has one layer without a name.
    layers: Vec<Layer>,
}

impl Source {
    pub(crate) fn new(kind: Kind, rids: &[Rid]) -> Self {
        let mut source = Self {
            kind,
            received: false,
            muted: false,
            codec: None,
            meter: Meter::default(),
            demand: Demand::default(),
            early: Early::default(),
            layers: Vec::new(),
        };
        source.describe(kind, rids);
        source
    }

    /// A new offer may name other layers; what is known of the old ones is kept.
    pub(crate) fn describe(&mut self, kind: Kind, rids: &[Rid]) {
        self.kind = kind;
        let mut old = std::mem::take(&mut self.layers);
        let mut keep = |rid: Option<Rid>| {
            let at = old.iter().position(|layer| layer.rid == rid);
            at.map_or_else(|| Layer::new(rid), |at| old.swap_remove(at))
        };
        self.layers =
            if rids.is_empty() { vec![keep(None)] } else { rids.iter().map(|rid| keep(Some(*rid))).collect() };
    }

    pub(crate) fn saw(&mut self, now: Instant, rid: Option<Rid>, ssrc: Ssrc, keyframe: bool, bytes: usize) {
        if let Some(layer) = self.layers.iter_mut().find(|layer| layer.rid == rid) {
            layer.last_packet = Some(now);
            layer.ssrc = Some(ssrc);
            layer.rate.add(now, bytes);
            if keyframe {
                layer.wanted = false;
            }
        }
    }

    /// Under which number a layer comes at present. A section may change it, and old ones are remembered.
    pub(crate) fn ssrc(&self, rid: Option<Rid>) -> Option<Ssrc> {
        self.layers.iter().find(|layer| layer.rid == rid)?.ssrc
    }

    /// The names of its layers, lowest first; none without simulcast.
    pub(crate) fn rids(&self) -> Vec<Rid> {
        self.layers.iter().filter_map(|layer| layer.rid).collect()
    }

    pub(crate) fn layers(&self) -> usize {
        self.layers.len()
    }

    pub(crate) fn flows(&self, now: Instant) -> bool {
        self.layers.iter().any(|layer| layer.flows(now))
    }

    /// The place of a layer, counted from the lowest; the highest without a limit or for an unknown one.
    pub(crate) fn rank(&self, limit: Option<Rid>) -> usize {
        let highest = self.layers.len().saturating_sub(1);
        limit.and_then(|limit| self.layers.iter().position(|layer| layer.rid == Some(limit))).unwrap_or(highest)
    }

    /// The highest layer that flows and is not above `limit`; if there is none, the lowest that flows.
    pub(crate) fn best(&self, now: Instant, limit: usize) -> Option<Option<Rid>> {
        self.flowing(now, limit).map(|(_, layer)| layer.rid)
    }

    fn flowing(&self, now: Instant, limit: usize) -> Option<(usize, &Layer)> {
        let flowing = || self.layers.iter().enumerate().filter(|(_, layer)| layer.flows(now));
        flowing().rfind(|(rank, _)| *rank <= limit).or_else(|| flowing().next())
    }

    /// Bits per second of what a sink would get that is limited to each layer, up to the `highest`.
    pub(crate) fn costs(&self, now: Instant, highest: usize) -> Vec<u64> {
        let guess = |rank: usize| GUESSES.get(rank).or(GUESSES.last()).copied().unwrap_or_default();
        let cost = |(rank, layer): (usize, &Layer)| layer.rate.bits_per_second().unwrap_or_else(|| guess(rank));
        (0..=highest).map(|limit| self.flowing(now, limit).map_or(0, cost)).collect()
    }

    /// Somebody cannot show this layer without a keyframe. True if the publisher is to be asked now;
    /// otherwise it was asked a moment ago, and is asked again when [`Source::deadline`] comes.
    pub(crate) fn ask(&mut self, now: Instant, rid: Option<Rid>) -> bool {
        let Some(layer) = self.layers.iter_mut().find(|layer| layer.rid == rid) else {
            return false;
        };
        let early = layer.asked.is_some_and(|asked| now < asked + ASK_AGAIN);
        if early {
            layer.wanted = true;
            return false;
        }
        layer.asked = Some(now);
        layer.wanted = false;
        true
    }

    /// The layers whose requests were held back and are due.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Option<Rid>> {
        let due = |layer: &&mut Layer| layer.ask_at().is_some_and(|at| at <= now);
        self.layers
            .iter_mut()
            .filter(due)
            .map(|layer| {
                layer.asked = Some(now);
                layer.wanted = false;
                layer.rid
            })
            .collect()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let asks = self.layers.iter().filter_map(Layer::ask_at).min();
        [asks, self.meter.deadline(), self.demand.deadline()].into_iter().flatten().min()
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
    fn the_best_layer_is_the_highest_that_flows_below_the_limit() {
        let now = crate::tests::origin();
        let mut source = Source::new(Kind::Video, &[rid("q"), rid("h"), rid("f")]);
        assert_eq!(source.best(now, 2), None);
        source.saw(now, Some(rid("q")), 7.into(), true, 100);
        source.saw(now, Some(rid("f")), 7.into(), true, 100);
        assert_eq!(source.best(now, 2), Some(Some(rid("f"))));
        assert_eq!(source.best(now, 1), Some(Some(rid("q"))));
        let later = now + Duration::from_secs(2);
        source.saw(later, Some(rid("h")), 7.into(), false, 100);
        assert_eq!(source.best(later, 2), Some(Some(rid("h"))));
        assert_eq!(source.best(later, 0), Some(Some(rid("h"))), "better than nothing");
    }

    #[test]
    fn a_publisher_is_asked_for_keyframes_at_most_twice_a_second_and_never_in_vain() {
        let now = crate::tests::origin();
        let mut source = Source::new(Kind::Video, &[]);
        assert!(source.ask(now, None));
        let soon = now + Duration::from_millis(100);
        assert!(!source.ask(soon, None), "asked a moment ago");
        assert_eq!(source.deadline(), Some(now + ASK_AGAIN));
        assert!(source.due(soon).is_empty());
        assert_eq!(source.due(now + ASK_AGAIN), vec![None]);
        assert_eq!(source.deadline(), None);
    }

    #[test]
    fn a_keyframe_that_arrived_is_not_asked_for_again() {
        let now = crate::tests::origin();
        let mut source = Source::new(Kind::Video, &[]);
        source.ask(now, None);
        source.ask(now, None);
        source.saw(now, None, 7.into(), true, 100);
        assert_eq!(source.deadline(), None);
    }
}
