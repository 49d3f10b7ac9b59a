//! Connection quality, computed from simulated loss and delay.

use std::time::Duration;

use super::sim::{Bottleneck, RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{Output, PeerId};

/// A call of two; the second one's scores, in order.
fn scores(seed: u64, trouble: impl FnOnce(&mut Sim), seconds: u64) -> Vec<u8> {
    let mut sim = Sim::new(seed);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO, SEND_AUDIO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.connect((1, one[1]), (2, two[1]));
    sim.seconds(3);
    trouble(&mut sim);
    sim.seconds(seconds);
    let of_two = |output: &Output| match output {
        Output::ConnectionQuality { peer: PeerId(2), score } => Some(*score),
        _ => None,
    };
    sim.outputs.iter().filter_map(of_two).collect()
}

#[test]
fn good_connection_is_reported_every_five_seconds() {
    let scores = scores(1, |_| {}, 22);
    assert_eq!(scores.len(), 5, "{scores:?}");
    assert!(scores.iter().all(|score| *score > 95), "{scores:?}");
}

#[test]
fn loss_and_delay_lower_the_score() {
    let a_little = scores(2, |sim| sim.loss = 60, 20);
    assert!((50..85).contains(a_little.last().unwrap()), "{a_little:?}");
    let much = scores(3, |sim| sim.loss = 250, 20);
    assert!(*much.last().unwrap() < 25, "{much:?}");
    let late = scores(4, |sim| sim.latency = Duration::from_millis(600), 20);
    assert!(*late.last().unwrap() < 80, "{late:?}");
}

#[test]
fn paused_video_lowers_only_its_subscribers_score() {
    let mut sim = Sim::new(5);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.connect((1, one[1]), (2, two[1]));
    let now = sim.now;
    sim.bottlenecks.insert(2, Bottleneck::new(now, 90_000));
    sim.seconds(40);
    let last = |peer| {
        let of = |output: &Output| match output {
            Output::ConnectionQuality { peer: of, score } if *of == PeerId(peer) => Some(*score),
            _ => None,
        };
        sim.outputs.iter().rev().find_map(of).unwrap()
    };
    assert!(last(2) <= 40, "{}", last(2));
    assert!(last(1) > 95, "{}", last(1));
}
