//! Subscribers that are not connected, not yet or no longer: nothing is queued for them.

use std::time::{Duration, Instant};

use super::encoder::decodes;
use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{Mid, PeerId};

/// What arrives later is not worth showing.
const MAX_AGE: Duration = Duration::from_millis(400);

/// A publisher of audio and video, and a subscriber.
fn call(seed: u64) -> (Sim, Vec<Mid>) {
    let mut sim = Sim::new(seed);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.connect((1, one[1]), (2, two[1]));
    (sim, two)
}

fn packets_out(sim: &Sim) -> u64 {
    sim.media.stats(PeerId(2)).expect("it has joined").packets_out
}

/// Packets that the subscriber receives in the next second of the call are of that second.
fn receives_only_fresh_media(sim: &mut Sim, mids: &[Mid], since: Instant) {
    let ages = sim.client(2).ages_since(mids[1], since);
    assert!(ages.len() > 60, "{} packets", ages.len());
    let oldest = ages.iter().map(|(_, age)| *age).max();
    assert!(oldest < Some(MAX_AGE), "{oldest:?}");
    let mut stamps = sim.client(2).video_stamps(mids[1]);
    let begun = stamps.iter().rposition(|stamp| stamp.key && stamp.part == 0).expect("a keyframe");
    assert!(decodes(&stamps.split_off(begun)).unwrap() > 20);
}

#[test]
fn nothing_is_queued_before_the_subscriber_connects() {
    let (mut sim, mids) = call(1);
    sim.disconnected.push(2);
    sim.seconds(20);
    assert_eq!(packets_out(&sim), 0);
    assert_eq!(sim.client(1).keyframe_requests.len(), 0, "nobody could see the keyframe");

    sim.disconnected.clear();
    let offer = sim.client(2).reoffer(|api| drop(api.ice_restart(true)));
    sim.accept_offer(2, &offer).unwrap();
    let since = sim.now;
    sim.seconds(3);
    receives_only_fresh_media(&mut sim, &mids, since);
    let requested = sim.client(1).keyframe_requests.len();
    assert!((1..=2).contains(&requested), "requested {requested} times");
}

#[test]
fn nothing_is_queued_while_the_subscriber_is_disconnected() {
    let (mut sim, mids) = call(2);
    sim.seconds(2);
    sim.disconnected.push(2);
    sim.seconds(25);
    let (sent, requested) = (packets_out(&sim), sim.client(1).keyframe_requests.len());
    sim.seconds(30);
    assert_eq!(packets_out(&sim), sent);
    assert_eq!(sim.client(1).keyframe_requests.len(), requested);

    sim.disconnected.clear();
    let offer = sim.client(2).reoffer(|api| drop(api.ice_restart(true)));
    sim.accept_offer(2, &offer).unwrap();
    let since = sim.now;
    sim.seconds(2);
    receives_only_fresh_media(&mut sim, &mids, since);
}
