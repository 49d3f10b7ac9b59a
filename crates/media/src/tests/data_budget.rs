//! A peer that sends too many data messages slows down and loses none; so does one whose receiver is slow.

use std::time::Duration;

use super::sim::{RELIABLE, SEND_AUDIO, Sim};
use crate::peer::data_budget::BURST;
use crate::{Output, PeerId};

const SENDER: PeerId = PeerId(1);
const RECEIVER: PeerId = PeerId(2);

fn two_peers(seed: u64) -> Sim {
    let mut sim = Sim::new(seed);
    sim.join(1, &[SEND_AUDIO]);
    sim.join(2, &[SEND_AUDIO]);
    sim.seconds(3);
    sim
}

/// What arrived from the sender.
fn arrived(sim: &Sim) -> Vec<Vec<u8>> {
    let data = sim.outputs.iter().filter_map(|output| match output {
        Output::Data { peer: SENDER, bytes, .. } => Some(bytes.clone()),
        _ => None,
    });
    data.collect()
}

/// Passes a message of the sender on. False if it is lost.
fn forward(sim: &mut Sim, bytes: &[u8]) -> bool {
    let channel = sim.media.channel(RECEIVER, RELIABLE).unwrap();
    sim.media.forward_data(sim.now, Some(SENDER), (RECEIVER, channel), (true, true), bytes)
}

fn dropped(sim: &Sim) -> u64 {
    sim.media.stats(SENDER).unwrap().data_datagrams_dropped
}

#[test]
fn sender_over_its_budget_slows_down_and_loses_nothing() {
    let mut sim = two_peers(1);
    sim.media.peers.lend(&SENDER).unwrap().data_budget.spend(sim.now, BURST + 500.0);
    let words: Vec<Vec<u8>> = (0..20).map(|number| vec![number; 100]).collect();
    words.iter().for_each(|word| sim.client(1).send_message(RELIABLE, word));
    sim.run(Duration::from_millis(400));
    assert!(arrived(&sim).is_empty() && dropped(&sim) > 0);
    sim.seconds(5);
    assert_eq!(arrived(&sim), words);
}

#[test]
fn every_message_is_charged_by_length_and_receivers() {
    let mut sim = two_peers(2);
    let spent = |sim: &mut Sim, more: f64| {
        let mut budget = sim.media.peers[&SENDER].data_budget;
        budget.spend(sim.now, BURST - more);
        budget.is_spent(sim.now)
    };
    assert!(!spent(&mut sim, 0.0));
    sim.client(1).send_message(RELIABLE, &[1; 60_000]);
    sim.run(Duration::from_millis(1));
    while arrived(&sim).is_empty() {
        sim.run(Duration::from_millis(1));
    }
    assert!(spent(&mut sim, 25.0), "60 kB cost thirty units");
    sim.seconds(1);
    assert!(!spent(&mut sim, 0.1), "earned back");
    for _ in 0..10 {
        assert!(forward(&mut sim, &[1; 8_192]));
    }
    assert!(spent(&mut sim, 20.0) && !spent(&mut sim, 30.0), "ten receivers cost 25 units");
}

#[test]
fn sender_waits_for_a_receiver_whose_buffer_is_half_full() {
    let mut sim = two_peers(3);
    sim.disconnected.push(2);
    for _ in 0..30 {
        assert!(forward(&mut sim, &[7; 60_000]));
    }
    sim.client(1).send_message(RELIABLE, b"waits");
    sim.seconds(3);
    assert!(arrived(&sim).is_empty() && dropped(&sim) > 0);
    sim.disconnected.clear();
    sim.seconds(12);
    assert_eq!(sim.client(2).messages.len(), 30, "nothing is lost");
    assert_eq!(arrived(&sim), [b"waits"]);
}

#[test]
fn sender_waits_for_a_receiver_that_is_connecting() {
    let mut sim = Sim::new(5);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(3);
    sim.join(2, &[SEND_AUDIO]);
    (0..10).for_each(|_| assert!(forward(&mut sim, &[7; 60_000])));
    sim.client(1).send_message(RELIABLE, b"waits");
    while !sim.has_opened(2, RELIABLE) {
        assert!(arrived(&sim).is_empty());
        sim.run(Duration::from_millis(1));
    }
    sim.seconds(5);
    assert_eq!(arrived(&sim), [b"waits"]);
    assert_eq!(sim.client(2).messages.len(), 10);
    let drops = sim.media.take_drops();
    assert!(drops.data_datagrams > 0 && drops.early_messages == 0, "{drops:?}");
}

#[test]
fn receiver_that_never_reads_holds_a_sender_up_only_once() {
    let mut sim = two_peers(4);
    sim.disconnected.push(2);
    (0..30).for_each(|_| assert!(forward(&mut sim, &[7; 60_000])));
    sim.client(1).send_message(RELIABLE, b"waits");
    sim.seconds(40);
    assert_eq!(arrived(&sim), [b"waits"]);
    assert!(forward(&mut sim, &[7; 60_000]));
    sim.client(1).send_message(RELIABLE, b"does not wait");
    sim.seconds(1);
    assert_eq!(arrived(&sim).len(), 2);
    let more = (0..100).take_while(|_| forward(&mut sim, &[7; 60_000])).count();
    assert!(more < 60, "the buffer overflows, and the caller ends the receiver");
    sim.media.remove(sim.now, RECEIVER);
    assert!(!sim.media.is_held_back(sim.now, SENDER, &[20]));
}
