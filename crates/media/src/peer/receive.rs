//! Receiving: datagrams into str0m, and str0m's events out of it.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::bwe::BweKind;
use str0m::media::{Mid, Rid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::{Event, Input};

use super::{CLOSED, Peer, PeerEvents};
use crate::io::{Output, Transport};

/// Larger payloads are dropped: no browser sends one, and str0m's send buffer is 2,000 bytes, header included.
/// Without this a publisher could make its subscribers fail.
const MAX_PAYLOAD: usize = 1_500;
/// More SSRCs than any real publisher has; bounds the memory a hostile one can use.
const MAX_STREAMS: usize = 64;

impl Peer {
    /// A datagram arrived. What cannot be parsed or authenticated is dropped: anybody may have sent it.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        transport: Transport,
        (source, destination): (SocketAddr, SocketAddr),
        bytes: &[u8],
    ) -> Result<(), String> {
        #[cfg(test)]
        assert!(!self.panic_on_receive, "test: panic on receive");
        let protocol = match transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let Ok(received) = Receive::new(protocol, source, destination, bytes) else {
            return Ok(());
        };
        self.last_received = now;
        self.rtc.handle_input(Input::Receive(now, received)).map_err(|error| error.to_string())
    }

    /// Polls str0m until it only waits for a timeout. An error is final.
    pub(crate) fn drain(
        &mut self,
        now: Instant,
        outputs: &mut impl Extend<Output>,
        events: &mut PeerEvents,
    ) -> Result<(), String> {
        self.dirty = false;
        loop {
            match self.rtc.poll_output().map_err(|error| error.to_string())? {
                str0m::Output::Timeout(due) => {
                    self.next_timeout = self.idle_timeout(now, due);
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
                str0m::Output::Event(event) => outputs.extend(self.on_event(event, events)),
            }
        }
        self.stats.idle_for = now.saturating_duration_since(self.last_received);
        if self.rtc.is_alive() { Ok(()) } else { Err(CLOSED.to_owned()) }
    }

    fn on_event(&mut self, event: Event, events: &mut PeerEvents) -> Option<Output> {
        match event {
            Event::Connected => {
                self.dtls_connected = true;
                self.ice_disconnected = false;
                events.connected = true;
                Some(Output::Connected(self.id))
            }
            Event::IceConnectionStateChange(state) if self.dtls_connected => {
                let changed = self.ice_state_changed(state);
                events.connected |= matches!(changed, Some(Output::Connected(_)));
                changed
            }
            Event::RtpPacket(packet) => {
                self.packet_received(packet, events);
                None
            }
            Event::KeyframeRequest(request) => {
                events.keyframe_requests.push(request.mid);
                None
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                self.bandwidth.set_estimate(estimate.as_u64());
                None
            }
            Event::PeerStats(stats) => {
                self.connection_score.sample(&stats);
                None
            }
            Event::MediaEgressStats(stats) if stats.remote.is_some() => {
                if let Some(subscription) = self.subscriptions.get_mut(&stats.mid) {
                    subscription.reported = true;
                }
                None
            }
            Event::ChannelOpen(id, label) => self.channel_opened(id, label),
            Event::ChannelClose(id) => self.channel_closed(id),
            Event::ChannelData(data) => self.data_received(data),
            _ => None,
        }
    }

    /// Without an ICE path packets are lost; the peer may find another path.
    fn ice_state_changed(&mut self, state: str0m::IceConnectionState) -> Option<Output> {
        let ice_disconnected = match state {
            state if state.is_disconnected() => true,
            state if state.is_connected() => false,
            _ => return None,
        };
        if self.ice_disconnected == ice_disconnected {
            return None;
        }
        self.ice_disconnected = ice_disconnected;
        if ice_disconnected {
            self.forget_sent_video();
        }
        Some(if ice_disconnected { Output::Disconnected(self.id) } else { Output::Connected(self.id) })
    }

    fn packet_received(&mut self, packet: RtpPacket, events: &mut PeerEvents) {
        if packet.payload.len() > MAX_PAYLOAD {
            return;
        }
        let Some((mid, rid)) = self.stream_of_ssrc(packet.header.ssrc) else {
            return;
        };
        self.last_media = packet.timestamp;
        self.stats.packets_in += 1;
        self.stats.bytes_in += packet.payload.len() as u64;
        events.packets.push((mid, rid, packet));
    }

    fn stream_of_ssrc(&mut self, ssrc: Ssrc) -> Option<(Mid, Option<Rid>)> {
        if let Some(stream) = self.streams_by_ssrc.get(&ssrc) {
            return Some(*stream);
        }
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx(&ssrc)?;
        let stream = (stream.mid(), stream.rid());
        if self.streams_by_ssrc.len() >= MAX_STREAMS {
            self.streams_by_ssrc.clear();
        }
        self.streams_by_ssrc.insert(ssrc, stream);
        Some(stream)
    }
}
