//! One simulcast layer of a publication: whether it is active, its bitrate, and its keyframe requests.

use std::time::{Duration, Instant};

use str0m::rtp::Ssrc;

use crate::ids::LayerKey;
use crate::rtp::bitrate::Bitrate;

/// A layer without packets for this long is inactive. Longer would keep subscribers on a frozen layer; shorter than
/// the retransmission of a lost keyframe would make them switch back and forth.
const ACTIVE_FOR: Duration = Duration::from_millis(1_500);
/// Minimum interval between keyframe requests (PLI) per layer: a keyframe costs bandwidth for every subscriber.
pub(crate) const KEYFRAME_INTERVAL: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) key: Option<LayerKey>,
    pub(crate) last_packet: Option<Instant>,
    pub(crate) ssrc: Option<Ssrc>,
    pub(crate) requested_at: Option<Instant>,
    pub(crate) request_pending: bool,
    pub(crate) bitrate: Bitrate,
}

impl Layer {
    pub(crate) fn new(key: Option<LayerKey>) -> Self {
        Self {
            key,
            last_packet: None,
            ssrc: None,
            requested_at: None,
            request_pending: false,
            bitrate: Bitrate::default(),
        }
    }

    pub(crate) fn is_active(&self, now: Instant) -> bool {
        self.last_packet.is_some_and(|last| now.saturating_duration_since(last) < ACTIVE_FOR)
    }

    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.request_pending.then_some(())?;
        self.requested_at.map(|requested_at| requested_at + KEYFRAME_INTERVAL)
    }
}
