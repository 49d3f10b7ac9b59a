//! Congestion: with too little bandwidth video gives way, audio never does.

use std::time::{Duration, Instant};

use str0m::net::Protocol;

use super::sim::{Bottleneck, RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{Mid, Output, PeerId};

const RIDS: [&str; 3] = ["q", "h", "f"];
/// Bytes per packet of the three layers; three packets thirty times a second: 150, 500 and 1,500 kbit/s.
const SIZES: [usize; 3] = [200, 690, 1_150];

struct Call {
    sim: Sim,
    audio_mid: Mid,
    video_mid: Mid,
}

impl Call {
    /// A publisher with three simulcast layers and audio, and a subscriber behind a bottleneck.
    fn new(seed: u64, bits_per_second: u64) -> Self {
        let mut sim = Sim::new(seed);
        sim.latency = Duration::from_millis(25);
        let one = sim.join_as(1, &[SEND_AUDIO, SEND_VIDEO], &RIDS, Protocol::Udp);
        for (layer, size) in SIZES.iter().enumerate() {
            sim.client(1).tracks[1 + layer].size = *size;
        }
        sim.client(1).tracks[3].parts = 5;
        let now = sim.now;
        sim.bottlenecks.insert(2, Bottleneck::new(now, bits_per_second));
        let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
        sim.connect((1, one[0]), (2, two[0]));
        sim.connect((1, one[1]), (2, two[1]));
        Self { sim, audio_mid: two[0], video_mid: two[1] }
    }

    fn set_bottleneck(&mut self, bits_per_second: u64) {
        let now = self.sim.now;
        self.sim.bottlenecks.insert(2, Bottleneck::new(now, bits_per_second));
    }

    /// Bytes received since then, by layer.
    fn layers_since(&mut self, since: Instant) -> [u64; 3] {
        let video_mid = self.video_mid;
        let mut bytes = [0; 3];
        for packet in self.sim.client(2).received.get(&video_mid).into_iter().flatten().filter(|p| p.timestamp >= since)
        {
            let stamp = super::encoder::Stamp::read(&packet.payload, super::encoder::VP8_HEADER).unwrap();
            let layer = RIDS.iter().position(|rid| 1 ^ rid.as_bytes()[0] == stamp.encoder_id).unwrap();
            bytes[layer] += packet.payload.len() as u64;
        }
        bytes
    }

    /// The longest gap in audio since then.
    fn silence_since(&mut self, since: Instant) -> Duration {
        let audio_mid = self.audio_mid;
        let now = self.sim.now;
        let audio_stamps = self.sim.client(2).received.get(&audio_mid).into_iter().flatten();
        let mut times: Vec<Instant> = audio_stamps.map(|p| p.timestamp).filter(|at| *at >= since).collect();
        times.insert(0, since);
        times.push(now);
        times.sort();
        times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
    }

    fn paused_outputs(&self) -> Vec<bool> {
        let paused_outputs = |output: &Output| match output {
            Output::VideoPaused { peer: PeerId(2), paused, .. } => Some(*paused),
            _ => None,
        };
        self.sim.outputs.iter().filter_map(paused_outputs).collect()
    }

    /// Seconds until the condition holds for the bytes by layer of one second; `None` if not within `most`.
    fn until(&mut self, most: u64, is_reached: impl Fn([u64; 3]) -> bool) -> Option<u64> {
        (1..=most).find(|_| {
            let since = self.sim.now;
            self.sim.seconds(1);
            is_reached(self.layers_since(since))
        })
    }
}

#[test]
fn congestion_lowers_and_pauses_video_never_audio() {
    for seed in 1..=2 {
        let mut call = Call::new(seed, 3_000_000);
        let rises = call.until(10, |[_, _, top]| top > 150_000);
        assert!(rises.is_some(), "seed {seed}: highest layer never reached");
        call.sim.seconds(5);

        let since = call.sim.now;
        call.set_bottleneck(300_000);
        let adapts = call.until(7, |[low, middle, top]| low > 10_000 && middle + top < 5_000);
        assert!(adapts.is_some(), "seed {seed}: not lowered within 7 s of 300 kbit/s");
        call.sim.seconds(5);
        assert!(call.silence_since(since) < Duration::from_millis(500), "seed {seed}: {:?}", call.silence_since(since));

        let since = call.sim.now;
        call.set_bottleneck(100_000);
        let pauses = call.until(15, |layers| layers == [0; 3]);
        assert!(pauses.is_some(), "seed {seed}: video_stamps go on at 100 kbit/s");
        call.sim.seconds(5);
        assert_eq!(call.paused_outputs().last(), Some(&true), "seed {seed}");
        assert!(call.silence_since(since) < Duration::from_millis(500), "seed {seed}: {:?}", call.silence_since(since));

        call.set_bottleneck(3_000_000);
        let recovers = call.until(15, |[_, _, top]| top > 150_000);
        assert!(recovers.is_some(), "seed {seed}: highest layer not restored within 15 s");
        assert_eq!(call.paused_outputs().last(), Some(&false), "seed {seed}");
    }
}

#[test]
fn line_that_is_too_slow_for_video_is_tried_seldom_and_audio_goes_on() {
    let mut call = Call::new(3, 100_000);
    call.sim.seconds(15);
    let (since, before) = (call.sim.now, call.paused_outputs().len());
    assert_eq!(call.paused_outputs().last(), Some(&true));
    call.sim.seconds(120);
    let tried = call.paused_outputs().iter().skip(before).filter(|paused| !**paused).count();
    assert!((2..=4).contains(&tried), "tried {tried} times in two minutes");
    assert!(call.silence_since(since) < Duration::from_secs(1), "{:?}", call.silence_since(since));
}
