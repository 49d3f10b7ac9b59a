//! One layer of a publication: whether it flows, what it costs, and when a keyframe of it was requested.

use std::time::{Duration, Instant};

use str0m::media::Rid;
use str0m::rtp::Ssrc;

use crate::rtp::bitrate::Rate;

/// A layer that was silent for longer does not flow. Longer than a screen share's pauses would hold
/// people on a frozen layer; shorter than a keyframe's loss would make them jump.
const FLOWS: Duration = Duration::from_millis(1_500);
/// A keyframe costs the publisher bandwidth for everybody: no more than one request per this long.
pub(crate) const ASK_AGAIN: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) rid: Option<Rid>,
    pub(crate) last_packet: Option<Instant>,
    pub(crate) ssrc: Option<Ssrc>,
    pub(crate) asked: Option<Instant>,
    pub(crate) wanted: bool,
    pub(crate) rate: Rate,
}

impl Layer {
    pub(crate) fn new(rid: Option<Rid>) -> Self {
        Self { rid, last_packet: None, ssrc: None, asked: None, wanted: false, rate: Rate::default() }
    }

    pub(crate) fn flows(&self, now: Instant) -> bool {
        self.last_packet.is_some_and(|last| now.saturating_duration_since(last) < FLOWS)
    }

    pub(crate) fn ask_at(&self) -> Option<Instant> {
        self.wanted.then_some(())?;
        self.asked.map(|asked| asked + ASK_AGAIN)
    }
}
