//! A str0m client that connects; the targets build its media packets by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anteroom_media::{IceCreds, Input, Media, Mid, Msid, Output, PeerId, Transport};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Rtc};

use crate::{fixtures, null_crypto};

/// Sections of a client, in this order.
pub(crate) const SEND_AUDIO: (MediaKind, Direction, bool) = (MediaKind::Audio, Direction::SendOnly, false);
pub(crate) const SEND_VIDEO: (MediaKind, Direction, bool) = (MediaKind::Video, Direction::SendOnly, false);
pub(crate) const SEND_SIMULCAST: (MediaKind, Direction, bool) = (MediaKind::Video, Direction::SendOnly, true);
pub(crate) const RECV_AUDIO: (MediaKind, Direction, bool) = (MediaKind::Audio, Direction::RecvOnly, false);
pub(crate) const RECV_VIDEO: (MediaKind, Direction, bool) = (MediaKind::Video, Direction::RecvOnly, false);

pub(crate) struct Client {
    rtc: Rtc,
    pub(crate) id: PeerId,
    pub(crate) address: SocketAddr,
    pub(crate) mids: Vec<Mid>,
    pub(crate) answer: String,
    pub(crate) is_up: bool,
}

impl Client {
    pub(crate) fn join(media: &mut Media, now: Instant, id: PeerId, sections: &[(MediaKind, Direction, bool)]) -> Self {
        let address = SocketAddr::from(([10, 0, 0, id.0 as u8], 5_000));
        // Every second client supports RED.
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .set_crypto_provider(Arc::new(null_crypto::crypto()))
            .clear_codecs()
            .enable_opus(true, id.0 % 2 == 1)
            .enable_vp8(true)
            .enable_h264(true)
            .enable_vp9(true)
            .enable_av1(true)
            .build(now);
        rtc.add_local_candidate(Candidate::builder().udp().host(address).build().expect("an address"));
        let mut api = rtc.sdp_api();
        let mut mids = Vec::new();
        for (kind, direction, has_layers) in sections {
            let simulcast = has_layers.then(|| {
                let mut simulcast = Simulcast::new();
                ["q", "h", "f"].iter().for_each(|rid| simulcast.add_send_layer(SimulcastLayer::new(rid)));
                simulcast
            });
            mids.push(api.add_media(*kind, *direction, Some("s".into()), None, simulcast));
        }
        let (offer, pending) = api.apply().expect("something to negotiate");
        media.join(now, id, IceCreds { ufrag: format!("peer{}", id.0), pwd: "a+password+of+22+chars".to_owned() });
        let answer = media.offer(now, id, &offer.to_sdp_string()).expect("an offer of a correct client");
        let label = |mid: &Mid| (*mid, Msid { stream: "PA_x|TR_x".into(), track: format!("TR_{mid}") });
        let answer = answer.sdp(&mids.iter().map(label).collect::<BTreeMap<_, _>>());
        let accepted = SdpAnswer::from_sdp_string(&answer).expect("our answer is a description");
        rtc.sdp_api().accept_answer(pending, accepted).expect("our answer fits the offer");
        Self { rtc, id, address, mids, answer, is_up: false }
    }

    /// Packets due now.
    pub(crate) fn advance(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        self.rtc.handle_input(str0m::Input::Timeout(now)).expect("str0m accepts the server's packets");
        loop {
            match self.rtc.poll_output().expect("str0m accepts the server's packets") {
                str0m::Output::Timeout(_) => return sent,
                str0m::Output::Transmit(transmit) => sent.push(transmit.contents.to_vec()),
                str0m::Output::Event(Event::Connected) => self.is_up = true,
                str0m::Output::Event(_) => {}
            }
        }
    }

    pub(crate) fn receive(&mut self, now: Instant, bytes: &[u8]) {
        let received =
            Receive::new(Protocol::Udp, fixtures::server(), self.address, bytes).expect("the server's packet is valid");
        self.rtc.handle_input(str0m::Input::Receive(now, received)).expect("str0m accepts the server's packets");
    }

    /// Its bytes reach the server.
    pub(crate) fn send(&self, media: &mut Media, now: Instant, bytes: &[u8]) {
        let (source, destination) = (self.address, fixtures::server());
        media.handle(now, Input::Datagram { peer: self.id, transport: Transport::Udp, source, destination, bytes });
    }

    /// Whether packets of this type are retransmissions (RFC 4588).
    pub(crate) fn is_repetition(&self, payload_type: u8) -> bool {
        self.answer.contains(&format!("a=rtpmap:{payload_type} rtx/"))
    }

    /// The negotiated id of an RTP header extension.
    pub(crate) fn extension(&self, uri: &str) -> u8 {
        let mapped = self.answer.lines().filter_map(|line| line.strip_prefix("a=extmap:")?.split_once(' '));
        let number = mapped.into_iter().find(|(_, of)| of.starts_with(uri)).map(|(number, _)| number);
        number.and_then(|number| number.split('/').next()?.parse().ok()).unwrap_or(0)
    }

    /// The payload type of a codec.
    pub(crate) fn payload_type(&self, codec: &str) -> u8 {
        let mapped = self.answer.lines().filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '));
        let number = mapped.into_iter().find(|(_, of)| of.starts_with(codec)).map(|(number, _)| number);
        number.and_then(|number| number.parse().ok()).unwrap_or(0)
    }
}

/// Connects all clients.
pub(crate) fn connect(media: &mut Media, clients: &mut [Client], now: &mut Instant) {
    for _ in 0..40 {
        for client in clients.iter_mut() {
            for bytes in client.advance(*now) {
                client.send(media, *now, &bytes);
            }
        }
        if media.deadline().is_some_and(|at| at <= *now) {
            media.handle(*now, Input::Tick);
        }
        while let Some(output) = media.poll() {
            if let Output::Transmit { peer, bytes, .. } = output
                && let Some(client) = clients.iter_mut().find(|client| client.id == peer)
            {
                client.receive(*now, &bytes);
            }
        }
        *now += std::time::Duration::from_millis(25);
        if clients.iter().all(|client| client.is_up) {
            return;
        }
    }
    panic!("not all clients connected");
}
