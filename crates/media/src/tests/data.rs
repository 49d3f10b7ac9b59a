//! Messages beside the media.

use super::sim::{MIC, Sim};
use crate::{Channel, Output, PeerId};

#[test]
fn messages_go_up_and_down_on_their_channels() {
    let mut sim = Sim::new(1);
    sim.join(1, &[MIC]);
    sim.seconds(3);
    for channel in [Channel::Reliable, Channel::Lossy] {
        assert!(sim.outputs.contains(&Output::Opened { peer: PeerId(1), channel }), "{:?}", sim.outputs);
        sim.client(1).say(channel.label(), b"up");
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
    sim.join(1, &[MIC]);
    assert!(!sim.media.send_data(sim.now, PeerId(1), Channel::Reliable, b"too early"));
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
    sim.join(1, &[MIC]);
    sim.seconds(3);
    sim.cut.push(1);
    let message = [1; 60_000];
    let now = sim.now;
    let taken = (0..200).take_while(|_| sim.media.send_data(now, PeerId(1), Channel::Reliable, &message));
    let taken = taken.count();
    assert!((35..60).contains(&taken), "{taken} messages of a file of two megabytes and more were taken");
}
