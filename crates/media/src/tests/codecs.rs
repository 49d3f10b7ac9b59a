//! Every negotiable codec is forwarded, starting with a keyframe.

use str0m::format::Codec;
use str0m::net::Protocol;
use str0m::rtp::RtpPacket;

use super::client::Client;
use super::encoder::{Stamp, decodes};
use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{LayerKey, PeerId, Rid};

const RIDS: [&str; 3] = ["2", "1", "0"];

#[test]
fn h264_layers_switch_at_keyframes_with_any_rids() {
    let mut sim = Sim::new(1);
    let one = sim.join_as(1, &[SEND_VIDEO], &RIDS, Protocol::Udp);
    sim.client(1).tracks.iter_mut().for_each(|track| track.codec = Codec::H264);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.client(2).video_codec = Codec::H264;
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(3);
    assert_eq!(sim.media.layers((PeerId(1), one[0])), RIDS.map(|rid| LayerKey::Rid(Rid::from(rid))), "lowest first");
    for (limit, layer) in [("2", b'2'), ("0", b'0'), ("1", b'1')] {
        sim.media.set_max_layer(sim.now, (PeerId(2), two[0]), Some(LayerKey::Rid(Rid::from(limit))));
        sim.seconds(3);
        let video_stamps = sim.client(2).video_stamps(two[0]);
        decodes(&video_stamps).unwrap();
        assert!(video_stamps.iter().rev().take(60).all(|stamp| stamp.encoder_id == 1 ^ layer), "limited to {limit}");
    }
    let packets = sim.client(2).in_order(two[0]);
    assert!(packets.windows(2).all(|pair| *pair[0].seq_no + 1 == *pair[1].seq_no), "gap in sequence numbers");
}

#[test]
fn vp9_and_av1_are_forwarded_as_one_layer() {
    for codec in [Codec::Vp9, Codec::Av1] {
        let mut sim = Sim::new(2);
        let one = sim.join(1, &[SEND_VIDEO]);
        sim.client(1).tracks[0].codec = codec;
        sim.seconds(2);
        let two = sim.join(2, &[RECV_VIDEO]);
        sim.client(2).video_codec = codec;
        sim.connect((1, one[0]), (2, two[0]));
        sim.seconds(3);
        let video_stamps = sim.client(2).video_stamps(two[0]);
        assert!(
            video_stamps.first().is_some_and(|first| first.key && first.part == 0),
            "{codec}: {:?}",
            video_stamps.first()
        );
        assert!(decodes(&video_stamps).unwrap() > 60, "{codec}");
    }
}

#[test]
fn dependency_descriptor_is_forwarded_unchanged() {
    for length in [9, 90] {
        let mut sim = Sim::new(4);
        let with_descriptor = |now, encoder_id| {
            let uri =
                |config: str0m::RtcConfig| config.set_extension(9, crate::rtp::dependency_descriptor::extension());
            Client::with(now, encoder_id, Protocol::Udp, uri)
        };
        let (publisher, viewer) = (with_descriptor(sim.now, 1), with_descriptor(sim.now, 2));
        let one = sim.join_client(1, publisher, &[SEND_VIDEO], &[]);
        let sent: Vec<u8> = (0..length).collect();
        sim.client(1).tracks[0].codec = Codec::Av1;
        sim.client(1).tracks[0].descriptor = Some(sent.clone());
        let two = sim.join_client(2, viewer, &[RECV_VIDEO], &[]);
        sim.client(2).video_codec = Codec::Av1;
        sim.connect((1, one[0]), (2, two[0]));
        sim.seconds(2);
        let packets = sim.client(2).in_order(two[0]);
        assert!(packets.len() > 100);
        for packet in packets {
            let stamp = Stamp::read(&packet.payload, 1).unwrap();
            let received = crate::rtp::dependency_descriptor::testing::read(&packet.header.ext_vals).unwrap();
            assert_eq!(received, sent[..sent.len() - usize::from(stamp.part)]);
        }
    }
}

#[test]
fn red_is_unwrapped_for_subscribers_without_it() {
    let mut sim = Sim::new(3);
    let with_red =
        |now, encoder_id| Client::with(now, encoder_id, Protocol::Udp, |config| config.enable_opus(true, true));
    let speaker = with_red(sim.now, 1);
    let one = sim.join_client(1, speaker, &[SEND_AUDIO], &[]);
    sim.client(1).tracks[0].redundant = true;
    let modern = with_red(sim.now, 2);
    let two = sim.join_client(2, modern, &[RECV_AUDIO], &[]);
    let three = sim.join(3, &[RECV_AUDIO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.connect((1, one[0]), (3, three[0]));
    sim.seconds(2);

    let plain = sim.client(3).audio_stamps(three[0]);
    assert!(plain.len() > 80, "{} audio_stamps without redundancy", plain.len());
    assert!(plain.windows(2).all(|pair| pair[0].frame + 1 == pair[1].frame));
    let packets = sim.client(2).in_order(two[0]);
    let both = |packet: &&RtpPacket| {
        let (before, now) = (Stamp::read(&packet.payload, 5), Stamp::read(&packet.payload, 5 + 80));
        before.zip(now).is_some_and(|(before, now)| before.frame.wrapping_add(1) == now.frame)
    };
    assert!(packets.len() > 80 && packets.iter().all(both), "{} RED packets", packets.len());
}

#[test]
fn video_starts_when_the_first_keyframe_packet_arrives_late() {
    for seed in 1..=8 {
        let mut sim = Sim::new(seed);
        let one = sim.join(1, &[SEND_VIDEO]);
        sim.client(1).tracks[0].parts = 8;
        sim.seconds(1);
        let two = sim.join(2, &[RECV_VIDEO]);
        sim.seconds(1);
        sim.loss = 200;
        sim.only_from = Some(1);
        let requested = sim.client(1).keyframe_requests.len();
        sim.connect((1, one[0]), (2, two[0]));
        sim.run(std::time::Duration::from_millis(400));
        sim.loss = 0;
        sim.seconds(2);
        let video_stamps = sim.client(2).video_stamps(two[0]);
        let first = video_stamps.first().copied().expect("a packet arrived");
        assert!(first.key && first.part == 0, "seed {seed}: {first:?}");
        assert!(decodes(&video_stamps).unwrap_or_else(|why| panic!("seed {seed}: {why}")) > 30, "seed {seed}");
        let requested = sim.client(1).keyframe_requests.len() - requested;
        assert!(requested <= 2, "seed {seed}: requested {requested} times");
    }
}
