//! Server offers (`server_offers`): a client with a connection on which it only receives.

use std::collections::BTreeMap;

use str0m::change::SdpOffer;
use str0m::net::Protocol;

use super::client::Client;
use super::encoder::decodes;
use super::sim::{LOSSY, RELIABLE, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{
    ChannelConfig, IceCreds, Kind, Mid, Msid, OfferChange, OfferError, PeerId, Reliability, SdpLimit, ServerOffer,
};

const SUBSCRIBER: u64 = 2;

impl Sim {
    fn join_subscriber(&mut self) {
        let client = Client::new(self.now, SUBSCRIBER as u8, Protocol::Udp);
        self.clients.insert(SUBSCRIBER, client);
        let ice = IceCreds { ufrag: "ears".into(), pwd: "x".repeat(22) };
        self.media.join(self.now, PeerId(SUBSCRIBER), ice);
        self.reserve_channels(SUBSCRIBER);
    }

    fn create_offer(&mut self, change: &OfferChange) -> Option<ServerOffer> {
        self.media.create_offer(self.now, PeerId(SUBSCRIBER), change).unwrap()
    }

    fn accept(&mut self, offered: &ServerOffer, sending: &[Mid]) {
        let label = |mid: &Mid| (*mid, Msid { stream: format!("PA_x|TR_{mid}"), track: format!("TR_{mid}") });
        let labels: BTreeMap<_, _> = sending.iter().map(label).collect();
        let offer = SdpOffer::from_sdp_string(&offered.sdp(&labels)).unwrap();
        let answer = self.client(SUBSCRIBER).rtc.sdp_api().accept_offer(offer).unwrap();
        self.media.accept_answer(self.now, PeerId(SUBSCRIBER), answer.to_sdp_string()).unwrap();
        self.drain();
    }
}

fn channel(label: &str) -> ChannelConfig {
    ChannelConfig { label: label.to_owned(), ordered: true, reliability: Reliability::Reliable }
}

fn change(add: &[Kind]) -> OfferChange {
    OfferChange { add: add.to_vec(), ..OfferChange::default() }
}

#[test]
fn server_offered_sections_and_channels_work() {
    let mut sim = Sim::new(1);
    let from = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    sim.join_subscriber();
    let opening =
        OfferChange { channels: [RELIABLE, LOSSY].map(channel).to_vec(), ..change(&[Kind::Audio, Kind::Video]) };
    let offered = sim.create_offer(&opening).unwrap();
    let [audio, video] = offered.added[..] else { panic!("{:?}", offered.added) };
    assert!(offered.sdp(&BTreeMap::new()).contains("a=ice-lite"), "else the client waits for our nomination");
    sim.accept(&offered, &[audio, video]);
    sim.connect((1, from[0]), (SUBSCRIBER, audio));
    sim.connect((1, from[1]), (SUBSCRIBER, video));
    sim.seconds(3);
    assert!(sim.client(SUBSCRIBER).audio_stamps(audio).len() > 100);
    assert!(decodes(&sim.client(SUBSCRIBER).video_stamps(video)).unwrap() > 50);
    for label in [RELIABLE, LOSSY] {
        assert!(sim.has_opened(SUBSCRIBER, label), "{:?}", sim.outputs);
        assert!(sim.send_data(SUBSCRIBER, label, b"down"));
    }
    sim.seconds(1);
    assert_eq!(sim.client(SUBSCRIBER).messages.len(), 2);
}

#[test]
fn deactivated_section_is_reused_for_another_track() {
    let mut sim = Sim::new(2);
    let first = sim.join(1, &[SEND_VIDEO]);
    sim.join_subscriber();
    let offered = sim.create_offer(&change(&[Kind::Video])).unwrap();
    let mid = offered.added[0];
    sim.accept(&offered, &[mid]);
    sim.connect((1, first[0]), (SUBSCRIBER, mid));
    sim.seconds(2);
    sim.media.disconnect((PeerId(SUBSCRIBER), mid));
    let emptied = sim.create_offer(&OfferChange { deactivate: vec![mid], ..OfferChange::default() }).unwrap();
    assert!(emptied.sdp(&BTreeMap::new()).contains("a=inactive"));
    sim.accept(&emptied, &[]);
    sim.seconds(1);
    sim.client(SUBSCRIBER).received.clear();
    let second = sim.join(3, &[SEND_VIDEO]);
    let again = sim.create_offer(&OfferChange { activate: vec![mid], ..OfferChange::default() }).unwrap();
    sim.accept(&again, &[mid]);
    sim.connect((3, second[0]), (SUBSCRIBER, mid));
    sim.seconds(2);
    assert!(decodes(&sim.client(SUBSCRIBER).video_stamps(mid)).unwrap() > 30);
}

#[test]
fn change_of_a_lost_offer_can_be_offered_again() {
    let mut sim = Sim::new(5);
    sim.join_subscriber();
    let offered = sim.create_offer(&change(&[Kind::Video])).unwrap();
    let mid = offered.added[0];
    sim.accept(&offered, &[mid]);
    for change in [
        OfferChange { deactivate: vec![mid], ..OfferChange::default() },
        OfferChange { activate: vec![mid], ..OfferChange::default() },
    ] {
        for _ in 0..3 {
            assert!(sim.create_offer(&change).is_some(), "{change:?}");
        }
    }
}

#[test]
fn ice_restart_by_server_keeps_sequence_numbers() {
    let mut sim = Sim::new(3);
    let from = sim.join(1, &[SEND_AUDIO]);
    sim.join_subscriber();
    let offered = sim.create_offer(&change(&[Kind::Audio])).unwrap();
    let mid = offered.added[0];
    sim.accept(&offered, &[mid]);
    sim.connect((1, from[0]), (SUBSCRIBER, mid));
    sim.seconds(2);
    // An offer that was lost with the signalling socket, and the next one.
    sim.create_offer(&OfferChange { ice_restart: true, ..change(&[Kind::Video]) }).unwrap();
    let ice_restart = sim.create_offer(&OfferChange { ice_restart: true, ..OfferChange::default() }).unwrap();
    assert_ne!(ice_restart.ufrag, offered.ufrag);
    sim.accept(&ice_restart, &[mid]);
    sim.seconds(2);
    let numbers: Vec<u64> = sim.client(SUBSCRIBER).in_order(mid).iter().map(|packet| *packet.seq_no).collect();
    assert!(numbers.len() > 180, "{}", numbers.len());
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
}

#[test]
fn unexpected_or_malformed_answer_is_refused() {
    let mut sim = Sim::new(4);
    sim.join_subscriber();
    let accept_answer = |sim: &mut Sim, sdp: &str| sim.media.accept_answer(sim.now, PeerId(SUBSCRIBER), sdp);
    assert!(matches!(accept_answer(&mut sim, "v=0\r\nnonsense"), Err(OfferError::Unreadable(_))));
    let offered = sim.create_offer(&change(&[Kind::Audio])).unwrap();
    assert!(matches!(accept_answer(&mut sim, &"x".repeat(600_000)), Err(OfferError::TooLarge(SdpLimit::Bytes))));
    sim.accept(&offered, &offered.added.clone());
    assert!(matches!(
        accept_answer(&mut sim, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"),
        Err(OfferError::Refused(_))
    ));
    assert!(sim.create_offer(&OfferChange::default()).is_none(), "nothing to send_message");
}
