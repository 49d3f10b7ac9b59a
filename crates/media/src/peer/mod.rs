//! One peer connection (str0m's `Rtc`) with its publications and subscriptions.
//!
//! No other crate uses str0m's `Rtc`. Its contract is kept here: one change, then drain.

pub(crate) mod authenticated;
mod channels;
mod data;
pub(crate) mod data_budget;
pub(crate) mod dtls;
mod negotiate;
mod receive;
pub(crate) mod send;
mod unknown_ssrc;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use channels::Channels;
use data_budget::DataBudget;
use str0m::bwe::Bitrate;
use str0m::change::SdpPendingOffer;
use str0m::media::{Mid, Rid};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::{Input, Rtc};

use crate::bwe::budget::BandwidthBudget;
use crate::bwe::connection_score::ConnectionScore;
use crate::bwe::sender_limit::SentLimit;
use crate::config::{Config, IceCreds};
use crate::ids::{PeerId, PersonId};
use crate::io::Stats;
use crate::publication::Publication;
use crate::publication::capture_time::CaptureClock;
use crate::subscription::Subscription;

/// Without media for this long, a peer is woken less often,
const IDLE_AFTER: Duration = Duration::from_secs(1);
/// namely this often. Its other timers (ICE, SCTP) count in seconds.
const IDLE_WAKE_INTERVAL: Duration = Duration::from_millis(500);

/// The error of a peer that closed its connection itself.
pub(crate) const CLOSED: &str = "the peer closed its connection";

pub(crate) struct Peer {
    pub(crate) id: PeerId,
    /// Whose requests for keyframes it makes.
    pub(crate) person: PersonId,
    pub(crate) rtc: Rtc,
    pub(crate) publications: BTreeMap<Mid, Publication>,
    pub(crate) subscriptions: BTreeMap<Mid, Subscription>,
    pub(crate) bandwidth: BandwidthBudget,
    pub(crate) connection_score: ConnectionScore,
    /// What it was last asked to send.
    pub(crate) sent_limit: SentLimit,
    pub(crate) capture_clock: CaptureClock,
    pub(crate) stats: Stats,
    /// When str0m needs its next `Timeout` input.
    pub(crate) next_timeout: Instant,
    /// The same as str0m asked for it last, without the pacer's timeouts.
    due: Instant,
    /// To be drained: something was received or written since the last time.
    pub(crate) dirty: bool,
    /// Something was written since the last timeout was fed, which sends it.
    pub(crate) written: bool,
    /// Packets written since it was last drained: each needs a timeout to be sent.
    pub(crate) unsent: usize,
    /// Feedback has arrived since it was last drained: packets may have to be sent again.
    pub(crate) rtcp_received: bool,
    /// Until when nothing is sent again, because too much was asked for.
    pub(crate) resends_refused_until: Option<Instant>,
    pub(crate) dtls_connected: bool,
    pub(crate) ice_disconnected: bool,
    pub(crate) last_received: Instant,
    /// When its last datagram arrived. That may be before the time of the room, which has read another socket already:
    /// congestion control of the publisher needs the distances between its packets.
    last_arrived: Instant,
    /// When media was last sent or received, or a message received.
    pub(crate) last_media: Instant,
    pub(crate) streams_by_ssrc: HashMap<Ssrc, (Mid, Option<Rid>)>,
    /// SSRCs of packets that were authenticated.
    authenticated_ssrcs: HashSet<Ssrc>,
    pub(crate) channels: Channels,
    pub(crate) data_budget: DataBudget,
    /// Our offer that is not answered yet.
    pub(crate) pending_offer: Option<SdpPendingOffer>,
    #[cfg(test)]
    pub(crate) panic_on_receive: bool,
    /// Inputs and polls: what a packet costs, without a clock.
    #[cfg(test)]
    pub(crate) str0m_calls: u64,
    #[cfg(test)]
    pub(crate) payload_type_lookups: u64,
    #[cfg(test)]
    pub(crate) deadline_lookups: std::cell::Cell<u64>,
}

/// Events of a drained peer that concern other peers.
#[derive(Debug, Default)]
pub(crate) struct PeerEvents {
    /// Packets it published.
    pub(crate) packets: Vec<(Mid, Option<Rid>, RtpPacket)>,
    /// Sections on which its decoder needs a keyframe.
    pub(crate) keyframe_requests: Vec<Mid>,
    /// It can receive media from now on, for the first time or again.
    pub(crate) connected: bool,
    /// Packets with a payload that is too long.
    pub(crate) oversized_payloads: u64,
    /// How often retransmissions were refused.
    pub(crate) refused_resends: u64,
}

impl Peer {
    pub(crate) fn new(config: &Config, now: Instant, id: PeerId, ice: &IceCreds) -> Self {
        Self {
            id,
            person: PersonId(id.0),
            rtc: config.rtc(now, ice),
            publications: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            bandwidth: BandwidthBudget::default(),
            connection_score: ConnectionScore::new(now),
            sent_limit: SentLimit::default(),
            capture_clock: CaptureClock::default(),
            stats: Stats::default(),
            next_timeout: now,
            due: now,
            dirty: true,
            written: true,
            unsent: 0,
            rtcp_received: false,
            resends_refused_until: None,
            dtls_connected: false,
            ice_disconnected: false,
            last_received: now,
            last_arrived: now,
            last_media: now,
            streams_by_ssrc: HashMap::new(),
            authenticated_ssrcs: HashSet::new(),
            channels: Channels::default(),
            data_budget: DataBudget::default(),
            pending_offer: None,
            #[cfg(test)]
            panic_on_receive: false,
            #[cfg(test)]
            str0m_calls: 0,
            #[cfg(test)]
            payload_type_lookups: 0,
            #[cfg(test)]
            deadline_lookups: std::cell::Cell::default(),
        }
    }

    /// Media written now is sent now. str0m would queue it without limit before the DTLS handshake, and send it to
    /// nobody while ICE is disconnected.
    pub(crate) fn can_receive_media(&self) -> bool {
        self.dtls_connected && !self.ice_disconnected
    }

    /// Time passed, or packets were written.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<(), String> {
        self.written = false;
        self.feed(Input::Timeout(now))
    }

    /// Sends what was written with the next drain.
    pub(crate) fn mark_written(&mut self) {
        self.dirty = true;
        self.written = true;
    }

    fn feed(&mut self, input: Input<'_>) -> Result<(), String> {
        #[cfg(test)]
        {
            self.str0m_calls += 1;
        }
        self.rtc.handle_input(input).map_err(|error| error.to_string())
    }

    fn poll(&mut self) -> Result<str0m::Output, String> {
        #[cfg(test)]
        {
            self.str0m_calls += 1;
        }
        self.rtc.poll_output().map_err(|error| error.to_string())
    }

    /// What was derived from the client's sections is stale after a renegotiation.
    pub(crate) fn clear_negotiated(&mut self) {
        self.streams_by_ssrc.clear();
        for subscription in self.subscriptions.values_mut() {
            subscription.pt_mapping = None;
        }
    }

    /// str0m's pacer and estimator ask to be woken forty times a second even without media. A thousand peers in
    /// waiting rooms would use a whole core. A peer whose video waits for bandwidth is probed, which needs that pace.
    pub(crate) fn idle_timeout(&self, now: Instant, due: Instant) -> Instant {
        let idle = self.dtls_connected
            && !self.bandwidth.limited
            && now.saturating_duration_since(self.last_media) > IDLE_AFTER;
        if idle { due.max(now + IDLE_WAKE_INTERVAL) } else { due }
    }

    /// The lowest and the highest useful send rate in bits per second: the estimator probes up to the highest.
    pub(crate) fn set_probe_range(&mut self, (minimum, desired): (u64, u64)) {
        self.rtc.bwe().set_bitrate(Bitrate::bps(minimum), Bitrate::bps(desired));
        self.mark_written();
    }

    pub(crate) fn deadline(&self) -> Instant {
        #[cfg(test)]
        self.deadline_lookups.update(|lookups| lookups + 1);
        let publications = self.publications.values().filter_map(Publication::deadline).min();
        [publications, self.bandwidth.deadline(), Some(self.connection_score.deadline())]
            .into_iter()
            .flatten()
            .fold(self.next_timeout, Instant::min)
    }
}
