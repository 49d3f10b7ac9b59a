//! Offers and answers of hostile clients: the server's answer keeps the order of their sections and copies no line of
//! theirs, and no other peer in the room is affected.

mod texts;

use std::collections::BTreeMap;

use anteroom_livekit::DataChannel;
use anteroom_media::{
    Answer, ChannelConfig, IceCreds, Kind, Media, Mid, Msid, OfferChange, OfferError, OpusParams, PeerId, ServerOffer,
    with_opus_params,
};

use crate::browser::{Browser, Kind as Carries, answer_to};
use crate::scenario::Scenario;
use crate::{fixtures, panic_log};

/// Joined before; sends and receives.
const ADA: PeerId = PeerId(1);
/// The hostile client's two peer connections: the server offers on one, the client on the other.
const SUBSCRIBER: PeerId = PeerId(2);
const PUBLISHER: PeerId = PeerId(3);

/// The limits of a description that the server applies.
const MAX_SECTIONS: usize = 256;
const MAX_CANDIDATES: usize = 64;
/// Bytes of an answer for each section.
const MAX_ANSWER_BYTES: usize = 4_096;
/// Outputs of a room without a connected peer that one description may cause.
const MAX_OUTPUTS: usize = 4;

/// Attributes the server's descriptions may contain.
const KNOWN: &[&str] = &[
    "candidate",
    "end-of-candidates",
    "extmap",
    "extmap-allow-mixed",
    "fingerprint",
    "fmtp",
    "group",
    "ice-lite",
    "ice-options",
    "ice-pwd",
    "ice-ufrag",
    "inactive",
    "max-message-size",
    "mid",
    "msid",
    "msid-semantic",
    "recvonly",
    "rid",
    "rtcp",
    "rtcp-fb",
    "rtcp-mux",
    "rtcp-rsize",
    "rtpmap",
    "sctp-port",
    "sctp-init",
    "sendonly",
    "sendrecv",
    "setup",
    "simulcast",
    "ssrc",
    "ssrc-group",
];

pub fn sdp(bytes: &[u8]) {
    panic_log::start();
    let mut scenario = Scenario::new(bytes);
    let mut room = SdpRoom::new();
    for _ in 0..12 {
        if scenario.is_over() {
            break;
        }
        room.step(&mut scenario);
        room.check();
    }
}

struct SdpRoom {
    media: Media,
    now: std::time::Instant,
    browser: Browser,
    /// Sections offered on the subscriber peer connection, and the last offer's text.
    offered: Vec<Mid>,
    text: String,
    sink: Mid,
}

impl SdpRoom {
    fn new() -> Self {
        let now = fixtures::start();
        let mut media = Media::new(fixtures::media());
        for peer in [ADA, SUBSCRIBER, PUBLISHER] {
            join(&mut media, now, peer);
        }
        let mut browser = Browser::default();
        for (kind, direction) in [(Carries::Audio, "sendonly"), (Carries::Video, "recvonly")] {
            browser.add(kind, direction, "hers");
        }
        let answer = media.accept_offer(now, ADA, browser.offer()).expect("an offer of a correct client");
        let sink = answer.sections[1].mid;
        Self { media, now, browser: Browser::default(), offered: vec![], text: String::new(), sink }
    }

    fn step(&mut self, scenario: &mut Scenario<'_>) {
        match scenario.below(8) {
            0..4 => self.offer(scenario),
            4..6 => self.propose(scenario),
            6 => self.answer(scenario),
            _ => {
                let peer = if scenario.flip() { SUBSCRIBER } else { PUBLISHER };
                join(&mut self.media, self.now, peer);
                self.browser = Browser::default();
                self.text.clear();
                self.offered.clear();
            }
        }
        let outputs = std::iter::from_fn(|| self.media.poll()).count();
        assert!(outputs <= MAX_OUTPUTS, "{outputs} outputs follow from one description");
    }

    fn offer(&mut self, scenario: &mut Scenario<'_>) {
        let text = texts::offer(scenario, &mut self.browser);
        match self.media.accept_offer(self.now, PUBLISHER, &text) {
            Ok(answer) => {
                check_cost(&text, &answer);
                for section in answer.sections.iter().filter(|section| section.direction.publishes()) {
                    self.media.connect(self.now, (PUBLISHER, section.mid), (ADA, self.sink));
                }
                check_answer(&text, &answer, scenario);
            }
            // The peer is half changed or gone: replace it, as the rooms do.
            Err(OfferError::Refused(_) | OfferError::Broken) => join(&mut self.media, self.now, PUBLISHER),
            Err(_) => assert!(self.media.peers().any(|peer| peer == PUBLISHER)),
        }
    }

    fn propose(&mut self, scenario: &mut Scenario<'_>) {
        let some = |scenario: &mut Scenario<'_>, offered: &[Mid]| {
            offered.iter().copied().filter(|_| scenario.byte() < 80).collect::<Vec<_>>()
        };
        let change = OfferChange {
            ice_restart: scenario.seldom(),
            channels: if scenario.flip() { channels() } else { Vec::new() },
            activate: some(scenario, &self.offered),
            deactivate: some(scenario, &self.offered),
            add: (0..scenario.below(3)).map(|_| if scenario.flip() { Kind::Audio } else { Kind::Video }).collect(),
        };
        match self.media.create_offer(self.now, SUBSCRIBER, &change) {
            Ok(Some(proposal)) => {
                assert_eq!(proposal.added.len(), change.add.len(), "not every section was added");
                self.offered.extend(&proposal.added);
                self.offered.truncate(24);
                self.text = proposed(&proposal, &self.offered);
            }
            Ok(None) => {}
            Err(_) => join(&mut self.media, self.now, SUBSCRIBER),
        }
    }

    fn answer(&mut self, scenario: &mut Scenario<'_>) {
        let answer =
            if scenario.seldom() { texts::offer(scenario, &mut Browser::default()) } else { answer_to(&self.text) };
        let answer = texts::mutated(scenario, &answer);
        let answer_received = self.media.accept_answer(self.now, SUBSCRIBER, &answer);
        if matches!(answer_received, Err(OfferError::Refused(_) | OfferError::Broken)) {
            join(&mut self.media, self.now, SUBSCRIBER);
            self.offered.clear();
        }
    }

    fn check(&self) {
        panic_log::check();
        let peers: Vec<PeerId> = self.media.peers().collect();
        assert!(peers.contains(&ADA), "a peer that did nothing is gone: {peers:?}");
    }
}

fn join(media: &mut Media, now: std::time::Instant, peer: PeerId) {
    media.join(now, peer, IceCreds { ufrag: format!("peer{}", peer.0), pwd: "a+password+of+22+chars".to_owned() });
}

/// What is applied is within the limits, and the answer is not longer than its sections need: their squares, or a copy
/// of the offer's lines, would cost the thread of the room too much.
fn check_cost(offer: &str, answer: &Answer) {
    let count = |start| offer.split(['\r', '\n']).filter(|line| line.starts_with(start)).count();
    let (sections, candidates) = (count("m="), count("a=candidate"));
    assert!(sections <= MAX_SECTIONS && candidates <= MAX_CANDIDATES, "{sections} sections, {candidates} candidates");
    let bytes = answer.sdp(&BTreeMap::new()).len();
    assert!(bytes <= MAX_ANSWER_BYTES * (1 + sections), "{bytes} bytes answer {sections} sections");
}

/// The answer has the offered sections in their order, and nothing else from the offer.
fn check_answer(offer: &str, answer: &Answer, scenario: &mut Scenario<'_>) {
    let label = Msid { stream: "PA_x|TR_y".to_owned(), track: "TR_y".to_owned() };
    let labels: BTreeMap<Mid, Msid> = answer.sections.iter().map(|section| (section.mid, label.clone())).collect();
    let text = answer.sdp(&labels);
    check_lines(&text);
    let kinds = |text: &str| media_lines(text).iter().map(|line| first_word(line).to_owned()).collect::<Vec<_>>();
    assert_eq!(kinds(&text), kinds(offer), "not the sections that were offered:\n{offer}\n---\n{text}");
    let mids: Vec<Mid> = text.lines().filter_map(|line| line.strip_prefix("a=mid:")).map(Mid::from).collect();
    let reported: Vec<Mid> = answer.sections.iter().map(|section| section.mid).collect();
    assert_eq!(mids, reported, "the reported sections are not those of the answer:\n{offer}\n---\n{text}");
    for line in text.lines().filter(|line| line.starts_with("a=msid:")) {
        assert_eq!(line, "a=msid:PA_x|TR_y TR_y", "a client's track name in an answer");
    }
    let opus = OpusParams { redundant: scenario.flip(), dtx: scenario.flip(), stereo: scenario.flip() };
    let with_params = with_opus_params(&text, &reported.iter().map(|mid| (*mid, opus)).collect());
    check_lines(&with_params);
    assert_eq!(with_params.lines().count(), text.lines().count(), "Opus parameters add no lines");
    assert_eq!(kinds(&with_params), kinds(&text));
}

fn proposed(proposal: &ServerOffer, offered: &[Mid]) -> String {
    let label = |mid: &Mid| (*mid, Msid { stream: format!("PA_x|TR_{mid}"), track: format!("TR_{mid}") });
    let text = proposal.sdp(&offered.iter().map(label).collect());
    check_lines(&text);
    assert!(proposal.sdp(&BTreeMap::new()).lines().all(|line| line != "a=sendonly"), "a track without a label");
    text
}

/// Every line is one the server writes: none was injected.
fn check_lines(text: &str) {
    assert!(text.ends_with("\r\n"), "{text}");
    for line in text.trim_end_matches("\r\n").split("\r\n") {
        assert!(!line.contains(|c: char| c.is_control()), "a line within a line: {line:?}");
        let (kind, value) = line.split_once('=').unwrap_or((line, ""));
        let name = value.split(':').next().unwrap_or_default();
        let is_ours = matches!(kind, "v" | "o" | "s" | "t" | "c" | "m") || (kind == "a" && KNOWN.contains(&name));
        assert!(is_ours, "a line the server does not write: {line:?}");
    }
}

fn media_lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("m=")).collect()
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

/// The data channels that LiveKit's server opens.
fn channels() -> Vec<ChannelConfig> {
    DataChannel::ALL.map(DataChannel::config).to_vec()
}
