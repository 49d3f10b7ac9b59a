//! The time at which a packet arrived, whatever was read from other sockets before.

use std::time::Duration;

use super::sim::{SEND_VIDEO, Sim, server};
use crate::{Input, PeerId, Transport};

#[test]
fn packet_keeps_its_arrival_time_when_another_socket_was_read_first() {
    let mut sim = Sim::new(1);
    sim.join(1, &[SEND_VIDEO]);
    sim.join(2, &[SEND_VIDEO]);
    sim.seconds(2);
    let now = sim.now;
    let handle = |sim: &mut Sim, at, peer, bytes: &[u8]| {
        let (transport, source, destination) = (Transport::Udp, sim.client(peer).address, server());
        sim.media.handle(at, Input::Datagram { peer: PeerId(peer), transport, source, destination, bytes })
    };
    let ms = |milliseconds| now + Duration::from_millis(milliseconds);
    handle(&mut sim, ms(300), 1, &[0x80, 96, 0, 1]);
    let packets = (0..40).flat_map(|step| sim.client(2).advance(ms(5 * step))).collect::<Vec<_>>();
    let rtp = packets.iter().filter(|packet| matches!(&*packet.contents, [128..=191, 0..=191, ..])).take(5);
    for (number, packet) in (0..).zip(rtp) {
        assert!(handle(&mut sim, ms(100 + 7 * number), 2, &packet.contents), "{number}");
        assert_eq!(sim.media.peers[&PeerId(2)].last_media, ms(100 + 7 * number));
    }
    let later = packets.iter().filter(|packet| matches!(&*packet.contents, [128..=191, 0..=191, ..])).nth(5).unwrap();
    handle(&mut sim, ms(50), 2, &later.contents);
    assert_eq!(sim.media.peers[&PeerId(2)].last_media, ms(128), "not before the packet before it");
}
