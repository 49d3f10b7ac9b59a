//! Codec order in our answer, which decides the codec a publisher sends.
//!
//! A browser sends the first codec of the other side's description; str0m answers in its own order for every section.
//! A client that prefers H264 and is answered with VP8 first would send VP8.

use std::collections::BTreeMap;

use str0m::media::Mid;

use super::lines::split;
use super::section::Codec;

/// The answer `sdp` with the payload types of these sections in this order of codecs; the rest is unchanged.
pub fn with_codec_order(sdp: &str, orders: &BTreeMap<Mid, Vec<Codec>>) -> String {
    let (session, sections) = split(sdp);
    let mut lines: Vec<String> = session.into_iter().map(str::to_owned).collect();
    for section in &sections {
        let mid = section.iter().find_map(|line| line.strip_prefix("a=mid:")).map(Mid::from);
        let order = mid.and_then(|mid| orders.get(&mid));
        for line in section {
            match order {
                Some(order) if line.starts_with("m=") => lines.push(reorder(line, section, order)),
                _ => lines.push((*line).to_owned()),
            }
        }
    }
    lines.join("\r\n") + "\r\n"
}

/// The `m=` line: three fields, then the payload types.
fn reorder(line: &str, section: &[&str], order: &[Codec]) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let position = |payload_type: &str| {
        let codec = codec_name(section, payload_type).and_then(Codec::from_name);
        codec.and_then(|codec| order.iter().position(|wanted| *wanted == codec)).unwrap_or(order.len())
    };
    if let Some(payload_types) = words.get_mut(3..) {
        payload_types.sort_by_key(|payload_type| position(payload_type));
    }
    words.join(" ")
}

/// The codec name of a payload type, as in `a=rtpmap:96 VP8/90000`.
fn codec_name<'a>(section: &[&'a str], payload_type: &str) -> Option<&'a str> {
    let maps = section.iter().filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '));
    maps.into_iter().find(|(known, _)| *known == payload_type).and_then(|(_, name)| name.split('/').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 98\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\n\
        a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:102 H264/90000\r\na=rtpmap:103 rtx/90000\r\n\
        a=rtpmap:98 VP9/90000\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n";

    fn answered(order: &[Codec]) -> String {
        with_codec_order(ANSWER, &BTreeMap::from([(Mid::from("0"), order.to_vec())]))
    }

    #[test]
    fn preferred_codec_is_listed_first_others_keep_their_order() {
        let text = answered(&[Codec::H264, Codec::Vp8]);
        assert!(text.contains("m=video 9 UDP/TLS/RTP/SAVPF 102 96 97 103 98\r\n"), "{text}");
        assert!(text.contains("SAVPF 96\r\na=mid:1"), "other sections are unchanged: {text}");
        assert_eq!(text.lines().count(), ANSWER.lines().count());
    }

    #[test]
    fn unknown_codec_or_section_changes_nothing() {
        assert_eq!(answered(&[Codec::Av1]), ANSWER);
        assert_eq!(with_codec_order(ANSWER, &BTreeMap::new()), ANSWER);
    }
}
