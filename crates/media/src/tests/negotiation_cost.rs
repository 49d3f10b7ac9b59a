//! CPU cost of an offer on the media thread: it grows with the square of its sections. Printed from an optimised build.

use std::time::Duration;

use super::sim::{origin, server};
use crate::{Config, IceCreds, Media, PeerId};

const REAL: &str = include_str!("../../../../fuzz/offers/chromium-publishes.sdp");

/// The offer of a client that has this many sections. Chromium's, or as short as they can be.
fn offer(sections: usize, short: bool, candidates: usize) -> String {
    let (session, rest) = REAL.split_at(REAL.find("m=").expect("a section"));
    let mids: Vec<String> = (0..sections).map(|mid| mid.to_string()).collect();
    let session = session.lines().filter(|line| !line.starts_with("a=group:BUNDLE"));
    let mut lines: Vec<String> = session.map(str::to_owned).collect();
    lines.push(format!("a=group:BUNDLE {}", mids.join(" ")));
    let video = rest.split("m=").find(|text| text.starts_with("video")).expect("a video section");
    for mid in &mids {
        if short {
            let transport = video.lines().filter(|line| {
                ["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"].iter().any(|name| line.starts_with(name))
            });
            lines.push("m=audio 9 UDP/TLS/RTP/SAVPF 0".to_owned());
            lines.extend(transport.map(str::to_owned));
            lines.extend([format!("a=mid:{mid}"), "a=recvonly".to_owned()]);
        } else {
            let own = video.lines().filter(|line| !line.starts_with("a=ssrc") && !line.starts_with("a=candidate"));
            let line = |line: &str| if line.starts_with("a=mid:") { format!("a=mid:{mid}") } else { line.to_owned() };
            lines.push(format!("m={}", own.clone().next().unwrap_or_default()));
            lines.extend(own.skip(1).map(line));
        }
    }
    let candidate = |port| format!("a=candidate:{port} 1 udp 1 192.0.2.1 {port} typ host");
    lines.extend((0..candidates).map(|number| candidate(1_000 + number)));
    lines.join("\r\n") + "\r\n"
}

#[test]
fn largest_offer_is_answered_within_its_bound() {
    let mut media = Media::new(std::sync::Arc::new(Config::new(&[server()], &[server()]).expect("a config")));
    let cases = [(1, false, 0), (20, false, 0), (85, false, 0), (20, true, 64), (100, true, 0), (256, true, 64)];
    for (peer, (sections, short, candidates)) in (1..).zip(cases) {
        let text = offer(sections, short, candidates);
        let (mut parse, mut first, mut again) = (Duration::MAX, Duration::MAX, Duration::MAX);
        for round in 0..if cfg!(debug_assertions) { 1 } else { 10 } {
            let peer = PeerId(peer * 100 + round);
            media.join(origin(), peer, IceCreds { ufrag: format!("p{}", peer.0), pwd: "0".repeat(24) });
            let began = origin();
            str0m::change::SdpOffer::from_sdp_string(&text).expect("an offer");
            parse = parse.min(origin() - began);
            for best in [&mut first, &mut again] {
                let began = origin();
                let answer = media.accept_offer(began, peer, &text).expect("an answer");
                *best = (*best).min(origin() - began);
                assert_eq!(answer.sections.len(), sections);
            }
            media.remove(origin(), peer);
        }
        println!(
            "{sections} sections (short: {short}), {} bytes: parse {parse:?}, first {first:?}, again {again:?}",
            text.len()
        );
    }
}
