//! Data channels.

use std::time::Duration;

use super::sim::{SEND_AUDIO, Sim};
use crate::{Channel, Output, PeerId};

#[test]
fn messages_are_sent_and_received_on_their_channels() {
    let mut sim = Sim::new(1);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(3);
    for channel in [Channel::Reliable, Channel::Lossy] {
        assert!(sim.outputs.contains(&Output::Opened { peer: PeerId(1), channel }), "{:?}", sim.outputs);
        sim.client(1).send_message(channel.label(), b"up");
        assert!(sim.media.send_data(sim.now, PeerId(1), channel, b"down"));
    }
    sim.seconds(1);
    for channel in [Channel::Reliable, Channel::Lossy] {
        let up = Output::Data { peer: PeerId(1), channel, bytes: b"up".to_vec() };
        assert!(sim.outputs.contains(&up), "{:?}", sim.outputs);
        assert!(sim.client(1).messages.contains(&(channel.label().into(), b"down".to_vec())));
    }
}

#[test]
fn too_large_or_undeliverable_messages_are_refused() {
    let mut sim = Sim::new(2);
    sim.join(1, &[SEND_AUDIO]);
    assert!(!sim.media.send_data(sim.now, PeerId(1), Channel::Lossy, b"not connected"));
    sim.seconds(3);
    assert!(!sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, &[0; 65_536]));
    assert!(sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, &[7; 60_000]));
    assert!(!sim.media.send_data(sim.now, PeerId(1), Channel::DataTrack, b"not open"));
    assert!(!sim.media.send_data(sim.now, PeerId(9), Channel::Reliable, b"no such peer"));
    sim.seconds(2);
    assert_eq!(sim.client(1).messages, vec![("_reliable".to_owned(), vec![7; 60_000])]);
}

#[test]
fn send_buffer_of_a_stalled_peer_is_bounded() {
    let mut sim = Sim::new(3);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(3);
    sim.disconnected.push(1);
    let message = [1; 60_000];
    let now = sim.now;
    let taken = (0..200).take_while(|_| sim.media.send_data(now, PeerId(1), Channel::Reliable, &message));
    let taken = taken.count();
    assert!((35..60).contains(&taken), "{taken} messages accepted");
}

#[test]
fn messages_before_the_channel_opens_arrive_first() {
    let mut sim = Sim::new(5);
    sim.join(1, &[SEND_AUDIO]);
    let sent = [b"one", b"two", b"six"];
    for word in sent {
        assert!(sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, word));
        sim.run(Duration::from_millis(1));
    }
    assert!(sim.client(1).channels.is_empty(), "still connecting");
    while !sim.outputs.contains(&Output::Opened { peer: PeerId(1), channel: Channel::Reliable }) {
        sim.run(Duration::from_millis(1));
    }
    assert!(sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, b"ten"));
    sim.seconds(1);
    let read: Vec<_> = sim.client(1).messages.iter().map(|(_, message)| message.as_slice()).collect();
    assert_eq!(read, [b"one", b"two", b"six", b"ten"]);
}

#[test]
fn buffer_of_a_connecting_peer_is_bounded() {
    let mut sim = Sim::new(6);
    sim.join(1, &[SEND_AUDIO]);
    let (now, message) = (sim.now, [1; 60_000]);
    let taken = (0..200).take_while(|_| sim.media.send_data(now, PeerId(1), Channel::Reliable, &message));
    assert_eq!(taken.count(), 17, "one mebibyte");
}

#[test]
fn idle_peer_acknowledges_messages_within_300_ms() {
    let mut sim = Sim::new(4);
    sim.join(1, &[]);
    sim.seconds(10);
    sim.client(1).send_message("_reliable", b"after ten idle seconds");
    let sent = sim.now;
    sim.client(1).due = sent;
    while sim.client(1).unacknowledged("_reliable") > 0 {
        sim.run(Duration::from_millis(10));
    }
    // Browsers retransmit after 400 ms, and reduce their congestion window from then on.
    let took = sim.now - sent;
    assert!(took < Duration::from_millis(300), "{took:?}");
}
