//! Parser for a client's offer: direction, msid, simulcast layers of each section.
//!
//! str0m parses it too; this reads only what str0m does not expose. Every line is untrusted.

use str0m::media::{Mid, Rid};

use super::lines::split;
use super::section::{Direction, Kind, Msid};

/// RIDs with a fixed meaning in LiveKit's clients, lowest layer first.
const NAMED_LAYERS: [[&str; 3]; 2] = [["q", "h", "f"], ["2", "1", "0"]];

/// Simulcast layers of one section; clients send up to three. Every allocation compares all of them.
pub(crate) const MAX_LAYERS: usize = 4;

/// What one section of the offer declares.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) mid: Mid,
    pub(crate) kind: Kind,
    pub(crate) direction: Direction,
    pub(crate) msid: Option<Msid>,
    pub(crate) rids: Vec<Rid>,
    /// Audio may be sent as RED (RFC 2198).
    pub(crate) redundant: bool,
}

/// Every section that has a mid and a known kind, in order.
pub(crate) fn sections(sdp: &str) -> Vec<Offered> {
    let (session, sections) = split(sdp);
    let bundled = session
        .iter()
        .find_map(|line| line.strip_prefix("a=group:BUNDLE"))
        .map(|mids| mids.split_whitespace().collect::<Vec<_>>())
        .unwrap_or_default();
    sections.iter().filter_map(|lines| section(lines, &bundled)).collect()
}

fn section(lines: &[&str], bundled: &[&str]) -> Option<Offered> {
    let mut media = lines.first()?.strip_prefix("m=")?.split_whitespace();
    let kind = match media.next()? {
        "audio" => Kind::Audio,
        "video" => Kind::Video,
        "application" => Kind::Data,
        _ => return None,
    };
    let mid = attribute(lines, "mid:").next()?;
    // Port 0 outside the bundle is a stopped section (RFC 9143 section 7.2.3).
    let stopped = media.next() == Some("0") && !bundled.contains(&mid);
    let sends = attribute(lines, "rid:").filter(|rid| rid.ends_with(" send") || rid.contains(" send "));
    let declared: Vec<&str> = sends.filter_map(|rid| rid.split(' ').next()).collect();
    Some(Offered {
        mid: Mid::from(mid),
        kind,
        direction: if stopped { Direction::Inactive } else { direction(lines) },
        msid: msid(lines),
        rids: simulcast_order(&declared, attribute(lines, "simulcast:").next()),
        redundant: kind == Kind::Audio && attribute(lines, "rtpmap:").any(|map| map.ends_with(" red/48000/2")),
    })
}

fn attribute<'a>(lines: &'a [&'a str], name: &'a str) -> impl Iterator<Item = &'a str> {
    lines.iter().filter_map(move |line| line.strip_prefix("a=")?.strip_prefix(name).map(str::trim))
}

fn direction(lines: &[&str]) -> Direction {
    lines
        .iter()
        .find_map(|line| match line.trim_end() {
            "a=sendrecv" => Some(Direction::SendRecv),
            "a=sendonly" => Some(Direction::SendOnly),
            "a=recvonly" => Some(Direction::RecvOnly),
            "a=inactive" => Some(Direction::Inactive),
            _ => None,
        })
        .unwrap_or(Direction::SendRecv)
}

/// `a=msid:stream track`, or the same as an attribute of an SSRC.
fn msid(lines: &[&str]) -> Option<Msid> {
    let of_section = attribute(lines, "msid:");
    let of_ssrc = attribute(lines, "ssrc:").filter_map(|ssrc| ssrc.split_once(" msid:").map(|(_, id)| id));
    of_section.chain(of_ssrc).find_map(|id| {
        let (stream, track) = id.split_once(' ')?;
        Some(Msid { stream: stream.to_owned(), track: track.trim().to_owned() })
    })
}

/// The layers of `a=simulcast:send q;h;f`, lowest first; `~` marks a layer that starts paused.
///
/// RFC 8853 leaves open whether the lowest comes first. It does in browsers. LiveKit's Rust SDK writes `f;h;q`, so names
/// with a fixed meaning are sorted.
fn simulcast_order(declared: &[&str], simulcast: Option<&str>) -> Vec<Rid> {
    let mut words = simulcast.unwrap_or_default().split_whitespace();
    let order = words.find(|word| *word == "send").and_then(|_| words.next()).unwrap_or_default();
    let rids = order
        .split(';')
        .take(MAX_LAYERS)
        .filter_map(|layer| layer.split(',').next())
        .map(|rid| rid.trim_start_matches('~'))
        .filter(|rid| declared.contains(rid));
    let mut order = rids.fold(Vec::new(), |mut order, rid| {
        if !order.contains(&rid) {
            order.push(rid);
        }
        order
    });
    if let Some(names) = NAMED_LAYERS.iter().find(|names| order.iter().all(|rid| names.contains(rid))) {
        order.sort_by_key(|rid| names.iter().position(|name| name == rid));
    }
    order.into_iter().map(Rid::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OFFER: &str = "v=0\r\na=group:BUNDLE 0 1 2\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=msid:- mic-1\r\n\
        a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=sendonly\r\na=msid:s cam\r\na=rid:q send\r\n\
        a=rid:h send\r\na=rid:f send\r\na=simulcast:send q;~h;f\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\na=recvonly\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:3\r\na=recvonly\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:4\r\n";

    #[test]
    fn direction_msid_and_rids_are_parsed() {
        let sections = sections(OFFER);
        let [audio, video, bundled, stopped, data] = sections.as_slice() else { panic!("five sections") };
        assert_eq!(audio.msid, Some(Msid { stream: "-".into(), track: "mic-1".into() }));
        assert_eq!(audio.direction, Direction::SendOnly);
        assert!(audio.redundant && !video.redundant);
        assert_eq!(video.rids, ["q", "h", "f"].map(Rid::from));
        assert_eq!(bundled.direction, Direction::RecvOnly, "port 0 inside the bundle");
        assert_eq!(stopped.direction, Direction::Inactive, "port 0 outside the bundle");
        assert_eq!(data.kind, Kind::Data);
    }

    #[test]
    fn named_layers_are_sorted_others_keep_their_order() {
        let order = |list: &str| simulcast_order(&["q", "h", "f", "0", "1", "2", "x"], Some(&format!("send {list}")));
        assert_eq!(order("f;h;q"), ["q", "h", "f"].map(Rid::from), "LiveKit's Rust SDK");
        assert_eq!(order("f;~q"), ["q", "f"].map(Rid::from));
        assert_eq!(order("0;1;2"), ["2", "1", "0"].map(Rid::from));
        assert_eq!(order("f;x;q"), ["f", "x", "q"].map(Rid::from));
    }

    #[test]
    fn long_and_repeated_simulcast_lists_are_cut() {
        let declared: Vec<String> = (0..9).map(|number| number.to_string()).collect();
        let declared: Vec<&str> = declared.iter().map(String::as_str).collect();
        let order = |list: &[&str]| simulcast_order(&declared, Some(&format!("send {}", list.join(";"))));
        assert_eq!(order(&["1"; 100_000]), [Rid::from("1")]);
        assert_eq!(order(&declared), ["0", "1", "2", "3"].map(Rid::from));
    }

    proptest! {
        #[test]
        fn parsed_sections_are_not_more_than_the_offer_contains(text in "(m=|a=|mid:|rid:|simulcast:send |;|~| |\r\n|[a-z0-9\u{202e}]){0,60}") {
            let parsed = sections(&text);
            prop_assert!(parsed.len() <= text.matches("m=").count());
            for section in parsed {
                prop_assert!(section.rids.len() <= text.matches(';').count() + 1);
                prop_assert!(section.msid.is_none_or(|msid| text.contains(&msid.stream) && text.contains(&msid.track)));
            }
        }
    }
}
