//! Lip sync: audio and video captured at the same moment carry the same capture time.

use std::time::Duration;

use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::Mid;

/// The capture time of a section's newest packet by the sender's clock, as a receiver computes it from sender
/// reports, and the packet's frame number.
fn captured(sim: &mut Sim, sink: Mid, rate: f64) -> (f64, u32) {
    let packets = sim.client(2).in_order(sink);
    let newest = packets.into_iter().rev().find(|packet| packet.last_sender_info.is_some()).expect("a sender report");
    let report = newest.last_sender_info.unwrap();
    let reported = report.ntp_time.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    let ticks = (newest.time.numer() as u32).wrapping_sub(report.rtp_time.numer() as u32).cast_signed();
    let header = if rate > 50_000.0 { super::encoder::VP8_HEADER } else { 0 };
    let stamp = super::encoder::Stamp::read(&newest.payload, header).unwrap();
    (reported + f64::from(ticks) / rate, stamp.frame)
}

#[test]
fn audio_and_video_stay_in_sync_with_slow_encoder() {
    for (encode_delay, apart) in [(0, 0.0), (180, 0.18)] {
        let mut sim = Sim::new(9);
        sim.latency = Duration::from_millis(40);
        let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
        // The delay of its video encoder, which its own sender reports account for.
        sim.client(1).tracks[1].encode_delay = Duration::from_millis(encode_delay);
        let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
        sim.connect((1, one[0]), (2, two[0]));
        sim.connect((1, one[1]), (2, two[1]));
        sim.seconds(12);
        // Both streams started at the same moment; frame n of the audio is 20n ms old, of the video 33n ms.
        let (audio_at, audio_frame) = captured(&mut sim, two[0], 48_000.0);
        let (video_at, video_frame) = captured(&mut sim, two[1], 90_000.0);
        let audio_at = audio_at - 0.020 * f64::from(audio_frame);
        let video_at = video_at - 0.033 * f64::from(video_frame);
        let late = audio_at - video_at;
        assert!((late - apart).abs() < 0.015, "{late:.3} s apart instead of {apart}");
    }
}
