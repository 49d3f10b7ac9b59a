//! CPU cost of a forwarded packet: decrypt, parse, encrypt, with its share of feedback and estimation. `cargo xtask
//! bench packets` prints it from an optimised build.

use std::time::Duration;

use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim, origin};
use crate::{IceCreds, PeerId};

/// A call of two with audio and 1.5 Mbit/s of video each.
fn call(seed: u64) -> Sim {
    let mut sim = Sim::new(seed);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO, RECV_AUDIO, RECV_VIDEO]);
    let two = sim.join(2, &[SEND_AUDIO, SEND_VIDEO, RECV_AUDIO, RECV_VIDEO]);
    for (source, sink) in [((1, &one), (2, &two)), ((2, &two), (1, &one))] {
        sim.connect((source.0, source.1[0]), (sink.0, sink.1[2]));
        sim.connect((source.0, source.1[1]), (sink.0, sink.1[3]));
        let camera = &mut sim.client(source.0).tracks[1];
        (camera.size, camera.parts) = (1_042, 6);
    }
    sim
}

fn forwarded(calls: &[Sim]) -> u64 {
    let out =
        |sim: &Sim| sim.media.peers().filter_map(|peer| sim.media.stats(peer)).map(|s| s.packets_out).sum::<u64>();
    calls.iter().map(out).sum()
}

/// Inputs and polls of str0m, each of which walks over all its streams.
fn str0m_calls(sim: &Sim) -> u64 {
    sim.media.peers.values().map(|peer| peer.str0m_calls).sum()
}

/// What a room does for each packet it forwards in a running call: calls of str0m and allocations.
fn cost_per_packet(mut sim: Sim) -> (f64, f64) {
    sim.seconds(3);
    let before = (str0m_calls(&sim), forwarded(std::slice::from_ref(&sim)));
    sim.allocations = 0;
    sim.seconds(5);
    let packets = (forwarded(std::slice::from_ref(&sim)) - before.1) as f64;
    ((str0m_calls(&sim) - before.0) as f64 / packets, sim.allocations as f64 / packets)
}

/// In order: receive the packet, take it out, feed the timeout that sends it, take it out. The rest is feedback, timers
/// and the last poll of each burst.
#[test]
fn forwarded_packet_takes_few_str0m_calls_and_allocations() {
    let (calls, allocations) = cost_per_packet(call(1));
    assert!(calls < 5.5, "{calls:.2} calls for each packet");
    assert!(allocations < 5.5, "{allocations:.2} allocations for each packet");
}

/// Who neither sends nor receives costs nothing when others do, besides a few timers a second.
#[test]
fn idle_peers_are_not_looked_at_for_each_packet() {
    let lookups = |idle: u64| {
        let mut sim = call(1);
        (100..100 + idle).for_each(|peer| drop(sim.join(peer, &[])));
        sim.seconds(5);
        let count = |sim: &Sim| sim.media.peers.values().map(|peer| peer.deadline_lookups.get()).sum::<u64>();
        let before = count(&sim);
        sim.seconds(5);
        count(&sim) - before
    };
    let (alone, with_idle) = (lookups(0), lookups(40));
    assert!(with_idle < alone + 40 * 5 * 40, "{alone} without idle peers, {with_idle} with forty");
}

/// Each connection shares one validated DTLS configuration: validating one takes thousands of allocations.
#[test]
fn join_takes_few_allocations() {
    let mut sim = call(1);
    sim.allocations = 0;
    let (now, ice) = (sim.now, ice(100));
    sim.measured(|media| media.join(now, PeerId(100), ice));
    assert!(sim.allocations < 60, "{} allocations", sim.allocations);
}

fn ice(peer: u64) -> IceCreds {
    IceCreds { ufrag: format!("peer{peer}"), pwd: "a password of 22 chars".replace(' ', "+") }
}

/// Prints times for `cargo xtask bench packets`; how long something takes on a busy machine is no test.
#[test]
fn time_per_forwarded_packet_and_join() {
    let (rooms, rounds) = if cfg!(debug_assertions) { (1, 1) } else { (20, 20) };
    let mut calls: Vec<Sim> = (1..=rooms).map(call).collect();
    calls.iter_mut().for_each(|sim| sim.seconds(3));

    // The best of the rounds: on a busy machine the others include the time of other processes.
    let mut packet = f64::MAX;
    for _ in 0..rounds {
        let before = forwarded(&calls);
        calls.iter_mut().for_each(|sim| sim.cpu_time = Duration::ZERO);
        for _ in 0..10 {
            calls.iter_mut().for_each(|sim| sim.run(Duration::from_millis(100)));
        }
        let cpu_time: Duration = calls.iter().map(|sim| sim.cpu_time).sum();
        packet = packet.min(cpu_time.as_secs_f64() * 1e6 / (forwarded(&calls) - before) as f64);
    }
    let join = (100..100 + 10 * rounds).map(|peer| {
        let (began, now) = (origin(), calls[0].now);
        calls[0].media.join(now, PeerId(peer), ice(peer));
        origin() - began
    });
    let join = join.min().expect("a peer joined").as_secs_f64() * 1e6;
    println!(
        "{rooms} calls of two: {packet:.1} µs per forwarded packet, {join:.0} µs per join (connection made, no handshake)"
    );
}
