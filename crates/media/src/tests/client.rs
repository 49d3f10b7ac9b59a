//! A [`TestClient`] with tracks that publish stamped packets.

use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use str0m::RtcConfig;
use str0m::channel::{ChannelConfig, Reliability};
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind};
use str0m::net::{Protocol, Transmit};
use str0m::rtp::{RtpPacket, Vp8Descriptor};

use super::encoder::{self, Stamp};
use super::track::Track;
use crate::testing::{TestClient, simulcast};
use crate::{Mid, Rid};

pub(crate) struct Client {
    pub(crate) client: TestClient,
    pub(crate) encoder_id: u8,
    pub(crate) tracks: Vec<Track>,
    /// The codec of the video it receives.
    pub(crate) video_codec: Codec,
    /// Sends a PLI after this long without a new picture.
    pub(crate) freeze_limit: Option<Duration>,
    requested_at: Option<Instant>,
}

impl Deref for Client {
    type Target = TestClient;

    fn deref(&self) -> &TestClient {
        &self.client
    }
}

impl DerefMut for Client {
    fn deref_mut(&mut self) -> &mut TestClient {
        &mut self.client
    }
}

impl Client {
    pub(crate) fn new(now: Instant, encoder_id: u8, protocol: Protocol) -> Self {
        Self::with(now, encoder_id, protocol, |config| config)
    }

    pub(crate) fn with(
        now: Instant,
        encoder_id: u8,
        protocol: Protocol,
        configure: impl FnOnce(RtcConfig) -> RtcConfig,
    ) -> Self {
        let address = SocketAddr::from(([10, 0, 0, encoder_id], 5_000));
        let crypto = std::sync::Arc::new(crate::peer::dtls::provider());
        let client =
            TestClient::with_config(now, address, protocol, |config| configure(config.set_crypto_provider(crypto)));
        Self { client, encoder_id, tracks: Vec::new(), video_codec: Codec::Vp8, freeze_limit: None, requested_at: None }
    }

    /// An offer with these sections; `rids` makes the video it sends simulcast.
    pub(crate) fn offer(
        &mut self,
        now: Instant,
        sections: &[(MediaKind, Direction)],
        rids: &[&str],
        channels: bool,
    ) -> (String, Vec<Mid>) {
        let (offer, mids) = self.client.offer(|api| {
            let mut mids = Vec::new();
            for (kind, direction) in sections {
                let layers = is_simulcast(*kind, *direction, rids).then(|| simulcast(rids));
                mids.push(api.add_media(*kind, *direction, Some("s".into()), None, layers));
            }
            if channels {
                api.add_channel("_reliable".into());
                api.add_channel_with_config(ChannelConfig {
                    label: "_lossy".into(),
                    ordered: false,
                    reliability: Reliability::MaxRetransmits { retransmits: 0 },
                    ..ChannelConfig::default()
                });
            }
            mids
        });
        for ((kind, direction), mid) in sections.iter().zip(&mids) {
            let layers = if is_simulcast(*kind, *direction, rids) {
                rids.iter().map(|rid| Some(Rid::from(*rid))).collect()
            } else {
                vec![None]
            };
            if matches!(direction, Direction::SendOnly | Direction::SendRecv) {
                let track = |(rank, rid)| Track::new(now, *mid, rid, *kind, rank);
                self.tracks.extend(layers.into_iter().enumerate().map(track));
            }
        }
        (offer, mids)
    }

    /// Changes something and offers again.
    pub(crate) fn reoffer(&mut self, change: impl FnOnce(&mut str0m::change::SdpApi<'_>)) -> String {
        self.client.offer(change).0
    }

    /// Advances the time and encodes tracks. Returns the datagrams to send.
    pub(crate) fn advance(&mut self, now: Instant) -> Vec<Transmit> {
        self.encode(now);
        let known = self.client.keyframe_requests.len();
        let sent = self.client.poll(now);
        for request in self.client.keyframe_requests.iter().skip(known) {
            let requested = |track: &&mut Track| (track.mid, track.rid) == *request;
            self.tracks.iter_mut().filter(requested).for_each(|track| track.keyframe_requested = true);
        }
        self.request_missing_keyframes(now);
        sent
    }

    /// As browsers do: sends a PLI for video that starts without a keyframe, or that stands still although packets
    /// arrive.
    fn request_missing_keyframes(&mut self, now: Instant) {
        if self.requested_at.is_some_and(|at| now < at + Duration::from_millis(200)) {
            return;
        }
        if let Some(limit) = self.freeze_limit {
            self.requested_at = Some(now);
            let frozen: Vec<Mid> =
                self.received.keys().filter(|mid| self.is_frozen(**mid, now, limit)).copied().collect();
            return frozen.into_iter().for_each(|mid| self.request_keyframe(mid));
        }
        let header = encoder::header(self.video_codec);
        let stamp = |packet: &RtpPacket| Stamp::read(&packet.payload, header);
        let never = |packets: &Vec<RtpPacket>| {
            !packets.is_empty() && packets.iter().all(|packet| stamp(packet).is_some_and(|s| !s.key && s.parts > 1))
        };
        let waiting: Vec<Mid> =
            self.received.iter().filter(|(_, packets)| never(packets)).map(|(mid, _)| *mid).collect();
        for mid in waiting {
            self.requested_at = Some(now);
            self.request_keyframe(mid);
        }
    }

    fn is_frozen(&self, mid: Mid, now: Instant, limit: Duration) -> bool {
        let arrives =
            self.received.get(&mid).and_then(|packets| packets.last()).is_some_and(|last| now < last.timestamp + limit);
        arrives && self.shown_at(mid).last().is_none_or(|last| now > *last + limit)
    }

    pub(crate) fn request_keyframe(&mut self, mid: Mid) {
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        let track = self.tracks.iter().filter(|t| t.on && self.connected).map(|t| t.next_at).min();
        track.map_or(self.due, |at| at.min(self.due))
    }

    fn encode(&mut self, now: Instant) {
        if !self.connected {
            return;
        }
        for track in &mut self.tracks {
            if track.next_at + Duration::from_millis(100) < now {
                track.next_at = now;
            }
            while track.on && track.next_at <= now {
                track.encode(&mut self.client.rtc, self.encoder_id, self.client.remb, now);
            }
        }
    }

    pub(crate) fn video_stamps(&self, mid: Mid) -> Vec<Stamp> {
        let header = encoder::header(self.video_codec);
        let stamp = |packet: &&RtpPacket| Stamp::read(&packet.payload, header).unwrap();
        self.in_order(mid).iter().map(stamp).collect()
    }

    pub(crate) fn audio_stamps(&self, mid: Mid) -> Vec<Stamp> {
        self.in_order(mid).iter().map(|packet| Stamp::read(&packet.payload, 0).unwrap()).collect()
    }

    /// Arrival and age of each video packet, retransmitted ones included, that arrived since then.
    pub(crate) fn ages_since(&self, mid: Mid, since: Instant) -> Vec<(Instant, Duration)> {
        let header = encoder::header(self.video_codec);
        let arrived = self.received.get(&mid).into_iter().flatten().filter(|packet| packet.timestamp >= since);
        arrived.map(|packet| (packet.timestamp, packet.timestamp - encoder::sent_at(&packet.payload, header))).collect()
    }

    /// When each frame could be shown: it and all frames back to a keyframe had arrived.
    pub(crate) fn shown_at(&self, mid: Mid) -> Vec<Instant> {
        let header = encoder::header(self.video_codec);
        let arrivals: Vec<(Instant, Stamp)> = self
            .in_order(mid)
            .iter()
            .map(|packet| (packet.timestamp, Stamp::read(&packet.payload, header).unwrap()))
            .collect();
        encoder::shown_at(&arrivals)
    }

    /// The longest time without a new picture between these instants.
    pub(crate) fn longest_freeze(&self, mid: Mid, since: Instant, until: Instant) -> Duration {
        let mut times = vec![since];
        times.extend(self.shown_at(mid).into_iter().filter(|at| (since..until).contains(at)));
        times.push(until);
        times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
    }

    pub(crate) fn picture_ids(&self, mid: Mid) -> Vec<u16> {
        let id = |packet: &&RtpPacket| Vp8Descriptor::parse(&packet.payload).unwrap().picture_id().unwrap();
        self.in_order(mid).iter().map(id).collect()
    }
}

fn is_simulcast(kind: MediaKind, direction: Direction, rids: &[&str]) -> bool {
    kind == MediaKind::Video && direction == Direction::SendOnly && !rids.is_empty()
}
