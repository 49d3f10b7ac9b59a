//! The age of arriving packets: what is sent must not wait, whatever the bottleneck and the loss.

use std::time::Duration;

use super::sim::{RECV_VIDEO, SEND_VIDEO, Sim};
use crate::Mid;

/// Six packets thirty times a second: 1.5 Mbit/s.
const PARTS: u8 = 6;
const SIZE: usize = 1_042;

/// A publisher of one layer of 1.5 Mbit/s, and a subscriber.
fn call(seed: u64) -> (Sim, Mid) {
    let mut sim = Sim::new(seed);
    sim.latency = Duration::from_millis(25);
    let one = sim.join(1, &[SEND_VIDEO]);
    let camera = &mut sim.client(1).tracks[0];
    (camera.size, camera.parts) = (SIZE, PARTS);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.client(2).freeze_limit = Some(Duration::from_millis(500));
    sim.connect((1, one[0]), (2, two[0]));
    (sim, two[0])
}

#[test]
fn video_is_fluid_up_to_twenty_percent_loss() {
    for (loss, seed) in [(0, 1), (50, 2), (100, 3), (150, 4), (200, 5), (200, 6)] {
        let (mut sim, mid) = call(seed);
        sim.seconds(3);
        sim.loss = loss;
        sim.only_to = Some(2);
        let since = sim.now;
        sim.seconds(10);
        let until = sim.now;
        let oldest = sim.client(2).ages_since(mid, since).into_iter().map(|(_, age)| age).max();
        // Up to three retransmissions, each requested after a round trip.
        assert!(oldest < Some(Duration::from_millis(500)), "{loss} of a thousand lost: {oldest:?}");
        // A packet whose retransmissions are lost too costs a keyframe.
        let freeze = sim.client(2).longest_freeze(mid, since, until);
        assert!(freeze < Duration::from_secs(1), "{loss} of a thousand lost: {freeze:?} without a new picture");
    }
}
