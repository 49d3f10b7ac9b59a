//! One device's connection: str0m behind our own words.
//!
//! Nothing else in the house calls str0m's `Rtc`. Its contract is kept here: one change, then drain.

mod data;
pub(crate) mod dtls;
mod negotiate;
mod pending_data;
mod receive;
pub(crate) mod send;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::change::SdpPendingOffer;
use str0m::channel::ChannelId;
use str0m::media::{Mid, Rid};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::{Input, Rtc};

use crate::bwe::budget::Bandwidth;
use crate::bwe::connection_score::Line;
use crate::config::{Config, IceCreds};
use crate::ids::PeerId;
use crate::io::{Channel, Stats};
use crate::publication::Source;
use crate::publication::capture_time::Clock;
use crate::subscription::Sink;
use pending_data::Held;

/// Without media for that long, a peer need not be woken so often,
const IDLE: Duration = Duration::from_secs(1);
/// but only this often. Its other timers (ICE, SCTP) count in seconds.
const REST: Duration = Duration::from_millis(500);

/// Why a peer is gone that said goodbye on the connection itself.
pub(crate) const CLOSED: &str = "the peer closed its connection";

pub(crate) struct Peer {
    pub(crate) id: PeerId,
    pub(crate) rtc: Rtc,
    pub(crate) sources: BTreeMap<Mid, Source>,
    pub(crate) sinks: BTreeMap<Mid, Sink>,
    pub(crate) bandwidth: Bandwidth,
    pub(crate) line: Line,
    pub(crate) clock: Clock,
    pub(crate) stats: Stats,
    /// When str0m wants to be told the time.
    pub(crate) due: Instant,
    /// It was changed since it was last drained.
    pub(crate) dirty: bool,
    pub(crate) secured: bool,
    pub(crate) lost: bool,
    pub(crate) last_heard: Instant,
    /// When media last flowed from or to it, or a message from it.
    pub(crate) last_media: Instant,
    pub(crate) streams: HashMap<Ssrc, (Mid, Option<Rid>)>,
    pub(crate) channels: Vec<(Channel, ChannelId)>,
    /// What is said to it before it can hear; nothing is held once it could.
    pub(crate) held: Option<Held>,
    /// Our offer that is not answered yet.
    pub(crate) pending: Option<SdpPendingOffer>,
    #[cfg(test)]
    pub(crate) bomb: bool,
}

/// What a drained peer said that concerns others.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Packets it published.
    pub(crate) packets: Vec<(Mid, Option<Rid>, RtpPacket)>,
    /// Sections on which it cannot show what it receives without a keyframe.
    pub(crate) wants_keyframe: Vec<Mid>,
}

impl Peer {
    pub(crate) fn new(config: &Config, now: Instant, id: PeerId, ice: &IceCreds) -> Self {
        Self {
            id,
            rtc: config.rtc(now, ice),
            sources: BTreeMap::new(),
            sinks: BTreeMap::new(),
            bandwidth: Bandwidth::default(),
            line: Line::new(now),
            clock: Clock::default(),
            stats: Stats::default(),
            due: now,
            dirty: true,
            secured: false,
            lost: false,
            last_heard: now,
            last_media: now,
            streams: HashMap::new(),
            channels: Vec::new(),
            held: Some(Held::default()),
            pending: None,
            #[cfg(test)]
            bomb: false,
        }
    }

    /// Time passed, or packets were written.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<(), String> {
        self.rtc.handle_input(Input::Timeout(now)).map_err(|error| error.to_string())
    }

    /// What was learnt about the client's sections is stale after an offer.
    pub(crate) fn renegotiated(&mut self) {
        self.streams.clear();
        for sink in self.sinks.values_mut() {
            sink.mapped = None;
        }
    }

    /// str0m's pacer and estimator want to be woken some forty times a second even while no media flows.
    /// A thousand people who wait for somebody would cost a processor.
    pub(crate) fn rested(&self, now: Instant, due: Instant) -> Instant {
        let idle = self.secured && now.saturating_duration_since(self.last_media) > IDLE;
        if idle { due.max(now + REST) } else { due }
    }

    /// How much it is worth sending at least and at most, in bits per second: the estimator probes for no more.
    pub(crate) fn set_wanted_bitrate(&mut self, (minimum, desired): (u64, u64)) {
        self.rtc.bwe().set_bitrate(Bitrate::bps(minimum), Bitrate::bps(desired));
        self.dirty = true;
    }

    pub(crate) fn deadline(&self) -> Instant {
        let sources = self.sources.values().filter_map(Source::deadline).min();
        [sources, self.bandwidth.deadline(), Some(self.line.deadline())]
            .into_iter()
            .flatten()
            .fold(self.due, Instant::min)
    }
}
