//! Rooms with many publishers.

use std::time::Duration;

use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::bwe::allocation::MAX_VIDEOS;
use crate::{Mid, Output, PeerId, Priority};

/// The first `speaking` of these publishers speak, the others are silent; one viewer is connected to all.
fn room(publishers: usize, speaking: usize) -> (Sim, u64, Vec<Mid>) {
    let mut sim = Sim::new(1);
    let viewer = u64::try_from(publishers).unwrap() + 1;
    let mids = sim.join(viewer, &vec![RECV_AUDIO; publishers]);
    for (number, to) in mids.iter().enumerate() {
        let publisher = u64::try_from(number).unwrap() + 1;
        let from = sim.join(publisher, &[SEND_AUDIO]);
        sim.client(publisher).tracks[0].level = if number < speaking { -25 } else { -127 };
        sim.connect((publisher, from[0]), (viewer, *to));
    }
    sim.seconds(3);
    (sim, viewer, mids)
}

/// Packets that arrive on each section in a second.
fn arrivals(sim: &mut Sim, viewer: u64, mids: &[Mid]) -> Vec<usize> {
    let count = |sim: &mut Sim| -> Vec<usize> { mids.iter().map(|mid| sim.client(viewer).received_on(*mid)).collect() };
    let before = count(sim);
    sim.seconds(1);
    count(sim).iter().zip(before).map(|(after, before)| after - before).collect()
}

#[test]
fn small_room_receives_everybody() {
    let (mut sim, viewer, mids) = room(8, 1);
    let arrived = arrivals(&mut sim, viewer, &mids);
    assert!(arrived.iter().all(|packets| *packets >= 49), "{arrived:?}");
}

#[test]
fn large_room_receives_the_loudest_without_gaps() {
    let (mut sim, viewer, mids) = room(12, 6);
    let arrived = arrivals(&mut sim, viewer, &mids);
    assert!(arrived[..6].iter().all(|packets| *packets >= 49), "{arrived:?}");
    assert!(arrived[6..].iter().all(|packets| *packets == 0), "{arrived:?}");

    sim.client(12).tracks[0].level = -15;
    let since = sim.now;
    sim.seconds(1);
    let received = sim.client(viewer).in_order(mids[11]).into_iter().find(|packet| packet.timestamp >= since).unwrap();
    assert!(received.timestamp - since < Duration::from_millis(60), "the first word is not clipped");
    sim.client(12).tracks[0].level = -127;
    sim.seconds(4);
    assert_eq!(arrivals(&mut sim, viewer, &mids)[11], 0);
    sim.client(12).tracks[0].level = -15;
    sim.seconds(1);
    let packets = sim.client(viewer).in_order(mids[11]);
    assert!(packets.len() > 130, "{}", packets.len());
    assert!(packets.windows(2).all(|pair| *pair[0].seq_no + 1 == *pair[1].seq_no), "gap in sequence numbers");
    let silence = packets.windows(2).map(|pair| pair[1].time.numer() - pair[0].time.numer()).max().unwrap();
    assert!((90_000..250_000).contains(&silence), "the timestamps count the silence: {silence}");
}

#[test]
fn subscriber_is_sent_a_limited_number_of_videos() {
    let mut sim = Sim::new(2);
    let one = sim.join(1, &[SEND_VIDEO]);
    sim.client(1).tracks[0].size = 40;
    sim.client(1).tracks[0].parts = 1;
    let count = MAX_VIDEOS + 3;
    let mids = sim.join(2, &vec![RECV_VIDEO; count]);
    for mid in &mids {
        sim.connect((1, one[0]), (2, *mid));
        sim.run(Duration::from_millis(10));
    }
    sim.media.set_priority(sim.now, (PeerId(2), mids[0]), Priority::High);
    sim.seconds(6);
    let arrived = arrivals(&mut sim, 2, &mids);
    let missing: Vec<usize> = (0..count).filter(|number| arrived[*number] == 0).collect();
    assert_eq!(missing, [1, 2, 3], "the oldest");
    let paused = sim.outputs.iter().filter(|output| matches!(output, Output::VideoPaused { paused: true, .. })).count();
    assert_eq!(paused, 4, "these, and the first before it was important");

    sim.media.pause(sim.now, (PeerId(2), mids[27]), true);
    sim.seconds(3);
    let arrived = arrivals(&mut sim, 2, &mids);
    let missing: Vec<usize> = (0..count).filter(|number| arrived[*number] == 0).collect();
    assert_eq!(missing, [1, 2, 27], "the next one has its place");
}
