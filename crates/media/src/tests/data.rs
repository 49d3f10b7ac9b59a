//! Messages beside the media.

use std::time::Duration;

use super::sim::{SEND_AUDIO, Sim};
use crate::{Channel, Output, PeerId};

#[test]
fn messages_go_up_and_down_on_their_channels() {
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
fn a_message_too_large_or_to_nobody_is_not_taken() {
    let mut sim = Sim::new(2);
    sim.join(1, &[SEND_AUDIO]);
    assert!(!sim.media.send_data(sim.now, PeerId(1), Channel::Lossy, b"too early"));
    sim.seconds(3);
    assert!(!sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, &[0; 65_536]));
    assert!(sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, &[7; 60_000]));
    assert!(!sim.media.send_data(sim.now, PeerId(1), Channel::DataTrack, b"not open"));
    assert!(!sim.media.send_data(sim.now, PeerId(9), Channel::Reliable, b"nobody"));
    sim.seconds(2);
    assert_eq!(sim.client(1).messages, vec![("_reliable".to_owned(), vec![7; 60_000])]);
}

#[test]
fn a_peer_that_does_not_read_is_told_no_instead_of_filling_our_memory() {
    let mut sim = Sim::new(3);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(3);
    sim.disconnected.push(1);
    let message = [1; 60_000];
    let now = sim.now;
    let taken = (0..200).take_while(|_| sim.media.send_data(now, PeerId(1), Channel::Reliable, &message));
    let taken = taken.count();
    assert!((35..60).contains(&taken), "{taken} messages of a file of two megabytes and more were taken");
}

#[test]
fn what_is_said_to_somebody_who_is_still_connecting_reaches_them_first() {
    let mut sim = Sim::new(5);
    sim.join(1, &[SEND_AUDIO]);
    let sent = [b"one", b"two", b"six"];
    for word in sent {
        assert!(sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, word));
        sim.run(Duration::from_millis(1));
    }
    assert!(sim.client(1).channels.is_empty(), "they are still connecting");
    while !sim.outputs.contains(&Output::Opened { peer: PeerId(1), channel: Channel::Reliable }) {
        sim.run(Duration::from_millis(1));
    }
    assert!(sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, b"ten"));
    sim.seconds(1);
    let read: Vec<_> = sim.client(1).messages.iter().map(|(_, message)| message.as_slice()).collect();
    assert_eq!(read, [b"one", b"two", b"six", b"ten"]);
}

#[test]
fn somebody_who_never_connects_is_told_no_instead_of_filling_our_memory() {
    let mut sim = Sim::new(6);
    sim.join(1, &[SEND_AUDIO]);
    let (now, message) = (sim.now, [1; 60_000]);
    let taken = (0..200).take_while(|_| sim.media.send_data(now, PeerId(1), Channel::Reliable, &message));
    assert_eq!(taken.count(), 17, "a mebibyte of them");
}

#[test]
fn a_message_is_acknowledged_before_its_sender_believes_it_lost() {
    let mut sim = Sim::new(4);
    sim.join(1, &[]);
    sim.seconds(10);
    sim.client(1).send_message("_reliable", b"nobody has spoken for a while");
    let sent = sim.now;
    sim.client(1).due = sent;
    while sim.client(1).unacknowledged("_reliable") > 0 {
        sim.run(Duration::from_millis(10));
    }
    // Browsers send again after 400 ms, and believe from then on that the network is narrow.
    let took = sim.now - sent;
    assert!(took < Duration::from_millis(300), "{took:?}");
}
