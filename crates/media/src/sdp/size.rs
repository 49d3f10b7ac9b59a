//! Size of a description, counted before it is parsed: the cost of parsing and applying grows with the square of what
//! it lists, so a limit in bytes alone does not bound it.

/// Bytes of a description. A browser's offer with a hundred sections is about 200 kB.
const MAX_BYTES: usize = 512 * 1024;
/// Sections of a description. A connection keeps every section it ever had.
pub const MAX_SECTIONS: usize = 256;
/// Candidates of a description: a host with twenty interfaces has three for each.
const MAX_CANDIDATES: usize = 64;
/// Bytes of one line. The longest of browsers is the `m=` line of a video section, 145 bytes.
const MAX_LINE: usize = 2_048;
/// Lines of one section. Chromium writes 168 for a video section with simulcast.
const MAX_SECTION_LINES: usize = 512;
/// Lines of a description: a hundred such sections.
const MAX_LINES: usize = 20_000;
/// Payload types of one section. Chromium lists 35 for video.
const MAX_PAYLOAD_TYPES: usize = 64;

/// `a=ssrc` lines of a description. Chromium writes 24 for a camera with simulcast by SSRC, and only for what it sends.
const MAX_SSRC_LINES: usize = 2_048;

/// Which limit a description exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpLimit {
    /// Bytes of the whole text.
    #[error("it is longer than {MAX_BYTES} bytes")]
    Bytes,
    /// `m=` lines.
    #[error("it has more than {MAX_SECTIONS} sections")]
    Sections,
    /// `a=candidate` lines.
    #[error("it has more than {MAX_CANDIDATES} candidates")]
    Candidates,
    /// `a=ssrc` lines.
    #[error("it has more than {MAX_SSRC_LINES} ssrc lines")]
    SsrcLines,
    /// Bytes of one line.
    #[error("a line is longer than {MAX_LINE} bytes")]
    LineLength,
    /// Lines of one section.
    #[error("a section has more than {MAX_SECTION_LINES} lines")]
    SectionLines,
    /// Lines of the whole text.
    #[error("it has more than {MAX_LINES} lines")]
    Lines,
    /// Formats of one `m=` line.
    #[error("a section has more than {MAX_PAYLOAD_TYPES} payload types")]
    PayloadTypes,
}

/// Checks an offer or answer against all limits, in one pass without allocation. Returns how many sections it has.
pub(crate) fn check_size(sdp: &str) -> Result<usize, SdpLimit> {
    within(sdp.len(), MAX_BYTES, SdpLimit::Bytes)?;
    let (mut lines, mut section_lines, mut sections, mut candidates, mut ssrcs) = (0, 0, 0, 0, 0);
    // A parser may take either character as the end of a line, or both together.
    for line in sdp.split(['\r', '\n']).filter(|line| !line.is_empty()) {
        within(line.len(), MAX_LINE, SdpLimit::LineLength)?;
        lines += 1;
        within(lines, MAX_LINES, SdpLimit::Lines)?;
        section_lines += 1;
        if line.starts_with("m=") {
            (sections, section_lines) = (sections + 1, 1);
            within(sections, MAX_SECTIONS, SdpLimit::Sections)?;
            // Kind, port and protocol come first.
            within(line.split_whitespace().skip(3).count(), MAX_PAYLOAD_TYPES, SdpLimit::PayloadTypes)?;
        }
        within(section_lines, MAX_SECTION_LINES, SdpLimit::SectionLines)?;
        candidates += usize::from(line.starts_with("a=candidate"));
        within(candidates, MAX_CANDIDATES, SdpLimit::Candidates)?;
        ssrcs += usize::from(line.starts_with("a=ssrc:"));
        within(ssrcs, MAX_SSRC_LINES, SdpLimit::SsrcLines)?;
    }
    Ok(sections)
}

fn within(count: usize, limit: usize, exceeded: SdpLimit) -> Result<(), SdpLimit> {
    if count <= limit { Ok(()) } else { Err(exceeded) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\na=recvonly\r\n";

    #[test]
    fn each_limit_is_exact_and_named() {
        let candidate = "a=candidate:1 1 udp 1 192.0.2.1 7882 typ host\r\n";
        let attributes = |count| format!("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n{}", "a=x\r\n".repeat(count));
        let payload_types = |count| format!("m=video 9 UDP/TLS/RTP/SAVPF{}\r\n", " 96".repeat(count));
        let line = |length: usize| format!("a={}\r\n", "x".repeat(length - 2));
        let ssrcs =
            |lines: usize| format!("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n{}", "a=ssrc:1 cname:x\r\n".repeat(lines - 1));
        let many_lines = |count: usize| attributes(399).repeat(count / 400);
        for (allowed, refused, limit) in [
            (SECTION.repeat(256), SECTION.repeat(257), SdpLimit::Sections),
            (candidate.repeat(64), candidate.repeat(65), SdpLimit::Candidates),
            (ssrcs(500).repeat(4), ssrcs(500).repeat(5), SdpLimit::SsrcLines),
            (line(2_048), line(2_049), SdpLimit::LineLength),
            (attributes(511), attributes(512), SdpLimit::SectionLines),
            (many_lines(20_000), many_lines(20_400), SdpLimit::Lines),
            (payload_types(64), payload_types(65), SdpLimit::PayloadTypes),
            (line(2_048).repeat(255), line(2_048).repeat(257), SdpLimit::Bytes),
        ] {
            assert!(check_size(&allowed).is_ok(), "{limit:?}");
            assert_eq!(check_size(&refused), Err(limit));
        }
    }

    #[test]
    fn any_line_ending_counts() {
        for ending in ["\r\n", "\n", "\r"] {
            assert_eq!(check_size(&SECTION.repeat(20).replace("\r\n", ending)), Ok(20));
            assert_eq!(check_size(&SECTION.repeat(9_000).replace("\r\n", ending)), Err(SdpLimit::Sections));
        }
    }
}
