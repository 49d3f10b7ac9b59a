//! Simulcast: every subscriber is sent one of the publisher's layers.

use std::time::Duration;

use str0m::net::Protocol;

use super::encoder::decodes;
use super::sim::{RECV_VIDEO, SEND_VIDEO, Sim};
use crate::{LayerKey, Output, PeerId, Rid};

const RIDS: [&str; 3] = ["q", "h", "f"];

#[test]
fn subscriber_is_sent_the_highest_active_layer() {
    let mut sim = Sim::new(1);
    let one = sim.join_as(1, &[SEND_VIDEO], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(3);
    let video_stamps = sim.client(2).video_stamps(two[0]);
    decodes(&video_stamps).unwrap();
    let best = 1 ^ b'f';
    assert!(video_stamps.iter().rev().take(90).all(|stamp| stamp.encoder_id == best), "{video_stamps:?}");

    // The publisher's uplink gets narrow: its highest layer stops.
    sim.client(1).tracks[2].on = false;
    sim.seconds(4);
    let video_stamps = sim.client(2).video_stamps(two[0]);
    decodes(&video_stamps).unwrap();
    assert!(video_stamps.iter().rev().take(90).all(|stamp| stamp.encoder_id == 1 ^ b'h'));

    sim.client(1).tracks[2].on = true;
    sim.seconds(2);
    let video_stamps = sim.client(2).video_stamps(two[0]);
    let decoded = decodes(&video_stamps).unwrap();
    assert!(decoded > 200, "{decoded} video_stamps");
    assert!(video_stamps.iter().rev().take(60).all(|stamp| stamp.encoder_id == best));
}

#[test]
fn payload_type_is_looked_up_once_for_all_layers() {
    let mut sim = Sim::new(6);
    let one = sim.join_as(1, &[SEND_VIDEO], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(3);
    let subscriber = &sim.media.peers[&PeerId(2)];
    assert!(subscriber.stats.packets_out > 100);
    assert_eq!(subscriber.payload_type_lookups, 1);
}

#[test]
fn stopped_layer_is_replaced_within_half_a_second() {
    let mut sim = Sim::new(4);
    let one = sim.join_as(1, &[SEND_VIDEO], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(3);
    let since = sim.now;
    sim.client(1).tracks[2].on = false;
    sim.seconds(3);
    let until = sim.now;
    let freeze = sim.client(2).longest_freeze(two[0], since, until);
    assert!(freeze < Duration::from_millis(500), "{freeze:?} without a new picture");
}

#[test]
fn layers_with_few_frames_are_not_taken_for_stopped() {
    // A screen share, and a camera whose highest layer has few frames.
    for intervals in [[200; 3], [33, 33, 200]] {
        let mut sim = Sim::new(5);
        let one = sim.join_as(1, &[SEND_VIDEO], &RIDS, Protocol::Udp);
        for (track, interval) in sim.client(1).tracks.iter_mut().zip(intervals) {
            track.interval = Duration::from_millis(interval);
        }
        let two = sim.join(2, &[RECV_VIDEO]);
        sim.connect((1, one[0]), (2, two[0]));
        sim.seconds(8);
        let requested = sim.client(1).keyframe_requests.len();
        sim.loss = 20;
        sim.only_from = Some(1);
        sim.seconds(20);
        let video_stamps = sim.client(2).video_stamps(two[0]);
        assert!(video_stamps.iter().rev().take(200).all(|stamp| stamp.encoder_id == 1 ^ b'f'), "{intervals:?}");
        assert_eq!(sim.client(1).keyframe_requests.len(), requested, "{intervals:?}");
    }
}

#[test]
fn max_layer_limits_the_selected_layer() {
    let mut sim = Sim::new(2);
    let one = sim.join_as(1, &[SEND_VIDEO], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(2);
    sim.media.set_max_layer(sim.now, (PeerId(2), two[0]), Some(LayerKey::Rid(Rid::from("q"))));
    sim.seconds(2);
    let video_stamps = sim.client(2).video_stamps(two[0]);
    decodes(&video_stamps).unwrap();
    assert!(video_stamps.iter().rev().take(60).all(|stamp| stamp.encoder_id == 1 ^ b'q'));
}

#[test]
fn dynacast_reports_subscribed_layers_to_the_publisher() {
    let mut sim = Sim::new(3);
    let one = sim.join_as(1, &[SEND_VIDEO], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[RECV_VIDEO]);
    let wanted = |sim: &mut Sim| {
        let reported = std::mem::take(&mut sim.outputs).into_iter().filter_map(|output| match output {
            Output::DynacastLayers { peer: PeerId(1), layers, .. } => Some(layers),
            _ => None,
        });
        reported.collect::<Vec<_>>()
    };
    sim.seconds(4);
    assert_eq!(wanted(&mut sim), [], "it is not reported of a glance away");
    sim.seconds(2);
    assert_eq!(wanted(&mut sim), [0], "no subscriber");
    sim.connect((1, one[0]), (2, two[0]));
    assert_eq!(wanted(&mut sim), [3], "at once");
    sim.media.set_max_layer(sim.now, (PeerId(2), two[0]), Some(LayerKey::Rid(Rid::from("h"))));
    sim.seconds(6);
    assert_eq!(wanted(&mut sim), [2]);
    sim.media.leave(sim.now, PeerId(2));
    sim.seconds(6);
    assert_eq!(wanted(&mut sim), [0]);
    sim.media.repeat_reports(PeerId(1));
    sim.seconds(1);
    assert_eq!(wanted(&mut sim), [0], "its client resumed the session, and may have missed it");
}
