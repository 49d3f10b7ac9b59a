//! A device with a connection on which we offer and it only receives.

use std::collections::BTreeMap;

use str0m::change::SdpOffer;
use str0m::net::Protocol;

use super::client::Client;
use super::encoder::decodes;
use super::sim::{CAM, MIC, Sim};
use crate::{Change, IceCreds, Kind, Mid, Msid, OfferError, Output, PeerId, Proposal};

const EAR: u64 = 2;

impl Sim {
    fn listens(&mut self) {
        let client = Client::new(self.now, EAR as u8, Protocol::Udp);
        self.clients.insert(EAR, client);
        let ice = IceCreds { ufrag: "ears".into(), pwd: "x".repeat(22) };
        self.media.join(self.now, PeerId(EAR), ice);
    }

    fn offers(&mut self, change: &Change) -> Option<Proposal> {
        self.media.propose(self.now, PeerId(EAR), change).unwrap()
    }

    fn agrees(&mut self, proposal: &Proposal, sending: &[Mid]) {
        let label = |mid: &Mid| (*mid, Msid { stream: format!("PA_x|TR_{mid}"), track: format!("TR_{mid}") });
        let labels: BTreeMap<_, _> = sending.iter().map(label).collect();
        let offer = SdpOffer::from_sdp_string(&proposal.sdp(&labels)).unwrap();
        let answer = self.client(EAR).rtc.sdp_api().accept_offer(offer).unwrap();
        self.media.agree(self.now, PeerId(EAR), &answer.to_sdp_string()).unwrap();
        self.settle();
    }
}

fn change(add: &[Kind]) -> Change {
    Change { add: add.to_vec(), ..Change::default() }
}

#[test]
fn what_we_offer_is_heard_and_seen_and_said() {
    let mut sim = Sim::new(1);
    let from = sim.join(1, &[MIC, CAM]);
    sim.listens();
    let opening = Change { channels: true, ..change(&[Kind::Audio, Kind::Video]) };
    let proposal = sim.offers(&opening).unwrap();
    let [sound, picture] = proposal.added[..] else { panic!("{:?}", proposal.added) };
    assert!(proposal.sdp(&BTreeMap::new()).contains("a=ice-lite"), "else the client would wait for us to nominate");
    sim.agrees(&proposal, &[sound, picture]);
    sim.connect((1, from[0]), (EAR, sound));
    sim.connect((1, from[1]), (EAR, picture));
    sim.seconds(3);
    assert!(sim.client(EAR).sounds(sound).len() > 100);
    assert!(decodes(&sim.client(EAR).pictures(picture)).unwrap() > 50);
    for channel in [crate::Channel::Reliable, crate::Channel::Lossy] {
        assert!(sim.outputs.contains(&Output::Opened { peer: PeerId(EAR), channel }), "{:?}", sim.outputs);
        assert!(sim.media.send_data(sim.now, PeerId(EAR), channel, b"down"));
    }
    sim.seconds(1);
    assert_eq!(sim.client(EAR).messages.len(), 2);
}

#[test]
fn a_section_is_emptied_and_carries_another_track() {
    let mut sim = Sim::new(2);
    let first = sim.join(1, &[CAM]);
    sim.listens();
    let proposal = sim.offers(&change(&[Kind::Video])).unwrap();
    let mid = proposal.added[0];
    sim.agrees(&proposal, &[mid]);
    sim.connect((1, first[0]), (EAR, mid));
    sim.seconds(2);
    sim.media.disconnect((PeerId(EAR), mid));
    let emptied = sim.offers(&Change { end: vec![mid], ..Change::default() }).unwrap();
    assert!(emptied.sdp(&BTreeMap::new()).contains("a=inactive"));
    sim.agrees(&emptied, &[]);
    sim.seconds(1);
    sim.client(EAR).received.clear();
    let second = sim.join(3, &[CAM]);
    let again = sim.offers(&Change { begin: vec![mid], ..Change::default() }).unwrap();
    sim.agrees(&again, &[mid]);
    sim.connect((3, second[0]), (EAR, mid));
    sim.seconds(2);
    assert!(decodes(&sim.client(EAR).pictures(mid)).unwrap() > 30);
}

#[test]
fn what_was_in_an_offer_that_got_lost_is_offered_again() {
    let mut sim = Sim::new(5);
    sim.listens();
    let proposal = sim.offers(&change(&[Kind::Video])).unwrap();
    let mid = proposal.added[0];
    sim.agrees(&proposal, &[mid]);
    for change in [Change { end: vec![mid], ..Change::default() }, Change { begin: vec![mid], ..Change::default() }] {
        for _ in 0..3 {
            assert!(sim.offers(&change).is_some(), "{change:?}");
        }
    }
}

#[test]
fn a_path_is_found_anew_without_a_gap_in_the_numbers() {
    let mut sim = Sim::new(3);
    let from = sim.join(1, &[MIC]);
    sim.listens();
    let proposal = sim.offers(&change(&[Kind::Audio])).unwrap();
    let mid = proposal.added[0];
    sim.agrees(&proposal, &[mid]);
    sim.connect((1, from[0]), (EAR, mid));
    sim.seconds(2);
    // An offer that got lost with the socket, and the next one.
    sim.offers(&Change { restart: true, ..change(&[Kind::Video]) }).unwrap();
    let restart = sim.offers(&Change { restart: true, ..Change::default() }).unwrap();
    assert_ne!(restart.ufrag, proposal.ufrag);
    sim.agrees(&restart, &[mid]);
    sim.seconds(2);
    let numbers: Vec<u64> = sim.client(EAR).in_order(mid).iter().map(|packet| *packet.seq_no).collect();
    assert!(numbers.len() > 180, "{}", numbers.len());
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
}

#[test]
fn an_answer_to_nothing_or_of_nonsense_changes_nothing() {
    let mut sim = Sim::new(4);
    sim.listens();
    let agree = |sim: &mut Sim, sdp: &str| sim.media.agree(sim.now, PeerId(EAR), sdp);
    assert!(matches!(agree(&mut sim, "v=0\r\nnonsense"), Err(OfferError::Unreadable(_))));
    let proposal = sim.offers(&change(&[Kind::Audio])).unwrap();
    assert!(matches!(agree(&mut sim, &"x".repeat(600_000)), Err(OfferError::TooLong)));
    sim.agrees(&proposal, &proposal.added.clone());
    assert!(matches!(
        agree(&mut sim, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"),
        Err(OfferError::Refused(_))
    ));
    assert!(sim.offers(&Change::default()).is_none(), "nothing to say");
}
