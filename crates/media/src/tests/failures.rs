//! Failures of one peer do not affect others.

use proptest::prelude::*;
use str0m::net::Protocol;
use str0m::rtp::Extension;

use super::client::Client;
use super::encoder::decodes;
use super::sim::{RECV_AUDIO, RECV_VIDEO, SEND_AUDIO, SEND_VIDEO, Sim, origin, server};
use crate::{Config, Description, IceCreds, Input, Media, OfferError, Output, PeerId, SdpLimit, Transport};

#[test]
fn panic_removes_only_the_peer_that_caused_it() {
    let mut sim = Sim::new(1);
    let one = sim.join(1, &[SEND_VIDEO]);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.join(3, &[SEND_AUDIO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(2);
    sim.media.peers.lend(&PeerId(3)).unwrap().panic_on_receive = true;
    let before = decodes(&sim.client(2).video_stamps(two[0])).unwrap();
    sim.seconds(2);
    let failed = |output: &&Output| matches!(output, Output::Failed { peer: PeerId(3), .. });
    assert_eq!(sim.outputs.iter().filter(failed).count(), 1);
    assert_eq!(sim.media.peers().collect::<Vec<_>>(), [PeerId(1), PeerId(2)]);
    assert!(decodes(&sim.client(2).video_stamps(two[0])).unwrap() > before + 50);
}

#[test]
fn closed_peer_is_removed_its_subscriber_stays() {
    let mut sim = Sim::new(2);
    let one = sim.join(1, &[SEND_VIDEO]);
    let two = sim.join(2, &[RECV_VIDEO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.seconds(2);
    sim.client(1).rtc.close().unwrap();
    sim.seconds(2);
    assert!(sim.outputs.iter().any(|output| matches!(output, Output::Closed(PeerId(1)))));
    assert_eq!(sim.media.publication_of((PeerId(2), two[0])), None);
    assert_eq!(sim.media.peers().collect::<Vec<_>>(), [PeerId(2)]);
}

#[test]
fn leave_closes_the_clients_connection() {
    let mut sim = Sim::new(3);
    sim.join(1, &[SEND_AUDIO]);
    sim.seconds(2);
    sim.media.leave(sim.now, PeerId(1));
    sim.drain();
    sim.seconds(1);
    assert!(!sim.client(1).rtc.is_alive(), "reported goodbye");
    assert_eq!(sim.media.peers().count(), 0);
}

#[test]
fn oversized_packets_are_dropped() {
    let mut sim = Sim::new(4);
    // A sender with shorter headers than ours has room for a payload that does not fit our packets.
    let sparing = Client::with(sim.now, 1, Protocol::Udp, |config| {
        config.clear_extension_map().set_extension(4, Extension::RtpMid)
    });
    let one = sim.join_client(1, sparing, &[SEND_VIDEO, SEND_AUDIO], &[]);
    sim.seconds(1);
    sim.client(1).tracks[0].size = 1_976;
    let two = sim.join(2, &[RECV_VIDEO, RECV_AUDIO]);
    sim.connect((1, one[0]), (2, two[0]));
    sim.connect((1, one[1]), (2, two[1]));
    sim.seconds(3);
    assert_eq!(sim.media.peers().count(), 2, "{:?}", sim.outputs);
    assert!(sim.client(2).audio_stamps(two[1]).len() > 100, "other tracks continue");
    assert!(sim.media.take_drops().oversized_payloads > 50);
}

fn room() -> Media {
    let config = Config::new(&[server()], &[server()]).unwrap();
    let mut media = Media::new(std::sync::Arc::new(config));
    let ice = IceCreds { ufrag: "abcd".into(), pwd: "0123456789012345678901".into() };
    media.join(origin(), PeerId(1), ice);
    media
}

#[test]
fn invalid_offers_return_their_error() {
    let mut media = room();
    let now = origin();
    assert!(matches!(media.accept_offer(now, PeerId(1), "hello"), Err(OfferError::Unreadable(_))));
    assert!(matches!(media.accept_offer(now, PeerId(2), "hello"), Err(OfferError::UnknownPeer)));
    let section = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\na=recvonly\r\n";
    let sections = section.repeat(9_000);
    let too_many = |result| matches!(result, Err(OfferError::TooLarge(SdpLimit::Sections)));
    assert!(too_many(media.accept_offer(now, PeerId(1), &sections).map(drop)));
    assert!(too_many(media.accept_answer(now, PeerId(1), &sections)));
    let empty = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    assert!(matches!(
        media.accept_offer(now, PeerId(1), empty),
        Err(OfferError::Refused(_) | OfferError::Unreadable(_))
    ));
}

#[test]
fn description_parsed_before_is_accepted_as_its_text_is() {
    let (now, sections) = (origin(), [SEND_AUDIO, SEND_VIDEO]);
    let (text, _) = Client::new(now, 1, Protocol::Udp).offer(now, &sections, &[], true);
    let mut parsed = Description::from(&text);
    parsed.parse_offer().unwrap();
    let mut as_answer = Description::from(&text);
    as_answer.parse_answer().unwrap();
    let expected = room().accept_offer(now, PeerId(1), text).unwrap().sections;
    for offer in [parsed, as_answer] {
        assert_eq!(room().accept_offer(now, PeerId(1), offer).unwrap().sections, expected);
    }
    assert!(matches!(Description::from("hello").parse_offer(), Err(OfferError::Unreadable(_))));
}

#[test]
fn section_with_changed_kind_is_refused() {
    let (mut media, now) = (room(), origin());
    let create_offer = |sections| Client::new(now, 1, Protocol::Udp).offer(now, sections, &[], false);
    let (first, names) = create_offer(&[SEND_AUDIO, SEND_VIDEO]);
    media.accept_offer(now, PeerId(1), &first).unwrap();
    let (second, others) = create_offer(&[SEND_VIDEO, SEND_AUDIO]);
    let renamed = |text: String, (other, name)| {
        [":", " "]
            .iter()
            .fold(text, |text, before| text.replace(&format!("{before}{other}"), &format!("{before}{name}")))
    };
    let second = others.iter().zip(&names).fold(second, renamed);
    assert!(matches!(media.accept_offer(now, PeerId(1), &second), Err(OfferError::Refused(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_datagrams_are_dropped(datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..40), first in any::<u8>()) {
        let mut media = room();
        for mut bytes in datagrams {
            // Half of them start like a packet that is parsed.
            if let Some(byte) = bytes.first_mut() {
                *byte = if *byte < 128 { *byte } else { first };
            }
            let input = Input::Datagram {
                peer: PeerId(1),
                transport: Transport::Udp,
                source: "203.0.113.5:999".parse().unwrap(),
                destination: server(),
                bytes: &bytes,
            };
            media.handle(origin(), input);
            while media.poll().is_some() {}
        }
        prop_assert_eq!(media.peers().count(), 1, "strangers cannot deactivate a peer");
    }

    #[test]
    fn malformed_offers_do_not_affect_the_room(cuts in prop::collection::vec((0usize..400, 0usize..40, "[ -~]{0,12}"), 1..6)) {
        let mut client = Client::new(origin(), 1, Protocol::Udp);
        let (offer, _) = client.offer(origin(), &[SEND_AUDIO, SEND_VIDEO, RECV_AUDIO, RECV_VIDEO], &["q", "h"], true);
        let mut lines: Vec<String> = offer.lines().map(str::to_owned).collect();
        for (line, column, text) in cuts {
            let line = line % lines.len();
            let column = column.min(lines[line].len());
            lines[line].insert_str(column, &text);
            if text.is_empty() {
                lines.remove(line);
            }
        }
        let mut media = room();
        let accept_answer = media.accept_offer(origin(), PeerId(1), lines.join("\r\n"));
        if !matches!(accept_answer, Err(OfferError::Broken)) {
            prop_assert_eq!(media.peers().count(), 1);
        }
    }
}
