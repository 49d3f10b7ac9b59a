//! Data channels.

use std::time::Duration;

use super::sim::{DATA_TRACK, LOSSY, RELIABLE, SEND_AUDIO, Sim};
use crate::{ChannelConfig, Output, PeerId, Reliability};

#[test]
fn messages_are_sent_and_received_on_their_channels() {
    let mut sim = Sim::new(1);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(3);
    for label in [RELIABLE, LOSSY] {
        assert!(sim.has_opened(1, label), "{:?}", sim.outputs);
        sim.client(1).send_message(label, b"up");
        assert!(sim.send_data(1, label, b"down"));
    }
    sim.seconds(1);
    for label in [RELIABLE, LOSSY] {
        let channel = sim.media.channel(PeerId(1), label).unwrap();
        let up = Output::Data { peer: PeerId(1), channel, binary: true, bytes: b"up".to_vec() };
        assert!(sim.outputs.contains(&up), "{:?}", sim.outputs);
        assert!(sim.client(1).messages.contains(&(label.into(), b"down".to_vec())));
    }
}

#[test]
fn too_large_or_undeliverable_messages_are_refused() {
    let mut sim = Sim::new(2);
    sim.join(1, &[SEND_AUDIO]);
    assert!(!sim.send_data(1, LOSSY, b"not connected"));
    sim.seconds(3);
    assert!(!sim.send_data(1, RELIABLE, &[0; 65_536]));
    assert!(sim.send_data(1, RELIABLE, &[7; 60_000]));
    assert!(!sim.send_data(1, DATA_TRACK, b"not open"));
    assert!(!sim.send_data(9, RELIABLE, b"no such peer"));
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
    let taken = (0..200).take_while(|_| sim.send_data(1, RELIABLE, &message));
    let taken = taken.count();
    assert!((35..60).contains(&taken), "{taken} messages accepted");
}

#[test]
fn messages_before_the_channel_opens_arrive_first() {
    let mut sim = Sim::new(5);
    sim.join(1, &[SEND_AUDIO]);
    let sent = [b"one", b"two", b"six"];
    for word in sent {
        assert!(sim.send_data(1, RELIABLE, word));
        sim.run(Duration::from_millis(1));
    }
    assert!(sim.client(1).channels.is_empty(), "still connecting");
    while !sim.has_opened(1, RELIABLE) {
        sim.run(Duration::from_millis(1));
    }
    assert!(sim.send_data(1, RELIABLE, b"ten"));
    sim.seconds(1);
    let read: Vec<_> = sim.client(1).messages.iter().map(|(_, message)| message.as_slice()).collect();
    assert_eq!(read, [b"one", b"two", b"six", b"ten"]);
}

#[test]
fn buffer_of_a_connecting_peer_is_bounded() {
    let mut sim = Sim::new(6);
    sim.join(1, &[SEND_AUDIO]);
    let message = [1; 60_000];
    let taken = (0..200).take_while(|_| sim.send_data(1, RELIABLE, &message));
    assert_eq!(taken.count(), 17, "one mebibyte");
    assert!(!sim.send_data(1, RELIABLE, b"a hole would come before it"));
    sim.seconds(3);
    assert!(sim.has_opened(1, RELIABLE) && sim.client(1).messages.is_empty());
    let reported = |output: &Output| matches!(output, Output::ChannelOpened { config, lost_messages: true, .. } if config.label == RELIABLE);
    assert!(sim.outputs.iter().any(reported), "{:?}", sim.outputs);
    assert_eq!(sim.media.take_drops().early_messages, 17 + 2);
    assert!(sim.send_data(1, RELIABLE, b"after it is open"));
    sim.seconds(1);
    assert_eq!(sim.client(1).messages, [(RELIABLE.to_owned(), b"after it is open".to_vec())]);
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

#[test]
fn channels_of_both_sides_are_reported_with_their_config() {
    let mut sim = Sim::new(7);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(2);
    let config = ChannelConfig { label: "track".into(), ordered: false, reliability: Reliability::MaxLifetime(500) };
    let channel = sim.media.open_channel(sim.now, PeerId(1), &config).unwrap();
    assert!(sim.media.send_text(sim.now, PeerId(1), channel, "before it is open"));
    sim.seconds(1);
    let opened = Output::ChannelOpened { peer: PeerId(1), channel, config, lost_messages: false };
    assert!(sim.outputs.contains(&opened), "{:?}", sim.outputs);
    assert_eq!(sim.client(1).messages, [("track".to_owned(), b"before it is open".to_vec())]);
    let lossy = sim.media.channel(PeerId(1), LOSSY).unwrap();
    let reliability = Reliability::MaxRetransmits(0);
    let config = ChannelConfig { label: LOSSY.into(), ordered: false, reliability };
    let opened = Output::ChannelOpened { peer: PeerId(1), channel: lossy, config, lost_messages: false };
    assert!(sim.outputs.contains(&opened));
}

#[test]
fn a_channel_with_a_long_label_is_closed() {
    let mut sim = Sim::new(8);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(2);
    let labels = ["a".repeat(255), "a".repeat(256)];
    let opens = labels.clone().map(|label| {
        let config = str0m::channel::ChannelConfig { label, ..Default::default() };
        sim.client(1).rtc.direct_api().create_data_channel(config)
    });
    sim.seconds(2);
    let is_reported = labels.map(|label| {
        sim.outputs.iter().any(|output| matches!(output, Output::ChannelOpened { config, .. } if config.label == label))
    });
    assert_eq!(is_reported, [true, false]);
    assert_eq!(opens.map(|channel| sim.client(1).rtc.channel(channel).is_some()), [true, false]);
}
