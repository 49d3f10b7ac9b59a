//! Packets with the source address of a peer that the peer has not sent: they change nothing.

use std::time::Duration;

use str0m::media::{Mid, Rid};
use str0m::net::Protocol;

use super::encoder::decodes;
use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim, server};
use crate::{Input, PeerId, Transport};

/// Ids of header extensions and payload types of the test clients: an attacker would try what browsers use.
const MID: u8 = 4;
const RID: u8 = 10;
const REPAIRED_RID: u8 = 11;
const VP8: u8 = 96;
const VP8_RTX: u8 = 97;
const OPUS: u8 = 111;

/// RTP that names a section, and perhaps a layer, with a payload that nobody has encrypted.
fn rtp(ssrc: u32, pt: u8, extensions: &[(u8, &[u8])]) -> Vec<u8> {
    let mut packet = [&[0x90, pt, 0, 1, 0, 0, 0, 9][..], &ssrc.to_be_bytes(), &[0xbe, 0xde, 0, 0]].concat();
    for (id, value) in extensions {
        packet.push(id << 4 | (value.len() as u8 - 1));
        packet.extend(*value);
    }
    packet.resize(packet.len().next_multiple_of(4), 0);
    packet[15] = ((packet.len() - 16) / 4) as u8;
    packet.resize(packet.len() + 100, 7);
    packet
}

/// From now on the client names the sections and layers of its video only until they are acknowledged, as browsers do:
/// str0m goes on with it as long as there is RTX.
fn without_rtx(sim: &mut Sim, mid: Mid, rids: &[Option<Rid>]) {
    let mut direct = sim.client(1).rtc.direct_api();
    for rid in rids {
        let ssrc = direct.stream_tx_by_mid(mid, *rid).expect("a stream").ssrc();
        direct.remove_stream_tx(ssrc);
        direct.declare_stream_tx(ssrc, None, mid, *rid);
    }
}

/// The packet arrives with the address of this peer. Whether it was taken for authentic.
fn forge(sim: &mut Sim, peer: u64, bytes: &[u8]) -> bool {
    let (source, now) = (sim.client(peer).address, sim.now);
    let input = Input::Datagram { peer: PeerId(peer), transport: Transport::Udp, source, destination: server(), bytes };
    let authenticated = sim.media.handle(now, input);
    sim.drain();
    authenticated
}

/// Forges packets of the first peer for three seconds, each with another SSRC.
fn forge_all(sim: &mut Sim, number: &mut u32, packets: impl Fn(u32) -> Vec<Vec<u8>>) {
    for _ in 0..300 {
        *number += 1;
        for packet in packets(number.wrapping_mul(0x9e37_79b9)) {
            assert!(!forge(sim, 1, &packet));
        }
        sim.run(Duration::from_millis(10));
    }
}

#[test]
fn forged_ssrcs_do_not_take_a_section_from_its_publisher() {
    let mut sim = Sim::new(1);
    let one = sim.join(1, &[SEND_AUDIO, SEND_VIDEO]);
    let two = sim.join(2, &[RECV_AUDIO, RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.connect((1, one[1]), (2, two[1]));
    // By then the publisher no longer names the sections.
    sim.seconds(10);
    let arrived = |sim: &mut Sim| [sim.client(2).in_order(two[0]).len(), sim.client(2).in_order(two[1]).len()];
    let (before, mut number) = (arrived(&mut sim), 0);
    let (audio, video): (Mid, Mid) = (one[0], one[1]);
    forge_all(&mut sim, &mut number, |ssrc| {
        let section = |mid: &Mid| mid.as_bytes().to_vec();
        let (audio, video) = (section(&audio), section(&video));
        vec![
            rtp(ssrc, OPUS, &[(MID, &audio)]),
            rtp(ssrc ^ 1, VP8, &[(MID, &video)]),
            rtp(ssrc ^ 2, VP8_RTX, &[(MID, &video)]),
            rtp(ssrc ^ 3, VP8, &[]),
        ]
    });
    let during = arrived(&mut sim);
    assert!(during[0] > before[0] + 140 && during[1] > before[1] + 250, "{before:?}, then {during:?}");
    decodes(&sim.client(2).video_stamps(two[1])).unwrap();
    assert_eq!(sim.media.stats(PeerId(1)).unwrap().packets_in, sim.media.stats(PeerId(2)).unwrap().packets_out);
}

#[test]
fn forged_ssrcs_do_not_take_a_simulcast_layer_from_its_publisher() {
    let mut sim = Sim::new(2);
    let one = sim.join_as(1, &[SEND_VIDEO], &["q", "h", "f"], Protocol::Udp);
    without_rtx(&mut sim, one[0], &["q", "h", "f"].map(|rid| Some(Rid::from(rid))));
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(10);
    let (before, mut number) = (sim.client(2).in_order(two[0]).len(), 0);
    let section = one[0].as_bytes().to_vec();
    forge_all(&mut sim, &mut number, |ssrc| {
        let layers = ["q", "h", "f"].into_iter().zip(0..);
        let named = layers.flat_map(|(rid, number)| {
            [(RID, VP8, 8), (REPAIRED_RID, VP8_RTX, 16)]
                .map(|(id, pt, bit)| rtp(ssrc ^ (bit + number), pt, &[(MID, &section), (id, rid.as_bytes())]))
        });
        named.collect()
    });
    let during = sim.client(2).in_order(two[0]).len();
    assert!(during > before + 250, "{before}, then {during}");
    let last = *sim.client(2).video_stamps(two[0]).last().unwrap();
    assert_eq!(last.encoder_id, 1 ^ b'f', "the highest layer");
}

#[test]
fn forged_ssrcs_do_not_take_video_without_layers_from_its_publisher() {
    let mut sim = Sim::new(5);
    let one = sim.join(1, &[SEND_VIDEO]);
    without_rtx(&mut sim, one[0], &[None]);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(10);
    let (before, mut number) = (sim.client(2).in_order(two[0]).len(), 0);
    let section = one[0].as_bytes().to_vec();
    forge_all(&mut sim, &mut number, |ssrc| vec![rtp(ssrc, VP8, &[(MID, &section)])]);
    let during = sim.client(2).in_order(two[0]).len();
    assert!(during > before + 250, "{before}, then {during}");
    decodes(&sim.client(2).video_stamps(two[0])).unwrap();
}

#[test]
fn client_that_changes_its_ssrc_is_received() {
    let mut sim = Sim::new(3);
    let one = sim.join(1, &[SEND_VIDEO]);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(7);
    for _ in 0..3 {
        let before = sim.client(2).in_order(two[0]).len();
        let mut direct = sim.client(1).rtc.direct_api();
        let (old, rtx) = direct.stream_tx_by_mid(one[0], None).map(|stream| (stream.ssrc(), stream.rtx())).unwrap();
        direct.remove_stream_tx(old);
        let (ssrc, rtx) = (direct.new_ssrc(), rtx.map(|_| direct.new_ssrc()));
        direct.declare_stream_tx(ssrc, rtx, one[0], None);
        sim.client(1).tracks[0].keyframe_requested = true;
        sim.seconds(3);
        let after = sim.client(2).in_order(two[0]).len();
        assert!(after > before + 200, "{before}, then {after}");
    }
}

#[test]
fn decrypted_packets_are_reported_as_authentic() {
    let mut sim = Sim::new(4);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(3);
    sim.client(1).tracks[0].on = false;
    sim.run(Duration::from_millis(50));
    let now = sim.now;
    let client = sim.client(1);
    client.tracks[0].on = true;
    let times = (0..50).map(|at| now + Duration::from_millis(at));
    let sent: Vec<Vec<u8>> =
        times.flat_map(|at| client.advance(at)).map(|transmit| transmit.contents.to_vec()).collect();
    let audio = sent.iter().find(|packet| matches!(packet[..], [0x80..=0x9f, 0..=191 | 224.., ..])).expect("audio");
    assert!(!forge(&mut sim, 1, &audio[..audio.len() - 1]), "cut short");
    assert!(forge(&mut sim, 1, audio));
    assert!(!forge(&mut sim, 1, audio), "replayed");
}
