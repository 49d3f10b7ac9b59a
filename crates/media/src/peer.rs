//! One device's connection: str0m behind our own words.
//!
//! Nothing else in the house calls str0m's `Rtc`. Its contract is kept here: one change, then drain.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use str0m::channel::ChannelId;
use str0m::media::{KeyframeRequestKind, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, SeqNo, Ssrc};
use str0m::{Event, Input, Rtc};

use crate::sink::{Arrival, Sink, Stream};
use crate::source::Source;
use crate::timeline::Place;
use crate::{Channel, Config, IceCreds, Mid, Output, PeerId, Rid, Stats, Transport};

/// A packet larger than this is not forwarded: no browser sends one, and str0m's buffer for packets to
/// send ends at 2,000 bytes, header included. Without this a publisher could break its receivers.
const LARGEST_PAYLOAD: usize = 1_500;
/// No real publisher has that many streams; a stranger may not make us remember more.
const MOST_STREAMS: usize = 64;

pub(crate) struct Peer {
    pub(crate) id: PeerId,
    pub(crate) rtc: Rtc,
    pub(crate) sources: BTreeMap<Mid, Source>,
    pub(crate) sinks: BTreeMap<Mid, Sink>,
    pub(crate) stats: Stats,
    /// When str0m wants to be told the time.
    pub(crate) due: Instant,
    /// It was changed since it was last drained.
    pub(crate) dirty: bool,
    secured: bool,
    lost: bool,
    last_heard: Instant,
    streams: HashMap<Ssrc, (Mid, Option<Rid>)>,
    channels: Vec<(Channel, ChannelId)>,
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
            stats: Stats::default(),
            due: now,
            dirty: true,
            secured: false,
            lost: false,
            last_heard: now,
            streams: HashMap::new(),
            channels: Vec::new(),
            #[cfg(test)]
            bomb: false,
        }
    }

    /// Bytes came. What cannot be parsed or is not authentic is ignored, as anybody may have sent it.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        transport: Transport,
        (source, destination): (std::net::SocketAddr, std::net::SocketAddr),
        bytes: &[u8],
    ) -> Result<(), String> {
        #[cfg(test)]
        assert!(!self.bomb, "the test's bomb");
        let protocol = match transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let Ok(received) = Receive::new(protocol, source, destination, bytes) else {
            return Ok(());
        };
        self.last_heard = now;
        self.rtc.handle_input(Input::Receive(now, received)).map_err(|error| error.to_string())
    }

    /// Time passed, or packets were written.
    pub(crate) fn advance(&mut self, now: Instant) -> Result<(), String> {
        self.rtc.handle_input(Input::Timeout(now)).map_err(|error| error.to_string())
    }

    /// Everything str0m has to say, until it only waits. An error is final.
    pub(crate) fn drain(
        &mut self,
        now: Instant,
        outputs: &mut impl Extend<Output>,
        said: &mut Said,
    ) -> Result<(), String> {
        self.dirty = false;
        loop {
            match self.rtc.poll_output().map_err(|error| error.to_string())? {
                str0m::Output::Timeout(due) => {
                    self.due = due;
                    break;
                }
                str0m::Output::Transmit(transmit) => {
                    let transport = match transmit.proto {
                        Protocol::Udp => Transport::Udp,
                        _ => Transport::Tcp,
                    };
                    outputs.extend([Output::Transmit {
                        peer: self.id,
                        transport,
                        source: transmit.source,
                        destination: transmit.destination,
                        bytes: transmit.contents.into(),
                    }]);
                }
                str0m::Output::Event(event) => outputs.extend(self.event(event, said)),
            }
        }
        self.stats.silent_for = now.saturating_duration_since(self.last_heard);
        if self.rtc.is_alive() { Ok(()) } else { Err("the peer closed its connection".to_owned()) }
    }

    fn event(&mut self, event: Event, said: &mut Said) -> Option<Output> {
        match event {
            Event::Connected => {
                self.secured = true;
                self.lost = false;
                Some(Output::Connected(self.id))
            }
            Event::IceConnectionStateChange(state) if self.secured => self.reached(state),
            Event::RtpPacket(packet) => {
                self.packet(packet, said);
                None
            }
            Event::KeyframeRequest(request) => {
                said.wants_keyframe.push(request.mid);
                None
            }
            Event::ChannelOpen(id, label) => {
                let channel = Channel::of_label(&label)?;
                self.channels.retain(|(other, _)| *other != channel);
                self.channels.push((channel, id));
                Some(Output::Opened { peer: self.id, channel })
            }
            Event::ChannelClose(id) => {
                self.channels.retain(|(_, other)| *other != id);
                None
            }
            Event::ChannelData(data) => {
                let (channel, _) = self.channels.iter().find(|(_, id)| *id == data.id)?;
                Some(Output::Data { peer: self.id, channel: *channel, bytes: data.data })
            }
            _ => None,
        }
    }

    /// Without a path packets go nowhere; the peer may find another one.
    fn reached(&mut self, state: str0m::IceConnectionState) -> Option<Output> {
        let lost = match state {
            state if state.is_disconnected() => true,
            state if state.is_connected() => false,
            _ => return None,
        };
        if self.lost == lost {
            return None;
        }
        self.lost = lost;
        Some(if lost { Output::Disconnected(self.id) } else { Output::Connected(self.id) })
    }

    fn packet(&mut self, packet: RtpPacket, said: &mut Said) {
        if packet.payload.len() > LARGEST_PAYLOAD {
            return;
        }
        let Some((mid, rid)) = self.stream(packet.header.ssrc) else {
            return;
        };
        self.stats.packets_in += 1;
        self.stats.bytes_in += packet.payload.len() as u64;
        said.packets.push((mid, rid, packet));
    }

    fn stream(&mut self, ssrc: Ssrc) -> Option<(Mid, Option<Rid>)> {
        if let Some(stream) = self.streams.get(&ssrc) {
            return Some(*stream);
        }
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx(&ssrc)?;
        let stream = (stream.mid(), stream.rid());
        if self.streams.len() >= MOST_STREAMS {
            self.streams.clear();
        }
        self.streams.insert(ssrc, stream);
        Some(stream)
    }

    /// What was learnt about the client's sections is stale after an offer.
    pub(crate) fn renegotiated(&mut self) {
        self.streams.clear();
        for sink in self.sinks.values_mut() {
            sink.mapped = None;
        }
    }

    /// The next track on this section comes under a new SSRC. Chromium puts a track's pictures on the screen
    /// by the SSRC of its description: told of a new track under the number of one that has gone, it decodes
    /// every picture and shows none, so whoever stayed would look at black after the other's reload.
    pub(crate) fn renumber(&mut self, mid: Mid) {
        self.sinks.entry(mid).or_default().end();
        let mut direct = self.rtc.direct_api();
        let Some((old, rtx)) = direct.stream_tx_by_mid(mid, None).map(|stream| (stream.ssrc(), stream.rtx())) else {
            return;
        };
        // Not `reset_stream_tx`: it leaves the stream filed under its old number, where no feedback finds it.
        direct.remove_stream_tx(old);
        let (ssrc, rtx) = (direct.new_ssrc(), rtx.map(|_| direct.new_ssrc()));
        direct.declare_stream_tx(ssrc, rtx, mid, None);
    }

    /// Writes a packet out under the sink's numbers. Not sent before the next [`Peer::advance`].
    pub(crate) fn write(&mut self, now: Instant, mid: Mid, place: Place, arrival: &Arrival) {
        let Some(pt) = self.payload_type(mid, arrival) else {
            return;
        };
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else {
            return;
        };
        let from = &arrival.rtp;
        let nackable = arrival.kind == crate::Kind::Video;
        let mut packet = RtpWrite::new(pt, SeqNo::from(place.seq), place.time, now, from.payload.clone())
            .marker(from.header.marker)
            .ext_vals(passed_on(&from.header.ext_vals))
            .nackable(nackable);
        let sink = self.sinks.get_mut(&mid);
        let vp8 = arrival.vp8.as_ref().zip(sink);
        if let Some(patch) = vp8.and_then(|(vp8, sink)| sink.vp8.patch(vp8, place.seq)) {
            packet = packet.vp8_patch(patch);
        }
        stream.write_rtp(packet);
        self.dirty = true;
        self.stats.packets_out += 1;
        self.stats.bytes_out += from.payload.len() as u64;
    }

    /// The number this peer has agreed on for the source's codec on this section.
    pub(crate) fn payload_type(&mut self, mid: Mid, arrival: &Arrival) -> Option<Pt> {
        let key = (Stream::of(arrival), arrival.params.pt());
        let known = self.sinks.get(&mid)?.mapped;
        if let Some((stream, from, to)) = known
            && (stream, from) == key
        {
            return to;
        }
        let matched = self.rtc.codec_config().match_params(arrival.params).map(|ours| ours.pt());
        let agreed = |pt: &Pt| self.rtc.media(mid).is_some_and(|media| media.remote_pts().contains(pt));
        let to = matched.filter(agreed);
        // A section that is not negotiated yet may be in a moment: remember only what is settled.
        if self.rtc.media(mid).is_some()
            && let Some(sink) = self.sinks.get_mut(&mid)
        {
            sink.mapped = Some((key.0, key.1, to));
        }
        to
    }

    pub(crate) fn ask_keyframe(&mut self, mid: Mid, rid: Option<Rid>) {
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = direct.stream_rx_by_mid(mid, rid) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.stats.keyframes_asked += 1;
            self.dirty = true;
        }
    }

    pub(crate) fn send_data(&mut self, channel: Channel, bytes: &[u8]) -> bool {
        let Some((_, id)) = self.channels.iter().find(|(open, _)| *open == channel) else {
            return false;
        };
        let Some(mut open) = self.rtc.channel(*id) else {
            return false;
        };
        self.dirty = true;
        open.write(true, bytes).unwrap_or(false)
    }

    pub(crate) fn deadline(&self) -> Instant {
        let own = self.sources.values().filter_map(Source::deadline).min();
        own.map_or(self.due, |own| own.min(self.due))
    }
}

/// The header extensions that mean the same to a receiver as they did to us.
fn passed_on(from: &ExtensionValues) -> ExtensionValues {
    ExtensionValues {
        audio_level: from.audio_level,
        voice_activity: from.voice_activity,
        video_orientation: from.video_orientation,
        play_delay_min: from.play_delay_min,
        play_delay_max: from.play_delay_max,
        ..ExtensionValues::default()
    }
}
