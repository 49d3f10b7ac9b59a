//! Descriptions of strangers, and their answers to ours: what we say to them keeps the order of their sections and no
//! line of theirs, and nobody else in the room notices.

mod texts;

use std::collections::BTreeMap;

use anteroom_dialect::livekit::DataChannel;
use anteroom_media::{
    Answer, ChannelConfig, IceCreds, Kind, Media, Mid, Msid, OfferChange, OfferError, OpusParams, PeerId, ServerOffer,
    with_opus_params,
};

use crate::browser::{Browser, Kind as Carries, answer_to};
use crate::scenario::Scenario;
use crate::{alarm, place};

/// She was there before, sends and receives.
const ADA: PeerId = PeerId(1);
/// What we offer to strangers goes here, what they offer there.
const EAR: PeerId = PeerId(2);
const MOUTH: PeerId = PeerId(3);

/// What an answer of ours may say about a section or all.
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
    alarm::listen();
    let mut scenario = Scenario::new(bytes);
    let mut table = Table::new();
    for _ in 0..12 {
        if scenario.is_over() {
            break;
        }
        table.step(&mut scenario);
        table.check();
    }
}

struct Table {
    media: Media,
    now: std::time::Instant,
    browser: Browser,
    /// The sections that strangers were offered, and the last offer's text.
    offered: Vec<Mid>,
    text: String,
    sink: Mid,
}

impl Table {
    fn new() -> Self {
        let now = place::moment();
        let mut media = Media::new(place::media());
        for peer in [ADA, EAR, MOUTH] {
            join(&mut media, now, peer);
        }
        let mut browser = Browser::default();
        for (kind, direction) in [(Carries::Sound, "sendonly"), (Carries::Pictures, "recvonly")] {
            browser.add(kind, direction, "hers");
        }
        let answer = media.accept_offer(now, ADA, &browser.offer()).expect("an offer of a good client");
        let sink = answer.sections[1].mid;
        Self { media, now, browser: Browser::default(), offered: vec![], text: String::new(), sink }
    }

    fn step(&mut self, scenario: &mut Scenario<'_>) {
        match scenario.below(8) {
            0..4 => self.offers(scenario),
            4..6 => self.proposes(scenario),
            6 => self.agrees(scenario),
            _ => {
                let peer = if scenario.flip() { EAR } else { MOUTH };
                join(&mut self.media, self.now, peer);
                self.browser = Browser::default();
                self.text.clear();
                self.offered.clear();
            }
        }
        while self.media.poll().is_some() {}
    }

    fn offers(&mut self, scenario: &mut Scenario<'_>) {
        let text = texts::offer(scenario, &mut self.browser);
        match self.media.accept_offer(self.now, MOUTH, &text) {
            Ok(answer) => {
                for section in answer.sections.iter().filter(|section| section.direction.publishes()) {
                    self.media.connect(self.now, (MOUTH, section.mid), (ADA, self.sink));
                }
                is_answer(&text, &answer, scenario);
            }
            // Half changed or gone: they are given up, as the rooms do.
            Err(OfferError::Refused(_) | OfferError::Broken) => join(&mut self.media, self.now, MOUTH),
            Err(_) => assert!(self.media.peers().any(|peer| peer == MOUTH)),
        }
    }

    fn proposes(&mut self, scenario: &mut Scenario<'_>) {
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
        match self.media.create_offer(self.now, EAR, &change) {
            Ok(Some(proposal)) => {
                assert_eq!(proposal.added.len(), change.add.len(), "not every section is offered");
                self.offered.extend(&proposal.added);
                self.offered.truncate(24);
                self.text = proposed(&proposal, &self.offered);
            }
            Ok(None) => {}
            Err(_) => join(&mut self.media, self.now, EAR),
        }
    }

    fn agrees(&mut self, scenario: &mut Scenario<'_>) {
        let answer =
            if scenario.seldom() { texts::offer(scenario, &mut Browser::default()) } else { answer_to(&self.text) };
        let answer = texts::spoiled(scenario, &answer);
        let agreed = self.media.accept_answer(self.now, EAR, &answer);
        if matches!(agreed, Err(OfferError::Refused(_) | OfferError::Broken)) {
            join(&mut self.media, self.now, EAR);
            self.offered.clear();
        }
    }

    fn check(&self) {
        alarm::heard();
        let peers: Vec<PeerId> = self.media.peers().collect();
        assert!(peers.contains(&ADA), "somebody who did nothing is gone: {peers:?}");
    }
}

fn join(media: &mut Media, now: std::time::Instant, peer: PeerId) {
    media.join(now, peer, IceCreds { ufrag: format!("peer{}", peer.0), pwd: "a+password+of+22+chars".to_owned() });
}

/// It has the stranger's sections in their order, and nothing else of theirs.
fn is_answer(offer: &str, answer: &Answer, scenario: &mut Scenario<'_>) {
    let label = Msid { stream: "PA_x|TR_y".to_owned(), track: "TR_y".to_owned() };
    let labels: BTreeMap<Mid, Msid> = answer.sections.iter().map(|section| (section.mid, label.clone())).collect();
    let text = answer.sdp(&labels);
    is_clean(&text);
    let kinds = |text: &str| media_lines(text).iter().map(|line| first_word(line).to_owned()).collect::<Vec<_>>();
    assert_eq!(kinds(&text), kinds(offer), "not the sections that were offered:\n{offer}\n---\n{text}");
    let mids: Vec<Mid> = text.lines().filter_map(|line| line.strip_prefix("a=mid:")).map(Mid::from).collect();
    let told: Vec<Mid> = answer.sections.iter().map(|section| section.mid).collect();
    assert_eq!(mids, told, "what is told of the sections is not what is answered:\n{offer}\n---\n{text}");
    for line in text.lines().filter(|line| line.starts_with("a=msid:")) {
        assert_eq!(line, "a=msid:PA_x|TR_y TR_y", "somebody's name for a track is not ours");
    }
    let voice = OpusParams { redundant: scenario.flip(), dtx: scenario.flip(), stereo: scenario.flip() };
    let said = with_opus_params(&text, &told.iter().map(|mid| (*mid, voice)).collect());
    is_clean(&said);
    assert_eq!(said.lines().count(), text.lines().count(), "a voice is a parameter, not a line");
    assert_eq!(kinds(&said), kinds(&text));
}

fn proposed(proposal: &ServerOffer, offered: &[Mid]) -> String {
    let label = |mid: &Mid| (*mid, Msid { stream: format!("PA_x|TR_{mid}"), track: format!("TR_{mid}") });
    let text = proposal.sdp(&offered.iter().map(label).collect());
    is_clean(&text);
    assert!(proposal.sdp(&BTreeMap::new()).lines().all(|line| line != "a=sendonly"), "a track nobody allowed");
    text
}

/// Lines as we write them, one under the other: nobody has put one between them.
fn is_clean(text: &str) {
    assert!(text.ends_with("\r\n"), "{text}");
    for line in text.trim_end_matches("\r\n").split("\r\n") {
        assert!(!line.contains(|c: char| c.is_control()), "a line within a line: {line:?}");
        let (kind, value) = line.split_once('=').unwrap_or((line, ""));
        let name = value.split(':').next().unwrap_or_default();
        let is_ours = matches!(kind, "v" | "o" | "s" | "t" | "c" | "m") || (kind == "a" && KNOWN.contains(&name));
        assert!(is_ours, "a line that is not ours: {line:?}");
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
