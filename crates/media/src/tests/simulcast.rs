//! A publisher with several layers: every viewer gets one of them.

use str0m::net::Protocol;

use super::encoder::decodes;
use super::sim::{CAM, SEE, Sim};
use crate::{Output, PeerId, Rid};

const RIDS: [&str; 3] = ["q", "h", "f"];

#[test]
fn a_viewer_gets_the_best_layer_that_flows_and_only_that() {
    let mut sim = Sim::new(1);
    let one = sim.join_as(1, &[CAM], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[SEE]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(3);
    let pictures = sim.client(2).pictures(two[0]);
    decodes(&pictures).unwrap();
    let best = 1 ^ b'f';
    assert!(pictures.iter().rev().take(90).all(|stamp| stamp.maker == best), "{pictures:?}");

    // The publisher's uplink gets narrow: its best layer stops.
    sim.client(1).tracks[2].on = false;
    sim.seconds(4);
    let pictures = sim.client(2).pictures(two[0]);
    decodes(&pictures).unwrap();
    assert!(pictures.iter().rev().take(90).all(|stamp| stamp.maker == 1 ^ b'h'));

    sim.client(1).tracks[2].on = true;
    sim.seconds(2);
    let pictures = sim.client(2).pictures(two[0]);
    let shown = decodes(&pictures).unwrap();
    assert!(shown > 200, "{shown} pictures");
    assert!(pictures.iter().rev().take(60).all(|stamp| stamp.maker == best));
}

#[test]
fn a_viewer_with_a_small_window_gets_a_small_layer() {
    let mut sim = Sim::new(2);
    let one = sim.join_as(1, &[CAM], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[SEE]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(2);
    sim.media.prefer(sim.now, (PeerId(2), two[0]), Some(Rid::from("q")));
    sim.seconds(2);
    let pictures = sim.client(2).pictures(two[0]);
    decodes(&pictures).unwrap();
    assert!(pictures.iter().rev().take(60).all(|stamp| stamp.maker == 1 ^ b'q'));
}

#[test]
fn a_publisher_hears_how_much_of_it_is_looked_at() {
    let mut sim = Sim::new(3);
    let one = sim.join_as(1, &[CAM], &RIDS, Protocol::Udp);
    let two = sim.join(2, &[SEE]);
    let wanted = |sim: &mut Sim| {
        let told = std::mem::take(&mut sim.outputs).into_iter().filter_map(|output| match output {
            Output::Wanted { peer: PeerId(1), layers, .. } => Some(layers),
            _ => None,
        });
        told.collect::<Vec<_>>()
    };
    sim.seconds(4);
    assert_eq!(wanted(&mut sim), [], "it is not told of a glance away");
    sim.seconds(2);
    assert_eq!(wanted(&mut sim), [0], "nobody looks");
    sim.connect((1, one[0]), (2, two[0]));
    assert_eq!(wanted(&mut sim), [3], "at once");
    sim.media.prefer(sim.now, (PeerId(2), two[0]), Some(Rid::from("h")));
    sim.seconds(6);
    assert_eq!(wanted(&mut sim), [2]);
    sim.media.leave(sim.now, PeerId(2));
    sim.seconds(6);
    assert_eq!(wanted(&mut sim), [0]);
}
