//! Track labels (msid) in a description that str0m wrote.

use std::collections::BTreeMap;

use str0m::media::Mid;

use super::lines::split;
use super::section::Msid;

/// A description of ours with the labels that the client is to see. `offered` is false for an answer.
pub(crate) fn labelled(ours: &str, labels: &BTreeMap<Mid, Msid>, offered: bool) -> String {
    let (session, sections) = split(ours);
    let mut text = Text(String::with_capacity(ours.len() + 64 * labels.len()));
    for line in session {
        match line {
            // A browser that knows we are ICE-lite nominates a pair only after an answer has arrived, and
            // on a slow path with its next check: up to a second of black video. Without the line it
            // nominates with every check. It sends checks either way; we never have to. In an offer the
            // line must stay: else the client leaves the nomination to us (RFC 8445 section 6.1.1).
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

    /// str0m invents an msid for what it sends; the client gets ours.
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

/// A label without characters that could end its line.
struct Label(String);

impl Label {
    fn of(msid: &Msid) -> Self {
        let token = |name: &str| name.chars().filter(char::is_ascii_graphic).collect::<String>();
        Self(format!("{} {}", token(&msid.stream), token(&msid.track)))
    }
}
