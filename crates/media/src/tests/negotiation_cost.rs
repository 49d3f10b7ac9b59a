//! CPU cost of an offer: parsing it, which the socket's task does, and applying it on the media thread. Printed from an
//! optimised build; the largest offers that are accepted are among them.

use std::time::Duration;

use super::sim::{origin, server};
use crate::{Config, Description, IceCreds, Media, PeerId};

const REAL: &str = include_str!("../../../../fuzz/offers/chromium-publishes.sdp");
/// Bytes and lines of an offer that is accepted.
const MAX_BYTES: usize = 512 * 1024;
const MAX_LINES: usize = 20_000;

/// The first section of Chromium's that starts with this.
fn real_section(start: &str) -> Vec<&'static str> {
    let sections = REAL.split("m=").find(|text| text.starts_with(start)).expect("a section");
    sections.lines().collect()
}

/// An offer of this many sections, or of as many as fit. Each has its mid and these lines.
fn offer(sections: usize, media: &str, lines: &[String]) -> (usize, String) {
    let length: usize = lines.iter().map(|line| line.len() + 2).sum::<usize>() + media.len() + 20;
    let sections = sections.min((MAX_BYTES - 2_000) / length).min((MAX_LINES - 20) / (lines.len() + 2));
    let mids: Vec<String> = (0..sections).map(|mid| mid.to_string()).collect();
    let session = REAL.lines().take_while(|line| !line.starts_with("m="));
    let mut text: Vec<String> = session.filter(|line| !line.starts_with("a=group:BUNDLE")).map(str::to_owned).collect();
    text.push(format!("a=group:BUNDLE {}", mids.join(" ")));
    for mid in mids {
        text.push(format!("m={media}"));
        text.extend(lines.iter().cloned());
        text.push(format!("a=mid:{mid}"));
    }
    (sections, text.join("\r\n") + "\r\n")
}

#[test]
fn offers_up_to_the_limits_are_answered() {
    let video = real_section("video");
    let is_own = |line: &&&str| !["a=mid", "a=ssrc", "a=candidate"].iter().any(|start| line.starts_with(start));
    let chromium: Vec<String> = video.iter().skip(1).filter(is_own).map(|line| (*line).to_owned()).collect();
    let transport = |line: &&String| {
        ["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"].iter().any(|start| line.starts_with(start))
    };
    let short: Vec<String> = chromium.iter().filter(transport).cloned().chain(["a=recvonly".to_owned()]).collect();
    let sending: Vec<String> = short.iter().map(|line| line.replace("recvonly", "sendonly")).collect();
    let with = |lines: &[String], more: Vec<String>| [lines, &more].concat();
    let ssrcs = |count: u32| (1..=count).map(|ssrc| format!("a=ssrc:{ssrc} cname:x")).collect::<Vec<_>>();
    let candidates = (0..64).map(|port| format!("a=candidate:{port} 1 udp 1 192.0.2.1 {} typ host", 1_000 + port));
    let payload_types: Vec<u32> = (64..128).collect();
    let maps = payload_types.iter().map(|number| format!("a=rtpmap:{number} opus/48000/2")).collect::<Vec<_>>();
    let numbers = payload_types.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let (audio, most) = ("audio 9 UDP/TLS/RTP/SAVPF 0", format!("audio 9 UDP/TLS/RTP/SAVPF {numbers}"));
    for (name, (sections, text)) in [
        ("Chromium", offer(1, video[0], &chromium)),
        ("Chromium", offer(20, video[0], &chromium)),
        ("Chromium", offer(256, video[0], &chromium)),
        ("short", offer(20, audio, &short)),
        ("short", offer(100, audio, &short)),
        ("short", offer(256, audio, &short)),
        ("64 candidates", offer(1, audio, &with(&short, candidates.collect()))),
        ("8 SSRCs each", offer(256, audio, &with(&sending, ssrcs(8)))),
        ("64 payload types each", offer(256, &most, &with(&short, maps))),
    ] {
        print_cost(name, sections, &text);
    }
}

fn print_cost(name: &str, sections: usize, text: &str) {
    let mut media = Media::new(std::sync::Arc::new(Config::new(&[server()], &[server()]).expect("a config")));
    let (mut parse, mut first, mut again) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for round in 0..if cfg!(debug_assertions) { 1 } else { 10 } {
        let peer = PeerId(round);
        media.join(origin(), peer, IceCreds { ufrag: format!("p{round:04}"), pwd: "0".repeat(24) });
        for best in [&mut first, &mut again] {
            let (mut offer, began) = (Description::from(text), origin());
            offer.parse_offer().expect("an offer");
            parse = parse.min(origin() - began);
            let began = origin();
            let answer = media.accept_offer(began, peer, offer).expect("an answer");
            *best = (*best).min(origin() - began);
            assert_eq!(answer.sections.len(), sections);
        }
        media.remove(origin(), peer);
    }
    println!("{sections} sections, {name}, {} bytes: parse {parse:?}, apply {first:?}, again {again:?}", text.len());
}
