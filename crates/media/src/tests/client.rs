//! A pretended device: a str0m client that publishes stamped media and keeps what it receives.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::{RawPacket, RtpPacket, Vp8Descriptor};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

use super::encoder::{self, Stamp};
use super::track::Track;
use crate::{Mid, Rid};

pub(crate) struct Client {
    pub(crate) rtc: Rtc,
    pub(crate) maker: u8,
    pub(crate) address: SocketAddr,
    pub(crate) due: Instant,
    pub(crate) secured: bool,
    pub(crate) ice: Option<IceConnectionState>,
    pub(crate) received: BTreeMap<Mid, Vec<RtpPacket>>,
    /// Every RTP and RTCP packet in order, if str0m was set up to hand them out.
    pub(crate) raw: Vec<RawPacket>,
    pub(crate) keyframes_asked: usize,
    pub(crate) channels: BTreeMap<String, ChannelId>,
    pub(crate) messages: Vec<(String, Vec<u8>)>,
    pub(crate) tracks: Vec<Track>,
    /// How the pictures it receives are encoded.
    pub(crate) sees: Codec,
    asked_at: Option<Instant>,
    pending: Option<SdpPendingOffer>,
}

impl Client {
    pub(crate) fn new(now: Instant, maker: u8, protocol: Protocol) -> Self {
        Self::with(now, maker, protocol, |config| config)
    }

    pub(crate) fn with(
        now: Instant,
        maker: u8,
        protocol: Protocol,
        changed: impl FnOnce(RtcConfig) -> RtcConfig,
    ) -> Self {
        let address = SocketAddr::from(([10, 0, 0, maker], 5_000));
        let config =
            Rtc::builder().set_rtp_mode(true).set_crypto_provider(std::sync::Arc::new(crate::dtls::provider()));
        let mut rtc = changed(config).build(now);
        let candidate = match protocol {
            Protocol::Tcp => Candidate::builder().tcp().host(address).tcptype(str0m::net::TcpType::Active).build(),
            _ => Candidate::builder().udp().host(address).build(),
        };
        rtc.add_local_candidate(candidate.unwrap());
        Self {
            rtc,
            maker,
            address,
            due: now,
            secured: false,
            ice: None,
            received: BTreeMap::new(),
            raw: Vec::new(),
            keyframes_asked: 0,
            channels: BTreeMap::new(),
            messages: Vec::new(),
            tracks: Vec::new(),
            sees: Codec::Vp8,
            asked_at: None,
            pending: None,
        }
    }

    /// An offer with a section for each of these; `rids` makes the videos it sends simulcast.
    pub(crate) fn offer(
        &mut self,
        now: Instant,
        sections: &[(MediaKind, Direction)],
        rids: &[&str],
        channels: bool,
    ) -> (String, Vec<Mid>) {
        let mut api = self.rtc.sdp_api();
        let mut mids = Vec::new();
        for (kind, direction) in sections {
            let sends_video = *kind == MediaKind::Video && *direction == Direction::SendOnly;
            let simulcast = (sends_video && !rids.is_empty()).then(|| {
                let mut simulcast = Simulcast::new();
                rids.iter().for_each(|rid| simulcast.add_send_layer(SimulcastLayer::new(rid)));
                simulcast
            });
            let mid = api.add_media(*kind, *direction, Some("s".into()), None, simulcast);
            mids.push(mid);
            let layers = if sends_video && !rids.is_empty() {
                rids.iter().map(|rid| Some(Rid::from(*rid))).collect()
            } else {
                vec![None]
            };
            if matches!(direction, Direction::SendOnly | Direction::SendRecv) {
                for (rank, rid) in layers.into_iter().enumerate() {
                    self.tracks.push(Track::new(now, mid, rid, *kind, rank));
                }
            }
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
        let (offer, pending) = api.apply().expect("something to negotiate");
        self.pending = Some(pending);
        (offer.to_sdp_string(), mids)
    }

    /// Changes something and offers again.
    pub(crate) fn reoffer(&mut self, change: impl FnOnce(&mut str0m::change::SdpApi<'_>)) -> String {
        let mut api = self.rtc.sdp_api();
        change(&mut api);
        let (offer, pending): (SdpOffer, _) = api.apply().expect("something to negotiate");
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub(crate) fn answered(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("our answer is SDP");
        let pending = self.pending.take().expect("an offer is out");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("our answer fits the offer");
    }

    pub(crate) fn receive(&mut self, now: Instant, protocol: Protocol, from: SocketAddr, bytes: &[u8]) {
        let received = Receive::new(protocol, from, self.address, bytes).expect("the server sends sense");
        self.rtc.handle_input(Input::Receive(now, received)).unwrap();
    }

    /// Time passes; tracks are encoded. What it sends is answered.
    pub(crate) fn advance(&mut self, now: Instant) -> Vec<Transmit> {
        let mut sent = Vec::new();
        self.encode(now);
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(due) => break self.due = due,
                Output::Transmit(transmit) => sent.push(transmit),
                Output::Event(event) => self.event(event),
            }
        }
        self.ask_for_beginnings(now);
        sent
    }

    /// As browsers do: what cannot be shown for want of a keyframe is asked for.
    fn ask_for_beginnings(&mut self, now: Instant) {
        if self.asked_at.is_some_and(|at| now < at + Duration::from_millis(200)) {
            return;
        }
        let header = encoder::header(self.sees);
        let stamp = |packet: &RtpPacket| Stamp::read(&packet.payload, header);
        let never = |packets: &Vec<RtpPacket>| {
            !packets.is_empty() && packets.iter().all(|packet| stamp(packet).is_some_and(|s| !s.key && s.parts > 1))
        };
        let waiting: Vec<Mid> =
            self.received.iter().filter(|(_, packets)| never(packets)).map(|(mid, _)| *mid).collect();
        for mid in waiting {
            self.asked_at = Some(now);
            if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, None) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        let track = self.tracks.iter().filter(|t| t.on && self.secured).map(|t| t.next_at).min();
        track.map_or(self.due, |at| at.min(self.due))
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Connected => self.secured = true,
            Event::IceConnectionStateChange(state) => self.ice = Some(state),
            Event::RtpPacket(packet) => {
                let ssrc = packet.header.ssrc;
                let mid = self.rtc.direct_api().stream_rx(&ssrc).expect("a known stream").mid();
                self.received.entry(mid).or_default().push(packet);
            }
            Event::KeyframeRequest(request) => {
                self.keyframes_asked += 1;
                let asked = |track: &&mut Track| (track.mid, track.rid) == (request.mid, request.rid);
                self.tracks.iter_mut().filter(asked).for_each(|track| track.key_wanted = true);
            }
            Event::RawPacket(packet) => self.raw.push(*packet),
            Event::ChannelOpen(id, label) => drop(self.channels.insert(label, id)),
            Event::ChannelData(data) => {
                let label = self.channels.iter().find(|(_, id)| **id == data.id).expect("a known channel");
                self.messages.push((label.0.clone(), data.data));
            }
            _ => {}
        }
    }

    fn encode(&mut self, now: Instant) {
        if !self.secured {
            return;
        }
        for track in &mut self.tracks {
            if track.next_at + Duration::from_millis(100) < now {
                track.next_at = now;
            }
            while track.on && track.next_at <= now {
                track.encode(&mut self.rtc, self.maker, now);
            }
        }
    }

    /// What arrived on a section, without doubles, in the order of its numbers.
    pub(crate) fn in_order(&self, mid: Mid) -> Vec<&RtpPacket> {
        let mut packets: Vec<&RtpPacket> = self.received.get(&mid).into_iter().flatten().collect();
        packets.sort_by_key(|packet| *packet.seq_no);
        packets.dedup_by_key(|packet| *packet.seq_no);
        packets
    }

    pub(crate) fn pictures(&self, mid: Mid) -> Vec<Stamp> {
        let header = encoder::header(self.sees);
        let stamp = |packet: &&RtpPacket| Stamp::read(&packet.payload, header).unwrap();
        self.in_order(mid).iter().map(stamp).collect()
    }

    pub(crate) fn sounds(&self, mid: Mid) -> Vec<Stamp> {
        self.in_order(mid).iter().map(|packet| Stamp::read(&packet.payload, 0).unwrap()).collect()
    }

    pub(crate) fn picture_ids(&self, mid: Mid) -> Vec<u16> {
        let id = |packet: &&RtpPacket| Vp8Descriptor::parse(&packet.payload).unwrap().picture_id().unwrap();
        self.in_order(mid).iter().map(id).collect()
    }

    /// Sends a message on one of its channels.
    pub(crate) fn say(&mut self, label: &str, bytes: &[u8]) {
        let id = *self.channels.get(label).expect("the channel is open");
        assert!(self.rtc.channel(id).expect("the channel is open").write(true, bytes).unwrap());
    }

    /// How many bytes the server has not said yet that it has.
    pub(crate) fn unacknowledged(&mut self, label: &str) -> usize {
        let id = *self.channels.get(label).expect("the channel is open");
        self.rtc.channel(id).expect("the channel is open").buffered_amount()
    }
}
