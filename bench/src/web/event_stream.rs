//! A stream of server-sent events (WHATWG HTML, section 9.2), as far as our server uses them.

use anyhow::{Context, Result};
use http_body_util::BodyExt;
use hyper::body::Incoming;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerEvent {
    pub(crate) name: String,
    pub(crate) data: String,
}

/// An open stream. Dropping it closes its connection.
pub(crate) struct EventStream {
    body: Incoming,
    parser: EventParser,
}

impl EventStream {
    pub(super) fn new(body: Incoming) -> Self {
        Self { body, parser: EventParser::default() }
    }

    /// The next event. An error if the server ends the stream.
    pub(crate) async fn next(&mut self) -> Result<ServerEvent> {
        loop {
            if let Some(event) = self.parser.next() {
                return Ok(event);
            }
            let frame = self.body.frame().await.context("the stream ended")?;
            let frame = frame.context("the stream broke off")?;
            self.parser.add(frame.data_ref().map(AsRef::as_ref).unwrap_or_default());
        }
    }
}

/// The bytes of an event that is not complete yet.
#[derive(Default)]
struct EventParser(Vec<u8>);

impl EventParser {
    fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Option<ServerEvent> {
        loop {
            let end = self.0.windows(2).position(|pair| pair == b"\n\n")?;
            let event: Vec<u8> = self.0.drain(..end + 2).collect();
            let event = String::from_utf8_lossy(&event);
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            // A comment has no data.
            if let Some(data) = field("data") {
                return Some(ServerEvent {
                    name: field("event").unwrap_or("message").to_owned(),
                    data: data.to_owned(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_complete_whatever_the_frames_are() {
        let sent = "event: standing\ndata: {\"a\":1}\n\n:\n\nevent: beat\ndata: 0a\n\n";
        let event = |name: &str, data: &str| ServerEvent { name: name.to_owned(), data: data.to_owned() };
        for size in [1, 7, sent.len()] {
            let mut parser = EventParser::default();
            let mut found = Vec::new();
            for frame in sent.as_bytes().chunks(size) {
                parser.add(frame);
                found.extend(std::iter::from_fn(|| parser.next()));
            }
            assert_eq!(found, [event("standing", "{\"a\":1}"), event("beat", "0a")], "{size}");
        }
    }
}
