//! Codec order and codecs in our answer, which decide the codec a publisher sends.
//!
//! A browser sends the first codec of the other side's description; str0m answers in its own order for every section.
//! A client that prefers H264 and is answered with VP8 first would send VP8.

use std::collections::{BTreeMap, BTreeSet};

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

/// The answer `sdp` without these codecs in these sections, so that the client sends none of them. A section that has no
/// other codec is unchanged.
pub fn without_codecs(sdp: &str, codecs: &[Codec], sections: &BTreeSet<Mid>) -> String {
    let (session, all) = split(sdp);
    let mut lines: Vec<String> = session.into_iter().map(str::to_owned).collect();
    for section in &all {
        let mid = section.iter().find_map(|line| line.strip_prefix("a=mid:")).map(Mid::from);
        if mid.is_some_and(|mid| sections.contains(&mid)) {
            lines.extend(without(section, codecs));
        } else {
            lines.extend(section.iter().map(|line| (*line).to_owned()));
        }
    }
    lines.join("\r\n") + "\r\n"
}

fn without(section: &[&str], codecs: &[Codec]) -> Vec<String> {
    let is_excluded = |payload_type: &str| {
        codec_name(section, payload_type).and_then(Codec::from_name).is_some_and(|codec| codecs.contains(&codec))
    };
    // Retransmissions have a payload type of their own: `a=fmtp:97 apt=96` (RFC 4588).
    let original = |payload_type: &str| {
        let parameters = section.iter().filter_map(|line| line.strip_prefix("a=fmtp:")?.split_once(" apt="));
        parameters.into_iter().find(|(repair, _)| *repair == payload_type).map(|(_, original)| original)
    };
    let is_kept = |payload_type: &&str| !is_excluded(original(payload_type).unwrap_or(payload_type));
    let mut kept = Vec::new();
    for line in section {
        let attribute = ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"].iter().find_map(|name| line.strip_prefix(name));
        if line.starts_with("m=") {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (start, payload_types) = words.split_at_checked(3).unwrap_or_default();
            let payload_types: Vec<&str> = payload_types.iter().copied().filter(is_kept).collect();
            if payload_types.is_empty() {
                return section.iter().map(|line| (*line).to_owned()).collect();
            }
            kept.push([start, &payload_types].concat().join(" "));
        } else if attribute.and_then(|text| text.split(' ').next()).is_none_or(|payload_type| is_kept(&payload_type)) {
            kept.push((*line).to_owned());
        }
    }
    kept
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
    fn excluded_codec_and_its_retransmissions_are_left_out() {
        let sent = BTreeSet::from([Mid::from("0")]);
        let text = without_codecs(ANSWER, &[Codec::Vp8], &sent);
        assert!(text.contains("m=video 9 UDP/TLS/RTP/SAVPF 102 103 98\r\n"), "{text}");
        assert!(!text.contains("apt=96") && text.contains("a=rtpmap:103 rtx"), "{text}");
        assert!(text.ends_with("SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n"), "not sent by the client: {text}");
        assert_eq!(without_codecs(ANSWER, &[Codec::Vp8], &BTreeSet::from([Mid::from("1")])), ANSWER, "no other codec");
        assert_eq!(without_codecs(ANSWER, &[], &sent), ANSWER);
    }

    #[test]
    fn unknown_codec_or_section_changes_nothing() {
        assert_eq!(answered(&[Codec::Av1]), ANSWER);
        assert_eq!(with_codec_order(ANSWER, &BTreeMap::new()), ANSWER);
    }
}
