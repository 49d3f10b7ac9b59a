use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use str0m::bwe::BweKind;
use str0m::change::{SdpAnswer, SdpApi, SdpOffer, SdpPendingOffer};
use str0m::channel::ChannelId;
use str0m::media::{Mid, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive, TcpType, Transmit};
use str0m::rtp::{RawPacket, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcConfig};

/// One peer connection of a client. Feed it datagrams with [`TestClient::receive`], send what [`TestClient::poll`]
/// returns, and poll again at [`TestClient::deadline`]. Panics on whatever a correct server does not do.
pub struct TestClient {
    /// The connection itself, for what has no method here.
    pub rtc: Rtc,
    /// The local candidate.
    pub address: SocketAddr,
    /// ICE and DTLS are connected.
    pub connected: bool,
    /// The last reported ICE state.
    pub ice: Option<IceConnectionState>,
    /// When it has to be polled next.
    pub due: Instant,
    /// Every received packet, by section.
    pub received: BTreeMap<Mid, Vec<RtpPacket>>,
    /// Every RTP and RTCP packet in order, if the configuration enables raw packets.
    pub raw: Vec<RawPacket>,
    /// Keyframe requests received, in order.
    pub keyframe_requests: Vec<(Mid, Option<Rid>)>,
    /// The last limit requested by the server (REMB) in bits per second.
    pub remb: Option<u64>,
    /// Open data channels by label.
    pub channels: BTreeMap<String, ChannelId>,
    /// Messages received, with the labels of their channels, in order.
    pub messages: Vec<(String, Vec<u8>)>,
    protocol: Protocol,
    pending: Option<SdpPendingOffer>,
    /// Bytes of an incomplete TCP frame.
    incomplete: Vec<u8>,
}

impl TestClient {
    /// A client with str0m's default codecs. `address` is its only candidate: UDP, or active TCP.
    pub fn new(now: Instant, address: SocketAddr, protocol: Protocol) -> Self {
        Self::with_config(now, address, protocol, |config| config)
    }

    /// With another configuration, such as other codecs, extensions or cryptography.
    pub fn with_config(
        now: Instant,
        address: SocketAddr,
        protocol: Protocol,
        configure: impl FnOnce(RtcConfig) -> RtcConfig,
    ) -> Self {
        let mut rtc = configure(Rtc::builder().set_rtp_mode(true)).build(now);
        let candidate = match protocol {
            Protocol::Udp => Candidate::builder().udp().host(address).build(),
            _ => Candidate::builder().tcp().host(address).tcptype(TcpType::Active).build(),
        };
        rtc.add_local_candidate(candidate.expect("an address that can be a candidate"));
        Self {
            rtc,
            address,
            connected: false,
            ice: None,
            due: now,
            received: BTreeMap::new(),
            raw: Vec::new(),
            keyframe_requests: Vec::new(),
            remb: None,
            channels: BTreeMap::new(),
            messages: Vec::new(),
            protocol,
            pending: None,
            incomplete: Vec::new(),
        }
    }

    /// Changes something (sections, channels, ICE restart) and returns the offer, with the result of `change`.
    pub fn offer<T>(&mut self, change: impl FnOnce(&mut SdpApi<'_>) -> T) -> (String, T) {
        let mut api = self.rtc.sdp_api();
        let result = change(&mut api);
        let (offer, pending) = api.apply().expect("the change is to be negotiated");
        self.pending = Some(pending);
        (offer.to_sdp_string(), result)
    }

    /// The server's answer to the last offer.
    pub fn accept_answer(&mut self, sdp: &str) {
        let answer = SdpAnswer::from_sdp_string(sdp).expect("the answer is SDP");
        let pending = self.pending.take().expect("an offer is pending");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("the answer fits the offer");
    }

    /// Returns the answer to an offer of the server.
    pub fn accept_offer(&mut self, sdp: &str) -> String {
        let offer = SdpOffer::from_sdp_string(sdp).expect("the offer is SDP");
        self.rtc.sdp_api().accept_offer(offer).expect("the offer can be accepted").to_sdp_string()
    }

    /// The bytes to write to the socket for one packet: with TCP, an RFC 4571 frame.
    pub fn frame(&self, packet: &[u8]) -> Vec<u8> {
        let mut frame = Vec::new();
        if self.protocol != Protocol::Udp {
            let length = u16::try_from(packet.len()).expect("a packet that fits a frame");
            frame.extend(length.to_be_bytes());
        }
        frame.extend(packet);
        frame
    }

    /// The packets in the bytes of one read: a datagram, or the RFC 4571 frames that it completes. Poll after each
    /// [`TestClient::receive`].
    pub fn unframe(&mut self, read: &[u8]) -> Vec<Vec<u8>> {
        if self.protocol == Protocol::Udp {
            return vec![read.to_vec()];
        }
        self.incomplete.extend(read);
        let mut packets = Vec::new();
        while let Some((length, rest)) = self.incomplete.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes(*length));
            let Some(packet) = rest.get(..length) else { break };
            packets.push(packet.to_vec());
            self.incomplete.drain(..length + 2);
        }
        packets
    }

    /// A packet arrived.
    pub fn receive(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        let received = Receive::new(self.protocol, from, self.address, bytes).expect("a valid datagram");
        self.rtc.handle_input(Input::Receive(now, received)).expect("the connection goes on");
    }

    /// Advances the time and returns the datagrams to send. A closed client returns none.
    pub fn poll(&mut self, now: Instant) -> Vec<Transmit> {
        let mut sent = Vec::new();
        if !self.rtc.is_alive() {
            return sent;
        }
        self.rtc.handle_input(Input::Timeout(now)).expect("the connection goes on");
        loop {
            match self.rtc.poll_output().expect("the connection goes on") {
                Output::Timeout(due) => break self.due = due,
                Output::Transmit(transmit) => sent.push(transmit),
                Output::Event(event) => self.on_event(event),
            }
        }
        sent
    }

    /// When to poll next, if no datagram arrives first.
    pub fn deadline(&self) -> Instant {
        self.due
    }

    /// Sends one packet of a section with the first negotiated payload type. Audio at 20 ms a packet: `time` is
    /// 960 times `seq`. Sent by the next [`TestClient::poll`].
    pub fn write_packet(&mut self, now: Instant, mid: Mid, seq: u64, time: u32, payload: Vec<u8>) {
        let negotiated = self.rtc.media(mid).expect("a negotiated section").remote_pts().first().copied();
        let pt = negotiated.expect("a negotiated codec");
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).expect("a section on which it sends");
        stream.write_rtp(RtpWrite::new(pt, seq.into(), time, now, payload));
    }

    /// Sends a binary message on an open channel. Sent by the next [`TestClient::poll`].
    pub fn send_message(&mut self, label: &str, bytes: &[u8]) {
        let id = *self.channels.get(label).expect("an open channel");
        let mut channel = self.rtc.channel(id).expect("an open channel");
        assert!(channel.write(true, bytes).expect("the connection goes on"), "the send buffer is full");
    }

    /// Bytes of a channel that the server has not acknowledged.
    pub fn unacknowledged(&mut self, label: &str) -> usize {
        let id = *self.channels.get(label).expect("an open channel");
        self.rtc.channel(id).expect("an open channel").buffered_amount()
    }

    /// Removes and returns the packets received since the last call, by section.
    pub fn take_received(&mut self) -> BTreeMap<Mid, Vec<RtpPacket>> {
        std::mem::take(&mut self.received)
    }

    /// Number of packets received on a section.
    pub fn received_on(&self, mid: Mid) -> usize {
        self.received.get(&mid).map_or(0, Vec::len)
    }

    /// The packets of a section without duplicates, by sequence number.
    pub fn in_order(&self, mid: Mid) -> Vec<&RtpPacket> {
        let mut packets: Vec<&RtpPacket> = self.received.get(&mid).into_iter().flatten().collect();
        packets.sort_by_key(|packet| *packet.seq_no);
        packets.dedup_by_key(|packet| *packet.seq_no);
        packets
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::IceConnectionStateChange(state) => self.ice = Some(state),
            Event::RtpPacket(packet) => {
                let mid = self.rtc.direct_api().stream_rx(&packet.header.ssrc).expect("a known SSRC").mid();
                self.received.entry(mid).or_default().push(packet);
            }
            Event::KeyframeRequest(request) => self.keyframe_requests.push((request.mid, request.rid)),
            Event::EgressBitrateEstimate(BweKind::Remb { estimate, .. }) => self.remb = Some(estimate.as_u64()),
            Event::RawPacket(packet) => self.raw.push(*packet),
            Event::ChannelOpen(id, label) => drop(self.channels.insert(label, id)),
            Event::ChannelClose(id) => self.channels.retain(|_, open| *open != id),
            Event::ChannelData(data) => {
                let label = self.channels.iter().find(|(_, id)| **id == data.id).expect("an open channel");
                self.messages.push((label.0.clone(), data.data));
            }
            _ => {}
        }
    }
}

/// The layers of a simulcast section, lowest first.
pub fn simulcast(rids: &[&str]) -> Simulcast {
    let mut simulcast = Simulcast::new();
    rids.iter().for_each(|rid| simulcast.add_send_layer(SimulcastLayer::new(rid)));
    simulcast
}
