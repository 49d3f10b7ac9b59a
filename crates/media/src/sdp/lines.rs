//! The text of a description, split into its sections.

/// The session's lines, and the lines of each section starting with its `m=`.
pub(crate) fn split(sdp: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let mut session = Vec::new();
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in sdp.lines() {
        if line.starts_with("m=") {
            sections.push(vec![line]);
        } else if let Some(section) = sections.last_mut() {
            section.push(line);
        } else {
            session.push(line);
        }
    }
    (session, sections)
}

/// The kind and mid of each section. An answer must have the outline of its offer (RFC 8829 section 5.3.1): an offer
/// that turns an audio section into a video section is refused.
pub(crate) fn section_outline(sdp: &str) -> Vec<(Option<&str>, Option<&str>)> {
    let (_, sections) = split(sdp);
    let carries = |lines: &[_]| lines.first().and_then(|line: &&str| line.split_whitespace().next());
    sections.iter().map(|lines| (carries(lines), lines.iter().find_map(|line| line.strip_prefix("a=mid:")))).collect()
}
