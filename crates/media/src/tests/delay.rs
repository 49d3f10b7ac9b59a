//! The age of arriving packets: what is sent must not wait, whatever the bottleneck and the loss.

use std::time::Duration;

use str0m::format::Codec;
use str0m::media::{Direction, MediaKind};
use str0m::net::Protocol;

use super::sim::{Bottleneck, RECV_VIDEO, SEND_VIDEO, Sim};
use crate::{Mid, Output, PeerId, PersonId};

/// Six packets thirty times a second: 1.5 Mbit/s.
const PARTS: u8 = 6;
const SIZE: usize = 1_042;

/// The promise for live video.
const MAX_AGE: Duration = Duration::from_millis(400);

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

/// A call whose subscriber has been behind this bottleneck for three seconds.
fn narrowed(seed: u64, bits_per_second: u64, obeys_remb: bool) -> (Sim, Mid) {
    let (mut sim, mid) = call(seed);
    sim.client(1).tracks[0].obeys_remb = obeys_remb;
    sim.seconds(5);
    let now = sim.now;
    sim.bottlenecks.insert(2, Bottleneck::new(now, bits_per_second));
    sim.seconds(3);
    (sim, mid)
}

fn paused_outputs(sim: &mut Sim) -> Vec<bool> {
    let paused = |output| match output {
        Output::VideoPaused { peer: PeerId(2), paused, .. } => Some(paused),
        _ => None,
    };
    std::mem::take(&mut sim.outputs).into_iter().filter_map(paused).collect()
}

/// Kilobits per second that arrive in the next second.
fn bitrate(sim: &mut Sim, mid: Mid) -> usize {
    let since = sim.now;
    sim.seconds(1);
    let arrived = sim.client(2).received.get(&mid).into_iter().flatten().filter(|packet| packet.timestamp >= since);
    arrived.map(|packet| packet.payload.len()).sum::<usize>() / 125
}

#[test]
fn publisher_without_layers_sends_what_its_only_subscriber_can_receive() {
    for (line, codec) in [(1_000_000, Codec::Vp8), (600_000, Codec::Vp8), (1_000_000, Codec::Vp9)] {
        let (mut sim, mid) = narrowed(1, line, true);
        sim.client(1).tracks[0].codec = codec;
        sim.client(2).video_codec = codec;
        sim.client(2).received.clear();
        sim.client(1).tracks[0].keyframe_requested = true;
        sim.seconds(1);
        let since = sim.now;
        sim.seconds(15);
        let until = sim.now;
        // What the queue of the line drops is older when it arrives by retransmission.
        let mut ages: Vec<Duration> = sim.client(2).ages_since(mid, since).into_iter().map(|(_, age)| age).collect();
        ages.sort();
        let old = ages[ages.len() * 95 / 100];
        assert!(old < MAX_AGE, "{codec} at {line} bit/s: {old:?}");
        let freeze = sim.client(2).longest_freeze(mid, since, until);
        assert!(freeze < Duration::from_secs(1), "{codec} at {line} bit/s: {freeze:?} without a new picture");
        assert!(bitrate(&mut sim, mid) > 300, "{codec} at {line} bit/s");

        sim.bottlenecks.clear();
        sim.seconds(8);
        assert!(bitrate(&mut sim, mid) > 1_400, "{codec}: the limit is lifted");
        assert_eq!(paused_outputs(&mut sim), [], "{codec} at {line} bit/s");
    }
}

#[test]
fn answers_negotiate_remb() {
    let (mut sim, _) = call(1);
    let offer = sim.client(1).reoffer(|api| drop(api.ice_restart(true)));
    let answer = sim.accept_offer(1, &offer).unwrap().sdp(&std::collections::BTreeMap::new());
    assert!(answer.contains(" goog-remb"), "{answer}");
}

#[test]
fn video_that_does_not_fit_is_paused_and_resumes_by_itself() {
    for (seed, line) in [(1, 1_000_000), (2, 600_000)] {
        let (mut sim, mid) = narrowed(seed, line, false);
        assert_eq!(paused_outputs(&mut sim), [true], "{line} bit/s");
        sim.seconds(12);
        assert_eq!(paused_outputs(&mut sim), [], "{line} bit/s");
        sim.bottlenecks.clear();
        sim.seconds(8);
        assert_eq!(paused_outputs(&mut sim), [false], "{line} bit/s");
        let since = sim.now;
        assert!(bitrate(&mut sim, mid) > 1_400, "{line} bit/s");
        let oldest = sim.client(2).ages_since(mid, since).into_iter().map(|(_, age)| age).max();
        assert!(oldest < Some(MAX_AGE), "{line} bit/s: {oldest:?}");
    }
}

#[test]
fn publisher_is_not_limited_for_one_of_two_subscribers() {
    let (mut sim, mid) = call(3);
    sim.client(1).tracks[0].obeys_remb = true;
    let publication = sim.media.publication_of((PeerId(2), mid)).expect("a route");
    let three = sim.join(3, &[RECV_VIDEO]);
    sim.connect((1, publication.1), (3, three[0]));
    sim.seconds(5);
    let now = sim.now;
    sim.bottlenecks.insert(2, Bottleneck::new(now, 600_000));
    sim.seconds(10);
    assert_eq!(sim.client(1).remb, None);
    assert_eq!(paused_outputs(&mut sim), [true]);
    sim.media.leave(sim.now, PeerId(3));
    sim.seconds(10);
    assert!(sim.client(1).remb.is_some_and(|limit| limit < 700_000), "{:?}", sim.client(1).remb);
    assert_eq!(paused_outputs(&mut sim), [false]);
}

#[test]
fn video_recovers_from_thirty_percent_loss() {
    for seed in 1..=3 {
        let (mut sim, mid) = call(seed);
        sim.client(1).tracks[0].obeys_remb = true;
        sim.seconds(3);
        sim.loss = 300;
        sim.only_to = Some(2);
        let since = sim.now;
        sim.seconds(10);
        let mut ages: Vec<Duration> = sim.client(2).ages_since(mid, since).into_iter().map(|(_, age)| age).collect();
        ages.sort();
        let old = ages[ages.len() * 95 / 100];
        assert!(old < MAX_AGE, "seed {seed}: {old:?}");
        sim.loss = 0;
        sim.seconds(10);
        assert!(bitrate(&mut sim, mid) > 1_000, "seed {seed}");
    }
}

/// A participant behind a narrow line joins again. Returns what is estimated at first for this person, and the age of the
/// oldest packet that it is sent within three seconds.
fn rejoin(person: u64, leaves_first: bool) -> (u64, Duration) {
    const LINE: u64 = 700_000;
    let mut sim = Sim::new(1);
    let one = sim.join_as(1, &[SEND_VIDEO], &["q", "h", "f"], Protocol::Udp);
    for (layer, size) in [200, 500, 1_100].into_iter().enumerate() {
        (sim.client(1).tracks[layer].size, sim.client(1).tracks[layer].parts) = (size, 6);
    }
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.media.set_person(PeerId(2), PersonId(7));
    sim.connect((1, one[0]), (2, two[0]));
    let now = sim.now;
    sim.bottlenecks.insert(2, Bottleneck::new(now, LINE));
    sim.seconds(15);
    if leaves_first {
        sim.media.remove(sim.now, PeerId(2));
        sim.seconds(5);
    }
    let three = sim.join(3, &[RECV_VIDEO]);
    sim.media.set_person(PeerId(3), PersonId(person));
    sim.media.remove(sim.now, PeerId(2));
    let since = sim.now;
    sim.bottlenecks.insert(3, Bottleneck::new(since, LINE));
    sim.connect((1, one[0]), (3, three[0]));
    let estimate = sim.media.peers[&PeerId(3)].bandwidth.for_video().0;
    sim.seconds(3);
    let oldest = sim.client(3).ages_since(three[0], since).into_iter().map(|(_, age)| age).max();
    (estimate, oldest.unwrap())
}

#[test]
fn person_who_joins_again_starts_at_the_last_estimate() {
    for leaves_first in [true, false] {
        let (estimate, oldest) = rejoin(7, leaves_first);
        assert!((270_000..1_100_000).contains(&estimate), "{estimate}");
        assert!(oldest < Duration::from_millis(200), "{oldest:?}");
    }
    let (estimate, oldest) = rejoin(8, true);
    assert!(estimate > 2_000_000 && oldest > Duration::from_millis(300), "nothing is known of others: {oldest:?}");
}

#[test]
fn estimate_survives_a_renegotiation_and_an_ice_restart() {
    let (mut sim, _) = call(1);
    let now = sim.now;
    sim.bottlenecks.insert(2, Bottleneck::new(now, 1_000_000));
    sim.seconds(10);
    let available = |sim: &Sim| sim.media.peers[&PeerId(2)].bandwidth.for_video().0;
    assert!(available(&sim) < 1_500_000, "{}", available(&sim));
    let offer = sim.client(2).reoffer(|api| drop(api.ice_restart(true)));
    sim.accept_offer(2, &offer).unwrap();
    let offer = sim.client(2).reoffer(|api| {
        api.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
    });
    sim.accept_offer(2, &offer).unwrap();
    for _ in 0..20 {
        sim.run(Duration::from_millis(100));
        assert!(available(&sim) < 1_500_000, "{}", available(&sim));
    }
}
