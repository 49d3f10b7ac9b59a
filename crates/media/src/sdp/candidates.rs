//! Our ICE candidates, as they are in an answer or offer of ours.

use crate::io::Transport;

/// The candidates of a description of ours without duplicates, and the first mid: all sections share one transport.
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

/// The description `sdp` with our candidates of this transport only.
pub fn only_candidates_of(transport: Transport, sdp: &str) -> String {
    let wanted = match transport {
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
    };
    // a=candidate:foundation component transport …
    let is_other = |line: &&str| {
        let candidate = line.strip_prefix("a=candidate:");
        candidate
            .is_some_and(|line| line.split(' ').nth(2).is_some_and(|protocol| !protocol.eq_ignore_ascii_case(wanted)))
    };
    sdp.lines().filter(|line| !is_other(line)).flat_map(|line| [line, "\r\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_candidates_of_one_transport_are_kept() {
        let text = "v=0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host\r\n\
            a=candidate:2 1 tcp 2130706175 192.0.2.1 7882 typ host tcptype passive\r\na=end-of-candidates\r\n";
        let tcp = only_candidates_of(Transport::Tcp, text);
        assert!(!tcp.contains(" udp ") && tcp.contains(" tcp ") && tcp.ends_with("a=end-of-candidates\r\n"), "{tcp}");
        assert!(!only_candidates_of(Transport::Udp, text).contains(" tcp "));
    }
}
