//! Receiving: datagrams into str0m, and str0m's events out of it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::bwe::BweKind;
use str0m::media::{Mid, Rid};
use str0m::net::{Protocol, Receive, Transmit};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::{Event, Input, PacerReason, Reason};

use super::{CLOSED, Peer, PeerEvents, authenticated};
use crate::config::VIDEO_RESEND_PACKETS;
use crate::io::{Output, Transport};

/// Larger payloads are dropped: no browser sends one, and str0m's send buffer is 2,000 bytes, header included.
/// Without this a publisher could make its subscribers fail.
const MAX_PAYLOAD: usize = 1_500;
/// More SSRCs than any real publisher has; bounds the memory a hostile one can use.
const MAX_STREAMS: usize = 64;

/// A timeout this soon is due now.
const SOON: Duration = Duration::from_millis(1);
/// How long the pacer's timeout may hide another one, such as that of a NACK.
const MAX_GATED: Duration = Duration::from_millis(20);

/// Retransmissions of one drain: all that is kept of one video. str0m resends a packet for each time that a NACK names
/// it, and checks their share of the bitrate only twenty times a second.
const MAX_RESENDS: usize = VIDEO_RESEND_PACKETS;

/// What a datagram carries (RFC 7983 section 7, RFC 5761 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Rtp,
    Rtcp,
    /// STUN or DTLS.
    Other,
}

impl Content {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [128..=191, 192..=223, ..] => Self::Rtcp,
            [128..=191, ..] => Self::Rtp,
            _ => Self::Other,
        }
    }
}

impl Peer {
    /// A datagram arrived. What cannot be parsed or authenticated is dropped: anybody may have sent it. Returns whether
    /// it was decrypted and thereby authenticated; STUN and handshakes never are.
    ///
    /// After a media packet only that packet is taken out of str0m, for the peers that wait for it; the rest is left to
    /// the next [`Peer::drain`], so that a burst of packets costs one drain.
    pub(crate) fn receive(
        &mut self,
        (now, arrived): (Instant, Instant),
        transport: Transport,
        (source, destination): (SocketAddr, SocketAddr),
        bytes: &[u8],
        (outputs, events): (&mut impl Extend<Output>, &mut PeerEvents),
    ) -> Result<bool, String> {
        #[cfg(test)]
        assert!(!self.panic_on_receive, "test: panic on receive");
        let protocol = match transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let Ok(received) = Receive::new(protocol, source, destination, bytes) else {
            return Ok(false);
        };
        self.last_received = now;
        let (content, before) = (Content::of(bytes), authenticated::count());
        let unknown_ssrc = if content == Content::Rtp { self.unknown_ssrc(bytes) } else { None };
        self.last_arrived = self.last_arrived.max(arrived);
        self.feed(Input::Receive(self.last_arrived, received))?;
        self.dirty = true;
        if let Some(unknown) = unknown_ssrc {
            self.settle(unknown, authenticated::count() != before);
        }
        match content {
            Content::Rtp => self.take_packet(now, outputs, events),
            // NACKs queue retransmissions: those of one packet are sent or refused before the next one is read.
            Content::Rtcp => {
                self.rtcp_received = true;
                self.drain(now, outputs, events)
            }
            Content::Other => self.drain(now, outputs, events),
        }?;
        Ok(authenticated::count() != before)
    }

    /// Polls until the packet that has just arrived is out. str0m keeps one: the next would overwrite it.
    fn take_packet(
        &mut self,
        now: Instant,
        outputs: &mut impl Extend<Output>,
        events: &mut PeerEvents,
    ) -> Result<(), String> {
        let before = events.packets.len();
        while events.packets.len() == before {
            match self.poll()? {
                str0m::Output::Timeout(due) => {
                    self.drained(now, due);
                    break;
                }
                str0m::Output::Transmit(transmit) => outputs.extend([self.transmit(transmit)]),
                str0m::Output::Event(Event::RtpPacket(packet)) => {
                    self.packet_received(packet, events);
                    break;
                }
                str0m::Output::Event(event) => outputs.extend(self.on_event(now, event, events)),
            }
        }
        self.check_alive()
    }

    /// Polls str0m until it only waits for a timeout. An error is final.
    ///
    /// The pacer releases one packet for each timeout, and asks for the next one at once. So while packets are known to
    /// be queued, timeouts are fed here instead of in as many turns of the caller.
    pub(crate) fn drain(
        &mut self,
        now: Instant,
        outputs: &mut impl Extend<Output>,
        events: &mut PeerEvents,
    ) -> Result<(), String> {
        self.allow_resends(now);
        // Whether more packets than those written may be queued: retransmissions, probes.
        let mut may_have_more = false;
        let (written, mut sent) = (self.unsent, 0);
        loop {
            match self.poll()? {
                str0m::Output::Timeout(due) if may_have_more && due <= now + SOON => {
                    may_have_more = false;
                    self.advance(now)?;
                }
                str0m::Output::Timeout(due) => {
                    self.drained(now, due);
                    break;
                }
                str0m::Output::Transmit(transmit) => {
                    if Content::of(&transmit.contents) == Content::Rtp {
                        may_have_more = self.unsent == 0 || self.rtcp_received;
                        self.unsent = self.unsent.saturating_sub(1);
                        sent += 1;
                        if sent > written + MAX_RESENDS {
                            events.refused_resends += u64::from(self.resends_refused_until.is_none());
                            self.refuse_resends(now);
                        }
                        if self.unsent > 0 {
                            self.advance(now)?;
                        }
                    }
                    outputs.extend([self.transmit(transmit)]);
                }
                str0m::Output::Event(event) => outputs.extend(self.on_event(now, event, events)),
            }
        }
        self.check_alive()
    }

    fn transmit(&self, transmit: Transmit) -> Output {
        let transport = match transmit.proto {
            Protocol::Udp => Transport::Udp,
            _ => Transport::Tcp,
        };
        let Transmit { source, destination, contents, .. } = transmit;
        Output::Transmit { peer: self.id, transport, source, destination, bytes: contents.into() }
    }

    /// str0m has nothing more to say until `due`.
    fn drained(&mut self, now: Instant, due: Instant) {
        // An event may have written something: it needs another timeout.
        self.dirty = self.written;
        self.unsent = 0;
        self.rtcp_received = false;
        // After each packet the pacer asks for a timeout at once, to look for another one: there is none, and what
        // else is due has not changed.
        let is_gate = self.rtc.last_timeout_reason() == Reason::Pacer(PacerReason::Immediate);
        self.due = if is_gate && self.due > now { self.due.min(now + MAX_GATED) } else { due };
        self.next_timeout = self.idle_timeout(now, self.due);
        self.stats.idle_for = now.saturating_duration_since(self.last_received);
    }

    fn check_alive(&self) -> Result<(), String> {
        if self.rtc.is_alive() { Ok(()) } else { Err(CLOSED.to_owned()) }
    }

    fn on_event(&mut self, now: Instant, event: Event, events: &mut PeerEvents) -> Option<Output> {
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
                self.bandwidth.set_estimate(now, estimate.as_u64());
                None
            }
            Event::PeerStats(stats) => {
                self.connection_score.sample(&stats);
                self.bandwidth.set_rtt(stats.rtt);
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
            let mids: Vec<Mid> = self.subscriptions.keys().copied().collect();
            mids.into_iter().for_each(|mid| self.forget_sent_video(mid));
        }
        Some(if ice_disconnected { Output::Disconnected(self.id) } else { Output::Connected(self.id) })
    }

    fn packet_received(&mut self, packet: RtpPacket, events: &mut PeerEvents) {
        if packet.payload.len() > MAX_PAYLOAD {
            events.oversized_payloads += 1;
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
