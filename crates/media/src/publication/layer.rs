//! One simulcast layer of a publication: whether it is active, its bitrate, and its keyframe requests.

use std::time::{Duration, Instant};

use str0m::rtp::Ssrc;

use super::keyframe_budget::Payer;
use crate::ids::LayerKey;
use crate::rtp::bitrate::Bitrate;

/// A layer without packets for this long is inactive, whatever the others do.
pub(crate) const MAX_SILENCE: Duration = Duration::from_millis(1_500);
/// No layer is inactive before: a retransmission on the way from the publisher takes as long.
pub(crate) const MIN_SILENCE: Duration = Duration::from_millis(250);
/// So many of its longest recent gaps must pass while others go on. A screen share has a few frames a second.
const GAPS: u32 = 3;
/// The longest recent gap is forgotten at this fraction of the time that passes.
const FORGET_FRACTION: u32 = 4;
/// Minimum interval between keyframe requests (PLI) per layer: a keyframe costs bandwidth for every subscriber.
pub(crate) const KEYFRAME_INTERVAL: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) key: Option<LayerKey>,
    pub(crate) last_packet: Option<Instant>,
    /// The longest recent time between two packets.
    longest_gap: Duration,
    pub(crate) ssrc: Option<Ssrc>,
    pub(crate) requested_at: Option<Instant>,
    /// A keyframe was requested too soon after another one, by whom.
    pub(crate) pending_request: Option<Payer>,
    pub(crate) bitrate: Bitrate,
}

impl Layer {
    pub(crate) fn new(key: Option<LayerKey>) -> Self {
        Self {
            key,
            last_packet: None,
            longest_gap: Duration::ZERO,
            ssrc: None,
            requested_at: None,
            pending_request: None,
            bitrate: Bitrate::default(),
        }
    }

    pub(crate) fn packet_received(&mut self, now: Instant) {
        if let Some(last) = self.last_packet.replace(now) {
            let gap = now.saturating_duration_since(last);
            self.longest_gap = self.longest_gap.saturating_sub(gap / FORGET_FRACTION).max(gap);
        }
    }

    /// Whether packets arrive. A stopped layer is noticed by the others: `newest` is their last packet, and `resumed_at`
    /// when packets arrived again after none did.
    pub(crate) fn is_active(&self, now: Instant, newest: Option<Instant>, resumed_at: Option<Instant>) -> bool {
        let Some(last) = self.last_packet.filter(|last| now.saturating_duration_since(*last) < MAX_SILENCE) else {
            return false;
        };
        let awaited_since = resumed_at.map_or(last, |resumed_at| resumed_at.max(last));
        let silence = newest.map_or(Duration::ZERO, |newest| newest.saturating_duration_since(awaited_since));
        silence < (self.longest_gap * GAPS).clamp(MIN_SILENCE, MAX_SILENCE)
    }

    /// A PLI was sent less than [`KEYFRAME_INTERVAL`] ago.
    pub(crate) fn is_requested(&self, now: Instant) -> bool {
        self.requested_at.is_some_and(|requested_at| now < requested_at + KEYFRAME_INTERVAL)
    }

    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.pending_request?;
        self.requested_at.map(|requested_at| requested_at + KEYFRAME_INTERVAL)
    }
}
