//! The answer to a peer's offer: what each section is, and the text to send back.

use std::collections::BTreeMap;

use crate::offer::split;
use crate::{Mid, Rid, Transport};

/// Why an offer was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// There is no such peer.
    #[error("no such peer")]
    UnknownPeer,
    /// Longer than any browser's offer could be.
    #[error("the offer is too long")]
    TooLong,
    /// Not SDP. The peer is as it was.
    #[error("the offer cannot be read: {0}")]
    Unreadable(String),
    /// SDP that cannot be agreed to. The peer may be half changed: give it up.
    #[error("the offer cannot be accepted: {0}")]
    Refused(String),
    /// The peer failed over it and was removed; [`crate::Output::Failed`] follows.
    #[error("the peer failed over its offer")]
    Broken,
}

/// Our side of a negotiation. The labels are put in at the end, by [`Answer::sdp`], because who
/// sends on which section is decided after the sections are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Every section of the offer, in its order.
    pub sections: Vec<Section>,
    /// The local ufrag from now on. It changes when the offer was an ICE restart: route it too.
    pub ufrag: String,
    pub(crate) text: String,
}

/// One m-section of the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name for the life of the connection.
    pub mid: Mid,
    /// What it carries.
    pub kind: Kind,
    /// As the client offered it: `SendOnly` means that the client sends. A rejected or stopped
    /// section is `Inactive`.
    pub direction: Direction,
    /// The stream and track the client says it sends here.
    pub msid: Option<Msid>,
    /// The simulcast layers the client sends, lowest first.
    pub rids: Vec<Rid>,
    /// What both sides can, in the client's order of preference.
    pub codecs: Vec<Codec>,
    /// Of sound: packets may carry the ones before them once more (RFC 2198).
    pub redundant: bool,
}

/// What a section carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
    /// The data channels.
    Data,
}

/// Who sends on a section, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    SendRecv,
    /// Only the client: it publishes.
    SendOnly,
    /// Only we: a place for somebody else's track.
    RecvOnly,
    /// Nobody.
    Inactive,
}

impl Direction {
    /// Whether the client sends.
    pub fn publishes(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the client can be sent something.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// The name of a track on the wire: `a=msid:stream track`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Msid {
    /// Which tracks belong together.
    pub stream: String,
    /// This one.
    pub track: String,
}

/// An encoding both sides understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// RFC 6716.
    Opus,
    /// RFC 6386.
    Vp8,
    /// RFC 6184.
    H264,
    /// RFC 9628.
    Vp9,
    /// AV1.
    Av1,
}

impl Codec {
    /// By its name in a description (`H264`) or in a request (`h264`); `None` for what we do not forward.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "opus" => Some(Self::Opus),
            "vp8" => Some(Self::Vp8),
            "h264" => Some(Self::H264),
            "vp9" => Some(Self::Vp9),
            "av1" => Some(Self::Av1),
            _ => None,
        }
    }

    pub(crate) fn of(codec: str0m::format::Codec) -> Option<Self> {
        match codec {
            str0m::format::Codec::Opus => Some(Self::Opus),
            str0m::format::Codec::Vp8 => Some(Self::Vp8),
            str0m::format::Codec::H264 => Some(Self::H264),
            str0m::format::Codec::Vp9 => Some(Self::Vp9),
            str0m::format::Codec::Av1 => Some(Self::Av1),
            _ => None,
        }
    }
}

impl Answer {
    /// The text to send. A section we have a label for is sent on under that name; a section that
    /// we could send on but have no label for is answered as if we sent nothing there.
    ///
    /// WebRTC tells a page of a new track when a section goes from inactive to sending, so give a
    /// section one answer without label between two different tracks.
    pub fn sdp(&self, labels: &BTreeMap<Mid, Msid>) -> String {
        labelled(&self.text, labels, false)
    }

    /// Our candidates, as they stand in the text, and the section they stand in.
    pub fn candidates(&self) -> (&str, Vec<&str>) {
        candidates(&self.text)
    }
}

/// The candidates of a description of ours, without the doubles: all sections share one connection.
pub(crate) fn candidates(text: &str) -> (&str, Vec<&str>) {
    let first = text.lines().find_map(|line| line.strip_prefix("a=mid:")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.strip_prefix("a=")).filter(|line| line.starts_with("candidate:"));
    let mut candidates = Vec::new();
    for line in lines {
        if !candidates.contains(&line) {
            candidates.push(line);
        }
    }
    (first, candidates)
}

/// The description `sdp` with our candidates of this transport alone.
pub fn reachable_by(transport: Transport, sdp: &str) -> String {
    let word = match transport {
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
    };
    // a=candidate:foundation component transport …
    let is_other = |line: &&str| {
        let candidate = line.strip_prefix("a=candidate:");
        candidate.is_some_and(|line| line.split(' ').nth(2).is_some_and(|spoken| !spoken.eq_ignore_ascii_case(word)))
    };
    sdp.lines().filter(|line| !is_other(line)).flat_map(|line| [line, "\r\n"]).collect()
}

/// A description of ours under the names the client is to see.
pub(crate) fn labelled(ours: &str, labels: &BTreeMap<Mid, Msid>, offered: bool) -> String {
    let (session, sections) = split(ours);
    let mut text = Text(String::with_capacity(ours.len() + 64 * labels.len()));
    for line in session {
        match line {
            // Told that we are lite, a browser nominates a pair only once an answer has come back,
            // and on a slow path with a ping of its next round: up to a second of black picture.
            // Not told, it nominates with every ping. It pings either way; we never have to. Only when
            // we offer it must be told: else it leaves the nomination to us (RFC 8445 section 6.1.1).
            "a=ice-lite" if !offered => {}
            line if line.starts_with("a=msid-semantic:") => text.line("a=msid-semantic: WMS *"),
            line => text.line(line),
        }
    }
    for lines in &sections {
        text.section(lines, labels);
    }
    text.0
}

struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push_str("\r\n");
    }

    fn section(&mut self, lines: &[&str], labels: &BTreeMap<Mid, Msid>) {
        let mid = lines.iter().find_map(|line| line.strip_prefix("a=mid:")).map(Mid::from);
        let label = mid.and_then(|mid| labels.get(&mid)).map(Label::of);
        let sends = lines.iter().any(|line| matches!(*line, "a=sendonly" | "a=sendrecv"));
        match label {
            Some(label) if sends => self.labelled(lines, &label),
            _ => self.unlabelled(lines),
        }
    }

    /// str0m invents a name for what it sends; the client is to see ours.
    fn labelled(&mut self, lines: &[&str], Label(label): &Label) {
        for line in lines {
            match line.split_once(" msid:") {
                _ if line.starts_with("a=msid:") => self.line(&format!("a=msid:{label}")),
                Some((ssrc, _)) if ssrc.starts_with("a=ssrc:") => {
                    self.line(&format!("{ssrc} msid:{label}"));
                }
                _ => self.line(line),
            }
        }
    }

    fn unlabelled(&mut self, lines: &[&str]) {
        for line in lines {
            match *line {
                "a=sendonly" => self.line("a=inactive"),
                "a=sendrecv" => self.line("a=recvonly"),
                line if line.starts_with("a=msid:") || line.starts_with("a=ssrc") => {}
                line => self.line(line),
            }
        }
    }
}

/// A label that cannot break out of its line.
struct Label(String);

impl Label {
    fn of(msid: &Msid) -> Self {
        let token = |name: &str| name.chars().filter(char::is_ascii_graphic).collect::<String>();
        Self(format!("{} {}", token(&msid.stream), token(&msid.track)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "v=0\r\na=ice-lite\r\na=msid-semantic:WMS abc\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=msid:abc def\r\na=ssrc:7 cname:x\r\n\
        a=ssrc:7 msid:abc def\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=recvonly\r\na=msid:abc ghi\r\n";

    fn answer() -> Answer {
        Answer { sections: vec![], ufrag: "ufrag".into(), text: TEXT.into() }
    }

    #[test]
    fn a_labelled_section_is_sent_under_our_name() {
        let msid = Msid { stream: "PA_x|TR_y".into(), track: "TR_y\r\na=evil".into() };
        let text = answer().sdp(&BTreeMap::from([(Mid::from("0"), msid)]));
        assert!(text.contains("a=sendonly\r\na=msid:PA_x|TR_y TR_ya=evil\r\n"), "{text}");
        assert!(text.contains("a=ssrc:7 msid:PA_x|TR_y TR_ya=evil\r\n"), "{text}");
        assert!(!text.contains("abc def"), "{text}");
    }

    #[test]
    fn a_browser_is_not_told_to_wait_with_its_nomination() {
        let text = answer().sdp(&BTreeMap::new());
        assert!(!text.contains("ice-lite"), "{text}");
    }

    #[test]
    fn a_section_without_label_is_answered_as_if_we_sent_nothing() {
        let text = answer().sdp(&BTreeMap::new());
        assert!(text.contains("a=mid:0\r\na=inactive\r\nm=video"), "{text}");
        assert!(text.ends_with("a=mid:1\r\na=recvonly\r\n"), "{text}");
    }

    #[test]
    fn candidates_of_one_transport_can_be_told_alone() {
        let text = "v=0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host\r\n\
            a=candidate:2 1 tcp 2130706175 192.0.2.1 7882 typ host tcptype passive\r\na=end-of-candidates\r\n";
        let tcp = reachable_by(Transport::Tcp, text);
        assert!(!tcp.contains(" udp ") && tcp.contains(" tcp ") && tcp.ends_with("a=end-of-candidates\r\n"), "{tcp}");
        assert!(!reachable_by(Transport::Udp, text).contains(" tcp "));
    }
}
