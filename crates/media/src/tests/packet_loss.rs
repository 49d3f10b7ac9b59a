//! Packet loss, network outages and ICE restarts.

use std::time::Duration;

use super::encoder::decodes;
use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{Output, PeerId};

#[test]
fn lost_packets_are_retransmitted_in_both_directions() {
    for seed in 1..=4 {
        let mut sim = Sim::new(seed);
        let one = sim.join(1, &[SEND_VIDEO]);
        let two = sim.join(2, &[RECV_VIDEO]);
        sim.connect((1, one[0]), (2, two[0]));
        sim.seconds(2);
        sim.loss = 30;
        sim.seconds(6);
        sim.loss = 0;
        sim.seconds(1);
        let video_stamps = sim.client(2).video_stamps(two[0]);
        let decoded = decodes(&video_stamps).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        assert!(decoded > 240, "seed {seed}: {decoded} video_stamps");
    }
}

#[test]
fn call_is_set_up_with_ten_percent_loss() {
    for seed in 1..=6 {
        let mut sim = Sim::new(seed);
        sim.loss = 100;
        let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
        let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
        sim.connect((1, one[0]), (2, two[0]));
        sim.connect((1, one[1]), (2, two[1]));
        sim.seconds(15);
        assert!(sim.outputs.contains(&Output::Connected(PeerId(2))), "seed {seed}");
        assert!(sim.client(2).audio_stamps(two[0]).len() > 100, "seed {seed}");
        let video_stamps = sim.client(2).video_stamps(two[1]);
        let begun = video_stamps.iter().position(|stamp| stamp.key).expect("a keyframe came");
        let video_at = video_stamps.len() - begun;
        assert!(video_at > 500, "seed {seed}: {video_at} of 1,350 packets of video_stamps");
    }
}

#[test]
fn disconnected_peer_is_reported_and_returns_by_ice_restart() {
    let mut sim = Sim::new(1);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(2);
    sim.outputs.clear();
    sim.disconnected.push(1);
    sim.seconds(40);
    assert!(sim.outputs.contains(&Output::Disconnected(PeerId(1))), "{:?}", sim.outputs);
    sim.outputs.clear();

    sim.disconnected.clear();
    let offer = sim.client(1).reoffer(|api| drop(api.ice_restart(true)));
    let answer = sim.accept_offer(1, &offer).expect("a ice_restart is an offer");
    assert_ne!(answer.ufrag, "peer1", "a ice_restart has new credentials");
    sim.seconds(5);
    assert!(sim.outputs.contains(&Output::Connected(PeerId(1))), "{:?}", sim.outputs);
}

#[test]
fn ice_restart_does_not_interrupt_video() {
    let mut sim = Sim::new(2);
    let one = sim.join(1, &[SEND_VIDEO]);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(2);
    let offer = sim.client(2).reoffer(|api| drop(api.ice_restart(true)));
    sim.accept_offer(2, &offer).unwrap();
    let before = decodes(&sim.client(2).video_stamps(two[0])).unwrap();
    sim.seconds(2);
    let after = decodes(&sim.client(2).video_stamps(two[0])).unwrap();
    assert!(after - before > 50, "{before} then {after}");
    sim.run(Duration::from_millis(100));
}
