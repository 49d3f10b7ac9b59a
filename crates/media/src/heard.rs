//! What str0m tells of one device, in our words.

use str0m::Event;
use str0m::bwe::BweKind;
use str0m::rtp::{RtpPacket, Ssrc};

use crate::peer::{Peer, Said};
use crate::{Channel, Mid, Output, Rid};

/// A packet larger than this is not forwarded: no browser sends one, and str0m's buffer for packets to
/// send ends at 2,000 bytes, header included. Without this a publisher could break its receivers.
const LARGEST_PAYLOAD: usize = 1_500;
/// No real publisher has that many streams; a stranger may not make us remember more.
const MOST_STREAMS: usize = 64;

impl Peer {
    pub(crate) fn event(&mut self, event: Event, said: &mut Said) -> Option<Output> {
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
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                self.bandwidth.estimated(estimate.as_u64());
                None
            }
            Event::PeerStats(stats) => {
                self.line.sample(&stats);
                None
            }
            Event::MediaEgressStats(stats) if stats.remote.is_some() => {
                self.sinks.entry(stats.mid).or_default().reported = true;
                None
            }
            Event::ChannelOpen(id, label) => {
                let channel = Channel::of_label(&label)?;
                self.channels.retain(|(other, _)| *other != channel);
                self.channels.push((channel, id));
                self.let_go_of_held(channel);
                Some(Output::Opened { peer: self.id, channel })
            }
            Event::ChannelClose(id) => {
                self.channels.retain(|(_, other)| *other != id);
                None
            }
            Event::ChannelData(data) => {
                let (channel, _) = *self.channels.iter().find(|(_, id)| *id == data.id)?;
                // Its acknowledgement is due soon; while we rest it would be late.
                self.last_media = self.last_heard;
                Some(Output::Data { peer: self.id, channel, bytes: data.data })
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
        self.last_media = packet.timestamp;
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
}
