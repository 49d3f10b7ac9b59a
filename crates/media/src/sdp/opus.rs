//! Opus parameters in our answer: DTX, stereo, RED.
//!
//! A publisher encodes what the other side's description asks for; str0m answers the same for every section.

use std::collections::BTreeMap;

use str0m::media::Mid;

use super::lines::split;

/// What the publisher of an audio track and the server agreed on outside of SDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpusParams {
    /// RED: every packet repeats the previous one (RFC 2198).
    pub redundant: bool,
    /// DTX: almost nothing is sent during silence (RFC 7587 section 3.1.3).
    pub dtx: bool,
    /// Two channels, with a matching bitrate.
    pub stereo: bool,
}

/// The answer `sdp` with these parameters in these sections; all others are unchanged.
pub fn with_opus_params(sdp: &str, params: &BTreeMap<Mid, OpusParams>) -> String {
    let (session, sections) = split(sdp);
    let mut lines: Vec<String> = session.into_iter().map(str::to_owned).collect();
    for section in &sections {
        let mid = section.iter().find_map(|line| line.strip_prefix("a=mid:")).map(Mid::from);
        match mid.and_then(|mid| params.get(&mid)) {
            Some(params) => params.write(section, &mut lines),
            None => lines.extend(section.iter().map(|line| (*line).to_owned())),
        }
    }
    lines.join("\r\n") + "\r\n"
}

impl OpusParams {
    fn write(self, section: &[&str], lines: &mut Vec<String>) {
        let payload_type = |codec: &str| {
            let maps = section.iter().filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '));
            maps.into_iter().find(|(_, name)| name.starts_with(codec)).map(|(payload_type, _)| payload_type)
        };
        let (opus, red) = (payload_type("opus/48000"), payload_type("red/48000"));
        let format = opus.map(|opus| format!("a=fmtp:{opus} ")).unwrap_or_default();
        for line in section {
            if line.starts_with("m=") {
                lines.push(self.with_red_order(line, red));
            } else if !format.is_empty() && line.starts_with(&format) {
                lines.push(format!("{line}{}", self.fmtp_params()));
            } else {
                lines.push((*line).to_owned());
            }
        }
    }

    /// A publisher sends the first payload type.
    fn with_red_order(self, line: &str, red: Option<&str>) -> String {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let position = red.and_then(|red| words.iter().skip(3).position(|word| *word == red));
        if let Some(position) = position {
            let red = words.remove(position + 3);
            words.insert(if self.redundant { 3 } else { words.len() }, red);
        }
        words.join(" ")
    }

    fn fmtp_params(self) -> String {
        let dtx = if self.dtx { ";usedtx=1" } else { "" };
        let stereo = if self.stereo { ";stereo=1;maxaveragebitrate=510000" } else { "" };
        format!("{dtx}{stereo}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n\
        a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:1\r\na=rtpmap:111 opus/48000/2\r\n";

    fn answered(params: OpusParams) -> String {
        with_opus_params(ANSWER, &BTreeMap::from([(Mid::from("0"), params)]))
    }

    #[test]
    fn red_and_dtx_are_requested() {
        let text = answered(OpusParams { redundant: true, dtx: true, stereo: false });
        assert!(text.contains("m=audio 9 UDP/TLS/RTP/SAVPF 63 111 9\r\n"), "{text}");
        assert!(text.contains("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n"), "{text}");
        assert!(text.contains("SAVPF 111 63\r\na=mid:1"), "other sections are unchanged: {text}");
        assert!(text.contains("a=fmtp:63 111/111\r\n"), "{text}");
    }

    #[test]
    fn stereo_is_requested_without_dtx() {
        let text = answered(OpusParams { redundant: false, dtx: false, stereo: true });
        assert!(text.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 9 63\r\n"), "{text}");
        assert!(text.contains("useinbandfec=1;stereo=1;maxaveragebitrate=510000\r\n"), "{text}");
        assert!(!text.contains("usedtx"), "{text}");
    }

    #[test]
    fn without_params_the_answer_is_unchanged() {
        assert_eq!(with_opus_params(ANSWER, &BTreeMap::new()), ANSWER);
    }
}
