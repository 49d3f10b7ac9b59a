//! Layers inside one stream: subscribers are sent those they ask for and those that fit.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use str0m::format::Codec;
use str0m::rtp::Vp8Descriptor;

use super::encoder::{Layers, Stamp, VP8_HEADER, decodes, spatial_layer};
use super::sim::{Bottleneck, RECV_VIDEO, SEND_VIDEO, Sim};
use crate::{LayerKey, Mid, Output, PeerId};

/// A publisher of VP9 with three spatial layers of two packets each, and two subscribers.
fn spatial(seed: u64, size: usize) -> (Sim, Mid, Mid) {
    let mut sim = Sim::new(seed);
    let one = sim.join(1, &[SEND_VIDEO]);
    let track = &mut sim.client(1).tracks[0];
    (track.codec, track.parts, track.size) = (Codec::Vp9, 6, size);
    track.layers = Layers { spatial: 3, temporal: 1 };
    let (two, three) = (sim.join(2, &[RECV_VIDEO])[0], sim.join(3, &[RECV_VIDEO])[0]);
    for (viewer, mid) in [(2, two), (3, three)] {
        sim.client(viewer).video_codec = Codec::Vp9;
        sim.connect((1, one[0]), (viewer, mid));
    }
    sim.seconds(3);
    (sim, two, three)
}

/// The highest spatial layer of every picture that arrived since then. Checks that each picture is complete up to it, and
/// that its last packet, and no other, has the marker.
fn highest_layers(sim: &mut Sim, viewer: u64, mid: Mid, since: Instant) -> BTreeSet<u8> {
    let packets = sim.client(viewer).in_order(mid);
    let recent: Vec<_> = packets.into_iter().filter(|packet| packet.timestamp >= since).collect();
    let mut superframes: Vec<_> = recent.chunk_by(|a, b| a.header.timestamp == b.header.timestamp).collect();
    // The first and the last may be cut off.
    superframes = superframes[1..superframes.len() - 1].to_vec();
    assert!(superframes.len() > 20, "{} superframes", superframes.len());
    let highest = |picture: &&[&str0m::rtp::RtpPacket]| {
        let layers: Vec<u8> = picture.iter().map(|packet| spatial_layer(&packet.payload)).collect();
        let (highest, count) = (*layers.last().unwrap(), layers.len());
        assert!(layers.is_sorted() && count == 2 * (usize::from(highest) + 1), "{layers:?}");
        let markers: Vec<bool> = picture.iter().map(|packet| packet.header.marker).collect();
        assert_eq!(markers.iter().position(|marker| *marker), Some(count - 1), "{markers:?}");
        highest
    };
    superframes.iter().map(highest).collect()
}

/// Whether all sequence numbers arrived.
fn has_gaps(sim: &mut Sim, viewer: u64, mid: Mid) -> bool {
    sim.client(viewer).in_order(mid).windows(2).any(|pair| *pair[0].seq_no + 1 != *pair[1].seq_no)
}

#[test]
fn subscriber_is_sent_the_spatial_layer_it_asks_for() {
    let (mut sim, two, three) = spatial(1, 300);
    for place in [0, 1, 2, 0, 2] {
        sim.media.set_max_layer(sim.now, (PeerId(2), two), Some(LayerKey::Spatial(place)));
        sim.seconds(1);
        let since = sim.now;
        sim.seconds(1);
        assert_eq!(highest_layers(&mut sim, 2, two, since), BTreeSet::from([place]));
        assert_eq!(highest_layers(&mut sim, 3, three, since), BTreeSet::from([2]), "the other one");
    }
    assert!(!has_gaps(&mut sim, 2, two) && !has_gaps(&mut sim, 3, three));
    let requested = sim.client(1).keyframe_requests.len();
    assert!((2..=5).contains(&requested), "requested {requested} times");
}

#[test]
fn narrow_line_carries_the_spatial_layers_that_fit() {
    // Half a megabit per second and layer.
    let (mut sim, two, three) = spatial(2, 1_040);
    sim.seconds(3);
    let now = sim.now;
    sim.bottlenecks.insert(2, Bottleneck::new(now, 900_000));
    sim.seconds(8);
    let since = sim.now;
    sim.seconds(5);
    let highest = highest_layers(&mut sim, 2, two, since);
    assert_eq!(highest, BTreeSet::from([0]), "a second layer would not fit");
    let oldest = sim.client(2).ages_since(two, since).into_iter().map(|(_, age)| age).max();
    assert!(oldest < Some(Duration::from_millis(400)), "{oldest:?}");
    assert_eq!(highest_layers(&mut sim, 3, three, since), BTreeSet::from([2]));
    assert!(!sim.outputs.iter().any(|output| matches!(output, Output::VideoPaused { .. })));
    assert_eq!(sim.client(1).remb, None, "its layers limit what is sent");

    sim.bottlenecks.clear();
    sim.seconds(10);
    let since = sim.now;
    sim.seconds(2);
    assert_eq!(highest_layers(&mut sim, 2, two, since), BTreeSet::from([2]));
}

#[test]
fn layers_left_out_are_not_missed_with_loss() {
    for seed in 1..=4 {
        let (mut sim, two, _) = spatial(seed, 300);
        sim.media.set_max_layer(sim.now, (PeerId(2), two), Some(LayerKey::Spatial(1)));
        sim.seconds(1);
        sim.loss = 50;
        sim.seconds(5);
        sim.loss = 0;
        sim.seconds(1);
        let arrived = sim.client(2).in_order(two).len();
        assert!(arrived > 4 * 30 * 5, "{arrived} packets");
        assert!(!has_gaps(&mut sim, 2, two), "seed {seed}");
    }
}

#[test]
fn temporal_layer_is_left_out_before_video_is_paused() {
    let mut sim = Sim::new(5);
    let one = sim.join(1, &[SEND_VIDEO]);
    let track = &mut sim.client(1).tracks[0];
    (track.parts, track.size) = (6, 1_042);
    track.layers = Layers { spatial: 1, temporal: 2 };
    let (two, three) = (sim.join(2, &[RECV_VIDEO])[0], sim.join(3, &[RECV_VIDEO])[0]);
    sim.connect((1, one[0]), (2, two));
    sim.connect((1, one[0]), (3, three));
    sim.seconds(5);
    decodes(&sim.client(2).video_stamps(two)).unwrap();
    let now = sim.now;
    sim.bottlenecks.insert(2, Bottleneck::new(now, 1_100_000));
    sim.seconds(8);
    let since = sim.now;
    sim.seconds(5);
    let arrived = sim.client(2).ages_since(two, since);
    let frames: BTreeSet<u32> =
        sim.client(2).video_stamps(two).iter().rev().take(200).map(|stamp| stamp.frame % 2).collect();
    assert_eq!(frames, BTreeSet::from([0]), "every other frame");
    assert!(arrived.len() > 400 && arrived.iter().all(|(_, age)| *age < Duration::from_millis(400)), "{arrived:?}");
    assert!(!sim.outputs.iter().any(|output| matches!(output, Output::VideoPaused { .. })));
    decodes(&sim.client(3).video_stamps(three)).unwrap();
}

/// The picture ids that arrived, one for each picture.
fn picture_ids(sim: &mut Sim, viewer: u64, mid: Mid) -> Vec<u16> {
    let mut ids = sim.client(viewer).picture_ids(mid);
    ids.dedup();
    ids
}

#[test]
fn vp8_picture_ids_have_no_hole_where_temporal_layers_are_left_out() {
    // In bits per second: 1.5 million are sent, and half of it below each temporal layer.
    for (temporal, lines) in [(2, vec![1_100_000]), (3, vec![1_100_000, 600_000])] {
        let mut sim = Sim::new(u64::from(temporal));
        let one = sim.join(1, &[SEND_VIDEO]);
        let track = &mut sim.client(1).tracks[0];
        (track.parts, track.size) = (6, 1_042);
        track.layers = Layers { spatial: 1, temporal };
        let (two, three) = (sim.join(2, &[RECV_VIDEO])[0], sim.join(3, &[RECV_VIDEO])[0]);
        sim.connect((1, one[0]), (2, two));
        sim.connect((1, one[0]), (3, three));
        sim.seconds(4);
        for line in lines {
            let now = sim.now;
            sim.bottlenecks.insert(2, Bottleneck::new(now, line));
            sim.seconds(12);
            sim.bottlenecks.clear();
            sim.seconds(12);
        }
        let ids = picture_ids(&mut sim, 2, two);
        let next = |pair: &&[u16]| pair[1] == (pair[0] + 1) % (1 << 15);
        let holes: Vec<_> = ids.windows(2).filter(|pair| !next(pair)).collect();
        assert!(holes.is_empty(), "{temporal} temporal layers: {holes:?}");
        let all = picture_ids(&mut sim, 3, three).len();
        assert!(ids.len() + 100 < all, "{} of {all} pictures: no layer was left out", ids.len());
    }
}

#[test]
fn late_vp8_packets_get_the_picture_id_they_would_have_had_in_time() {
    for seed in 1..=4 {
        let mut sim = Sim::new(seed);
        let one = sim.join(1, &[SEND_VIDEO]);
        let track = &mut sim.client(1).tracks[0];
        (track.parts, track.size) = (6, 1_042);
        track.layers = Layers { spatial: 1, temporal: 3 };
        let two = sim.join(2, &[RECV_VIDEO]);
        sim.connect((1, one[0]), (2, two[0]));
        sim.seconds(4);
        let now = sim.now;
        sim.bottlenecks.insert(2, Bottleneck::new(now, 1_100_000));
        sim.loss = 30;
        sim.seconds(10);
        let mut id_of = BTreeMap::new();
        // Late packets of a layer that is left out are empty.
        for packet in sim.client(2).in_order(two[0]).iter().filter(|packet| !packet.payload.is_empty()) {
            let frame = Stamp::read(&packet.payload, VP8_HEADER).unwrap().frame;
            let id = Vp8Descriptor::parse(&packet.payload).unwrap().picture_id().unwrap();
            assert_eq!(*id_of.entry(frame).or_insert(id), id, "seed {seed}: frame {frame}");
        }
        let distinct: BTreeSet<u16> = id_of.values().copied().collect();
        assert_eq!(distinct.len(), id_of.len(), "seed {seed}: an id repeats");
        assert!(id_of.values().is_sorted(), "seed {seed}");
    }
}
