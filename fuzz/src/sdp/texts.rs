//! Session descriptions: real ones with a few lines changed, and arbitrary texts.

use crate::browser::{Browser, DIRECTIONS, KINDS};
use crate::scenario::Scenario;

/// Real offers: Chromium and Firefox of 2026, and LiveKit's client on Chromium.
const REAL: &[&str] = &[
    include_str!("../../offers/chromium-plain.sdp"),
    include_str!("../../offers/firefox-plain.sdp"),
    include_str!("../../offers/firefox-publishes.sdp"),
    include_str!("../../offers/chromium-publishes.sdp"),
    include_str!("../../offers/chromium-livekit.sdp"),
];

/// Lines that are misplaced, excessive or incomplete.
const LINES: &[&str] = &[
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "m=video 0 UDP/TLS/RTP/SAVPF 96 97",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "m=text 9 UDP/TLS/RTP/SAVPF 98",
    "m=image 9 udptl t38",
    "m=",
    "a=mid:0",
    "a=mid:1",
    "a=mid:a mid that is far too long to be one",
    "a=mid:",
    "a=group:BUNDLE 0 1 2 3 4 5 6 7",
    "a=group:BUNDLE",
    "a=group:LS 0 0",
    "a=bundle-only",
    "a=sendonly",
    "a=recvonly",
    "a=sendrecv",
    "a=inactive",
    "a=rid:q send",
    "a=rid:q recv pt=96;max-width=1",
    "a=rid:~ send",
    "a=simulcast:send q;~h,f recv 1",
    "a=simulcast:recv q",
    "a=simulcast:",
    "a=ssrc:1 cname:x",
    "a=ssrc:1 msid:a b",
    "a=ssrc:4294967296 cname:x",
    "a=ssrc-group:FID 1 2",
    "a=ssrc-group:SIM 1 2 3",
    "a=ssrc-group:FID 1 1",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:96 VP8/0",
    "a=rtpmap:96 VP8/90000/255",
    "a=rtpmap:300 VP8/90000",
    "a=fmtp:96 apt=96",
    "a=fmtp:97 apt=97;apt=96",
    "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\u{b}a=evil",
    "a=fmtp:102 profile-level-id=zzzzzz;packetization-mode=9",
    "a=rtcp-fb:* nack pli",
    "a=rtcp-fb:96 \u{202e}goog-remb",
    "a=extmap:0 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:255/sendonly urn:x:y",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on",
    "a=setup:passive",
    "a=setup:active",
    "a=setup:holdconn",
    "a=fingerprint:sha-1 00",
    "a=fingerprint:sha-256 ",
    "a=ice-ufrag:a",
    "a=ice-ufrag:evil\ra=sendrecv",
    "a=ice-pwd:short",
    "a=ice-lite",
    "a=ice-options:ice2 trickle renomination",
    "a=candidate:1 1 udp 1 192.0.2.1 7882 typ host",
    "a=candidate:1 1 udp 4294967295 ::1 99999 typ relay raddr x rport y",
    "a=candidate:a b c",
    "a=end-of-candidates",
    "a=sctp-port:99999",
    "a=sctpmap:5000 webrtc-datachannel 65535",
    "a=max-message-size:0",
    "a=max-message-size:18446744073709551616",
    "a=sctp-init:AAAA",
    "a=rtcp-mux",
    "a=rtcp-mux-only",
    "a=rtcp:9 IN IP4 0.0.0.0",
    "a=msid:- -",
    "a=msid:x",
    "a=msid-semantic:WMS *",
    "b=AS:0",
    "b=TIAS:99999999999999999999",
    "c=IN IP6 ::",
    "k=clear:x",
    "t=0 0",
    "s=",
    "v=1",
    "z=0",
    "",
    " ",
    "\u{0}",
];

/// The text of an offer. `browser` is the client's simulated browser.
pub(crate) fn offer(scenario: &mut Scenario<'_>, browser: &mut Browser) -> String {
    let choice = scenario.below(8);
    let text = match REAL.get(choice) {
        Some(real) => (*real).to_owned(),
        None if choice == 7 => String::from_utf8_lossy(scenario.rest()).into_owned(),
        None => {
            let kind = scenario.one_of(KINDS).unwrap_or(KINDS[0]);
            let direction = scenario.one_of(DIRECTIONS).unwrap_or_default();
            match scenario.byte() {
                253.. => browser.add_many(50 + usize::from(scenario.byte()), kind, direction),
                choice => match choice % 6 {
                    0 => browser.set_direction(scenario.below(32), direction),
                    1 => browser.stop(scenario.below(32)),
                    2 => browser.restart_ice(),
                    _ => browser.add(kind, direction, "track"),
                },
            }
            browser.offer()
        }
    };
    mutated(scenario, &text)
}

/// Mutates some of its lines.
pub(crate) fn mutated(scenario: &mut Scenario<'_>, text: &str) -> String {
    let mut lines: Vec<String> = text.split("\r\n").map(str::to_owned).collect();
    for _ in 0..scenario.below(5) {
        let index = usize::from(scenario.word()) % lines.len().max(1);
        let other = usize::from(scenario.word()) % lines.len().max(1);
        match scenario.below(9) {
            0 => drop(lines.splice(index..(index + 1).min(lines.len()), [])),
            1 => lines.extend_from_within(index..(index + scenario.below(40)).min(lines.len())),
            2 if !lines.is_empty() => lines.swap(index, other),
            3 => lines.truncate(index),
            4 => lines.insert(index, scenario.one_of(LINES).unwrap_or_default().to_owned()),
            5 if scenario.seldom() => {
                let line = scenario.one_of(LINES).unwrap_or_default().to_owned();
                lines.splice(index..index, std::iter::repeat_n(line, usize::from(scenario.byte()) * 20));
            }
            6 => {
                let number = scenario.one_of(&["0", "1", "255", "65536", "4294967295", "18446744073709551616", "-1"]);
                lines.get_mut(index).into_iter().for_each(|line| *line = numbered(line, number.unwrap_or_default()));
            }
            _ => {
                let mut bytes = lines.get(index).cloned().unwrap_or_default().into_bytes();
                scenario.mutate(&mut bytes);
                let line = String::from_utf8_lossy(&bytes).into_owned();
                lines.get_mut(index).into_iter().for_each(|old| old.clone_from(&line));
            }
        }
    }
    lines.join("\r\n")
}

/// The line with its first number replaced.
fn numbered(line: &str, number: &str) -> String {
    let from = line.find(|c: char| c.is_ascii_digit()).unwrap_or(line.len());
    let rest = &line[from..];
    let to = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    format!("{}{number}{}", &line[..from], &rest[to..])
}
