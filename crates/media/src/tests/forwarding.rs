//! Forwarding between the peers of a room.

use std::time::Duration;

use str0m::media::{Direction, KeyframeRequestKind, MediaKind};
use str0m::net::Protocol;

use super::encoder::decodes;
use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim};
use crate::{Mid, Output, PeerId};

#[test]
fn audio_and_video_are_forwarded() {
    for protocol in [Protocol::Udp, Protocol::Tcp] {
        let mut sim = Sim::new(1);
        let one = sim.join_as(1, &[SEND_AUDIO, SEND_VIDEO], &[], protocol);
        let two = sim.join_as(2, &[RECV_AUDIO, RECV_VIDEO], &[], protocol);
        sim.connect((1, one[0]), (2, two[0]));
        sim.connect((1, one[1]), (2, two[1]));
        sim.seconds(3);

        assert!(sim.outputs.contains(&Output::Connected(PeerId(1))));
        assert!(sim.outputs.contains(&Output::FirstPacket { peer: PeerId(1), mid: one[1] }));
        let decoded = decodes(&sim.client(2).video_stamps(two[1])).unwrap();
        assert!(decoded > 60, "{decoded} video_stamps over {protocol:?}");
        let audio_stamps = sim.client(2).audio_stamps(two[0]);
        assert!(audio_stamps.len() > 100, "{} audio_stamps over {protocol:?}", audio_stamps.len());
        assert!(audio_stamps.windows(2).all(|pair| pair[0].frame + 1 == pair[1].frame));
    }
}

#[test]
fn both_directions_work_at_once() {
    let mut sim = Sim::new(2);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO, RECV_AUDIO, RECV_VIDEO]);
    let two = sim.join(2, &[SEND_AUDIO, SEND_VIDEO, RECV_AUDIO, RECV_VIDEO]);
    for (source, sink) in [((1, &one), (2, &two)), ((2, &two), (1, &one))] {
        sim.connect((source.0, source.1[0]), (sink.0, sink.1[2]));
        sim.connect((source.0, source.1[1]), (sink.0, sink.1[3]));
    }
    sim.seconds(3);
    for (who, mids) in [(1, &one), (2, &two)] {
        assert!(decodes(&sim.client(who).video_stamps(mids[3])).unwrap() > 60);
        assert!(sim.client(who).audio_stamps(mids[2]).len() > 100);
    }
}

#[test]
fn late_subscriber_gets_a_keyframe() {
    let mut sim = Sim::new(3);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    sim.seconds(5);
    assert_eq!(sim.client(1).keyframe_requests.len(), 0, "no subscriber yet");
    let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
    sim.connect((1, one[1]), (2, two[1]));
    sim.seconds(2);
    let video_stamps = sim.client(2).video_stamps(two[1]);
    assert!(video_stamps.first().is_some_and(|first| first.key && first.part == 0), "{video_stamps:?}");
    assert!(decodes(&video_stamps).unwrap() > 30);
    let requested = sim.client(1).keyframe_requests.len();
    assert!((1..=4).contains(&requested), "requested {requested} times");
    let publication = &sim.media.peers[&PeerId(1)].publications[&one[1]];
    assert!(publication.keyframe_wait.is_empty(), "packets from before the keyframe are kept");
}

#[test]
fn muted_track_is_not_forwarded_and_resumes_without_a_gap() {
    let mut sim = Sim::new(7);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
    let pairs = [(one[0], two[0]), (one[1], two[1])];
    pairs.iter().for_each(|(source, sink)| sim.connect((1, *source), (2, *sink)));
    let arrived = |sim: &mut Sim| pairs.map(|(_, sink)| sim.client(2).in_order(sink).len());
    let mute = |sim: &mut Sim, muted| {
        let now = sim.now;
        pairs.iter().for_each(|(source, _)| sim.media.mute(now, (PeerId(1), *source), muted));
        sim.drain();
    };
    sim.seconds(2);
    mute(&mut sim, true);
    // Packets in flight still arrive.
    sim.run(Duration::from_millis(100));
    let before = arrived(&mut sim);
    sim.seconds(3);
    assert_eq!(arrived(&mut sim), before);
    mute(&mut sim, false);
    sim.seconds(2);
    for ((_, sink), before) in pairs.iter().zip(before) {
        let packets = sim.client(2).in_order(*sink);
        assert!(packets.len() > before + 80, "{} after {before}", packets.len());
        assert!(packets.windows(2).all(|pair| *pair[0].seq_no + 1 == *pair[1].seq_no), "gap in sequence numbers");
    }
    assert!(decodes(&sim.client(2).video_stamps(two[1])).unwrap() > 90);
}

#[test]
fn pli_of_a_subscriber_reaches_the_publisher() {
    let mut sim = Sim::new(4);
    let one = sim.join(1, &[SEND_VIDEO]);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(2);
    let before = sim.client(1).keyframe_requests.len();
    let viewer = sim.client(2);
    let mut direct = viewer.rtc.direct_api();
    let stream = direct.stream_rx_by_mid(two[0], None).unwrap();
    stream.request_keyframe(KeyframeRequestKind::Pli);
    sim.seconds(1);
    assert_eq!(sim.client(1).keyframe_requests.len(), before + 1);
}

#[test]
fn keyframe_requests_of_many_subscribers_are_merged() {
    let mut sim = Sim::new(5);
    let one = sim.join(1, &[SEND_VIDEO]);
    sim.seconds(1);
    for viewer in 2..10 {
        let mids = sim.join(viewer, &[RECV_VIDEO]);
        sim.connect((1, one[0]), (viewer, mids[0]));
    }
    sim.run(Duration::from_millis(1_400));
    let requested = sim.client(1).keyframe_requests.len();
    assert!((1..=3).contains(&requested), "requested {requested} times in 1.4 s");
}

/// Asks for a keyframe every 200 ms for some seconds.
fn keep_asking(sim: &mut Sim, viewer: u64, mid: Mid, seconds: u64) {
    for _ in 0..seconds * 5 {
        sim.client(viewer).request_keyframe(mid);
        sim.run(Duration::from_millis(200));
    }
}

#[test]
fn one_subscriber_that_keeps_asking_does_not_cost_the_others_their_quality() {
    let mut sim = Sim::new(9);
    let one = sim.join(1, &[SEND_VIDEO]);
    let viewers: Vec<Mid> = (2..6).map(|viewer| sim.join(viewer, &[RECV_VIDEO])[0]).collect();
    for (viewer, mid) in (2..).zip(&viewers) {
        sim.connect((1, one[0]), (viewer, *mid));
    }
    sim.seconds(3);
    let before = sim.client(1).keyframe_requests.len();
    keep_asking(&mut sim, 2, viewers[0], 20);
    let requested = sim.client(1).keyframe_requests.len() - before;
    assert!((8..=13).contains(&requested), "requested {requested} times in 20 s");
}

#[test]
fn subscriber_that_keeps_asking_is_sent_a_lower_layer_for_a_while() {
    let mut sim = Sim::new(10);
    let one = sim.join_as(1, &[SEND_VIDEO], &["q", "h", "f"], Protocol::Udp);
    let two = sim.join(2, &[RECV_VIDEO]);
    let three = sim.join(3, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.connect((1, one[0]), (3, three[0]));
    sim.seconds(4);
    let layer = |sim: &mut Sim, viewer, mid| sim.client(viewer).video_stamps(mid).last().unwrap().encoder_id ^ 1;
    assert_eq!((layer(&mut sim, 2, two[0]), layer(&mut sim, 3, three[0])), (b'f', b'f'));
    keep_asking(&mut sim, 2, two[0], 5);
    assert_eq!((layer(&mut sim, 2, two[0]), layer(&mut sim, 3, three[0])), (b'h', b'f'));
    sim.seconds(17);
    assert_eq!(layer(&mut sim, 2, two[0]), b'f');
}

#[test]
fn sequence_numbers_continue_when_the_publication_changes() {
    let mut sim = Sim::new(6);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    let two = sim.join(2, &[SEND_AUDIO, SEND_VIDEO]);
    let viewer = sim.join(3, &[RECV_AUDIO, RECV_VIDEO]);
    for round in 0..6 {
        let (who, mids) = if round % 2 == 0 { (1, &one) } else { (2, &two) };
        sim.connect((who, mids[0]), (3, viewer[0]));
        sim.connect((who, mids[1]), (3, viewer[1]));
        sim.seconds(1);
    }
    let decoded = decodes(&sim.client(3).video_stamps(viewer[1])).unwrap();
    assert!(decoded > 120, "{decoded} video_stamps");
    for mid in viewer.iter().copied() {
        let packets = sim.client(3).in_order(mid);
        for pair in packets.windows(2) {
            assert_eq!(*pair[0].seq_no + 1, *pair[1].seq_no, "gap in sequence numbers");
            assert!(pair[0].time <= pair[1].time, "timestamp went back");
        }
        assert!(*packets[0].seq_no < 65_536);
    }
    let ids: Vec<u16> = sim.client(3).picture_ids(viewer[1]);
    assert!(ids.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) % (1 << 15) <= 1), "{ids:?}");
}

#[test]
fn next_track_on_a_section_gets_a_new_ssrc() {
    let mut sim = Sim::new(13);
    let viewer = sim.join(1, &[RECV_VIDEO]);
    let first = sim.join(2, &[SEND_VIDEO]);
    sim.connect((2, first[0]), (1, viewer[0]));
    sim.seconds(2);
    sim.media.leave(sim.now, PeerId(2));
    sim.run(Duration::from_millis(100));
    let before = sim.client(1).received.remove(&viewer[0]).unwrap();

    let again = sim.join(3, &[SEND_VIDEO]);
    let offer = sim.client(1).reoffer(|api| {
        api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
    });
    sim.accept_offer(1, &offer).unwrap();
    sim.connect((3, again[0]), (1, viewer[0]));
    sim.seconds(2);

    assert!(decodes(&sim.client(1).video_stamps(viewer[0])).unwrap() > 30);
    let after = sim.client(1).in_order(viewer[0]);
    assert_ne!(before[0].header.ssrc, after[0].header.ssrc, "Chromium renders by SSRC");
    assert!(*after[0].seq_no < 65_536, "roll-over counter of a new SSRC starts at zero");

    let ssrc = after[0].header.ssrc;
    let requested = sim.client(3).keyframe_requests.len();
    let mut direct = sim.client(1).rtc.direct_api();
    direct.stream_rx(&ssrc).unwrap().request_keyframe(KeyframeRequestKind::Pli);
    sim.seconds(1);
    assert_eq!(sim.client(3).keyframe_requests.len(), requested + 1, "feedback works under the new SSRC");
}

#[test]
fn paused_subscription_resumes_with_a_keyframe() {
    let mut sim = Sim::new(7);
    let one = sim.join(1, &[SEND_VIDEO]);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(2);
    let sink = (PeerId(2), two[0]);
    sim.media.pause(sim.now, sink, true);
    sim.run(Duration::from_millis(50));
    let held = sim.client(2).video_stamps(two[0]).len();
    sim.seconds(2);
    assert_eq!(sim.client(2).video_stamps(two[0]).len(), held);
    sim.media.pause(sim.now, sink, false);
    sim.seconds(1);
    let video_stamps = sim.client(2).video_stamps(two[0]);
    assert!(video_stamps[held].key);
    decodes(&video_stamps).unwrap();
}

#[test]
fn audio_level_is_reported_a_few_times_a_second() {
    let mut sim = Sim::new(8);
    let one = sim.join(1, &[SEND_AUDIO]);
    sim.seconds(5);
    let reported = |sim: &Sim| {
        let levels = sim.outputs.iter().filter_map(|output| match output {
            Output::AudioLevel { peer, mid, level, active } if (*peer, *mid) == (PeerId(1), one[0]) => {
                Some((*level, *active))
            }
            _ => None,
        });
        levels.collect::<Vec<_>>()
    };
    assert!((8..=14).contains(&reported(&sim).len()), "{:?}", reported(&sim));
    assert_eq!(reported(&sim)[2], (25, 100));
    sim.outputs.clear();
    sim.client(1).tracks[0].level = -127;
    sim.seconds(5);
    assert_eq!(reported(&sim).iter().filter(|(_, active)| *active == 0).count(), 1, "silence is reported once");
}

#[test]
fn idle_room_needs_few_ticks() {
    let mut sim = Sim::new(9);
    sim.join(1, &[RECV_AUDIO, RECV_VIDEO]);
    sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
    sim.seconds(5);
    sim.ticks = 0;
    sim.seconds(60);
    assert!(sim.ticks < 250, "{} ticks in a minute for two peers", sim.ticks);
}
