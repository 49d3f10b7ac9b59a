//! Keyframe requests (PLI) from a subscription to its publisher.

use std::time::Instant;

use str0m::media::Rid;

use super::media::Media;
use crate::ids::Port;
use crate::sdp::section::Kind;

impl Media {
    /// This sink needs a keyframe: its source is asked, if there is one and it is not asked too often.
    pub(crate) fn ask_for(&mut self, now: Instant, sink: Port) {
        let Some(source) = self.table.source_of(sink) else {
            return;
        };
        let Some(receiver) = self.peers.get(&sink.0).and_then(|peer| peer.sinks.get(&sink.1)) else {
            return;
        };
        if receiver.paused || receiver.starved {
            return;
        }
        let rid = receiver.shows().or_else(|| self.best(sink, now)).unwrap_or(None);
        self.ask(now, source, rid);
    }

    pub(crate) fn ask(&mut self, now: Instant, source: Port, rid: Option<Rid>) {
        let Some(peer) = self.peers.get_mut(&source.0) else {
            return;
        };
        let Some(published) = peer.sources.get_mut(&source.1) else {
            return;
        };
        if published.kind == Kind::Video && published.ask(now, rid) {
            peer.ask_keyframe(source.1, rid);
        }
    }
}
