//! A test client of the room; the RTP packets it publishes are written by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anteroom_media::testing::{TestClient, simulcast};
use anteroom_media::{IceCreds, Input, Media, Mid, Msid, Output, PeerId, Transport};
use str0m::media::{Direction, MediaKind};
use str0m::net::Protocol;

use crate::{fixtures, null_crypto};

/// What a device has: sections in this order.
pub(crate) const SEND_AUDIO: (MediaKind, Direction, bool) = (MediaKind::Audio, Direction::SendOnly, false);
pub(crate) const SEND_VIDEO: (MediaKind, Direction, bool) = (MediaKind::Video, Direction::SendOnly, false);
pub(crate) const SEND_SIMULCAST: (MediaKind, Direction, bool) = (MediaKind::Video, Direction::SendOnly, true);
pub(crate) const RECV_AUDIO: (MediaKind, Direction, bool) = (MediaKind::Audio, Direction::RecvOnly, false);
pub(crate) const RECV_VIDEO: (MediaKind, Direction, bool) = (MediaKind::Video, Direction::RecvOnly, false);

pub(crate) struct Client {
    client: TestClient,
    pub(crate) id: PeerId,
    pub(crate) mids: Vec<Mid>,
    pub(crate) answer: String,
}

impl Client {
    pub(crate) fn join(media: &mut Media, now: Instant, id: PeerId, sections: &[(MediaKind, Direction, bool)]) -> Self {
        let address = SocketAddr::from(([10, 0, 0, id.0 as u8], 5_000));
        // One in two knows redundant sound.
        let mut client = TestClient::with_config(now, address, Protocol::Udp, |config| {
            config
                .set_crypto_provider(Arc::new(null_crypto::crypto()))
                .clear_codecs()
                .enable_opus(true, id.0 % 2 == 1)
                .enable_vp8(true)
                .enable_h264(true)
                .enable_vp9(true)
                .enable_av1(true)
        });
        let (offer, mids) = client.offer(|api| {
            let add = |(kind, direction, has_layers): &(MediaKind, Direction, bool)| {
                let layers = has_layers.then(|| simulcast(&["q", "h", "f"]));
                api.add_media(*kind, *direction, Some("s".into()), None, layers)
            };
            sections.iter().map(add).collect::<Vec<Mid>>()
        });
        media.join(now, id, IceCreds { ufrag: format!("peer{}", id.0), pwd: "a+password+of+22+chars".to_owned() });
        let answer = media.accept_offer(now, id, &offer).expect("an offer of a good client");
        let label = |mid: &Mid| (*mid, Msid { stream: "PA_x|TR_x".into(), track: format!("TR_{mid}") });
        let answer = answer.sdp(&mids.iter().map(label).collect::<BTreeMap<_, _>>());
        client.accept_answer(&answer);
        Self { client, id, mids, answer }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.client.connected
    }

    /// What it has to send now.
    pub(crate) fn advance(&mut self, now: Instant) -> Vec<Vec<u8>> {
        self.client.poll(now).into_iter().map(|transmit| transmit.contents.to_vec()).collect()
    }

    pub(crate) fn receive(&mut self, now: Instant, bytes: &[u8]) {
        self.client.receive(now, fixtures::server(), bytes);
    }

    /// Its bytes arrive.
    pub(crate) fn send(&self, media: &mut Media, now: Instant, bytes: &[u8]) {
        let (source, destination) = (self.client.address, fixtures::server());
        media.handle(now, Input::Datagram { peer: self.id, transport: Transport::Udp, source, destination, bytes });
    }

    /// Packets of this type are sent again (RFC 4588).
    pub(crate) fn is_repetition(&self, payload_type: u8) -> bool {
        self.answer.contains(&format!("a=rtpmap:{payload_type} rtx/"))
    }

    /// The number of an extension in what was agreed.
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

/// Lets all of them connect.
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
        if clients.iter().all(|client| client.is_connected()) {
            return;
        }
    }
    panic!("not everybody connected");
}
