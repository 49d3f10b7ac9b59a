//! A simulated browser's side of a negotiation: all sections it ever had, in order, in their current state.

use std::fmt::Write as _;

/// What a section carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Audio,
    Video,
    /// Video in three simulcast layers.
    Simulcast,
    Data,
}

pub(crate) const KINDS: &[Kind] = &[Kind::Audio, Kind::Video, Kind::Simulcast, Kind::Data];
pub(crate) const DIRECTIONS: &[&str] = &["sendonly", "recvonly", "sendrecv", "inactive"];

/// One section.
#[derive(Clone, Debug)]
struct Section {
    kind: Kind,
    direction: &'static str,
    track: String,
    stopped: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    sections: Vec<Section>,
    /// ICE restarts so far; part of the credentials.
    restarts: u32,
}

impl Browser {
    /// With one at a time; more find the same and take longer.
    const MAX_ADDED: usize = 24;
    /// More than the server accepts.
    const MAX_SECTIONS: usize = 300;

    pub(crate) fn add(&mut self, kind: Kind, direction: &'static str, track: &str) {
        if self.sections.len() < Self::MAX_ADDED {
            self.sections.push(Section { kind, direction, track: track.to_owned(), stopped: false });
        }
    }

    /// Adds so many sections at once, to come near the server's limit or beyond it.
    pub(crate) fn add_many(&mut self, count: usize, kind: Kind, direction: &'static str) {
        let section = Section { kind, direction, track: "many".to_owned(), stopped: false };
        self.sections.extend(std::iter::repeat_n(section, count));
        self.sections.truncate(Self::MAX_SECTIONS);
    }

    pub(crate) fn set_direction(&mut self, index: usize, direction: &'static str) {
        let index = index % self.sections.len().max(1);
        self.sections.get_mut(index).into_iter().for_each(|section| section.direction = direction);
    }

    pub(crate) fn stop(&mut self, index: usize) {
        let index = index % self.sections.len().max(1);
        self.sections.get_mut(index).into_iter().for_each(|section| section.stopped = true);
    }

    pub(crate) fn restart_ice(&mut self) {
        self.restarts += 1;
    }

    pub(crate) fn offer(&self) -> String {
        let mut text =
            String::from("v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE");
        let bundled = self.sections.iter().enumerate().filter(|(_, section)| !section.stopped);
        bundled.for_each(|(mid, _)| text.push_str(&format!(" {mid}")));
        text.push_str("\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n");
        for (mid, section) in self.sections.iter().enumerate() {
            let port = if section.stopped { 0 } else { 9 };
            let (media, formats) = section.media();
            let _ = write!(
                text,
                "m={media} {port} {formats}\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:fz{:02}\r\n",
                self.restarts
            );
            let _ = write!(text, "a=ice-pwd:{:024}\r\na=ice-options:trickle\r\n{FINGERPRINT}", self.restarts);
            let _ = write!(text, "a=setup:actpass\r\na=mid:{mid}\r\n");
            section.describe(&mut text);
        }
        text
    }
}

impl Section {
    fn media(&self) -> (&'static str, &'static str) {
        match self.kind {
            Kind::Audio => ("audio", "UDP/TLS/RTP/SAVPF 111 63"),
            Kind::Video | Kind::Simulcast => ("video", "UDP/TLS/RTP/SAVPF 96 97 102 98 45"),
            Kind::Data => ("application", "UDP/DTLS/SCTP webrtc-datachannel"),
        }
    }

    fn describe(&self, text: &mut String) {
        if self.kind == Kind::Data {
            return text.push_str("a=sctp-port:5000\r\na=max-message-size:262144\r\n");
        }
        let _ = write!(text, "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na={}\r\n", self.direction);
        if matches!(self.direction, "sendonly" | "sendrecv") {
            let _ = write!(text, "a=msid:- {}\r\n", self.track);
        }
        text.push_str("a=rtcp-mux\r\na=rtcp-rsize\r\n");
        text.push_str(if self.kind == Kind::Audio { AUDIO } else { VIDEO });
        if self.kind == Kind::Simulcast && matches!(self.direction, "sendonly" | "sendrecv") {
            text.push_str(SIMULCAST);
        }
    }
}

/// A browser's answer to the server's offer: each section with the opposite direction.
pub(crate) fn answer_to(offer: &str) -> String {
    let mut text = String::new();
    for line in offer.lines() {
        let line = match line {
            "a=sendonly" => "a=recvonly",
            "a=recvonly" => "a=sendonly",
            "a=setup:actpass" => "a=setup:active",
            "a=ice-lite" => continue,
            _ if line.starts_with("a=ice-ufrag:") => "a=ice-ufrag:answ",
            _ if line.starts_with("a=ice-pwd:") => "a=ice-pwd:000000000000000000000000",
            _ if line.starts_with("a=fingerprint:") => FINGERPRINT.trim_end(),
            _ if ["a=ssrc", "a=msid:", "a=candidate:"].iter().any(|start| line.starts_with(start)) => continue,
            _ => line,
        };
        text.push_str(line);
        text.push_str("\r\n");
    }
    text
}

const FINGERPRINT: &str = "a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:\
    F0:A1:58:D0:A1:2C:19:08\r\n";

const AUDIO: &str = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=rtpmap:111 opus/48000/2\r\n\
    a=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\n\
    a=fmtp:63 111/111\r\n";

const VIDEO: &str = "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n\
    a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n\
    a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
    a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\n\
    a=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:102 H264/90000\r\n\
    a=rtcp-fb:102 nack pli\r\na=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
    a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\na=rtpmap:45 AV1/90000\r\n";

const SIMULCAST: &str = "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n";
