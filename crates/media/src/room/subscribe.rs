//! Subscriptions: connected, paused, resumed, limited to a layer, disconnected.

use std::time::Instant;

use str0m::media::{Mid, Rid};

use super::media::Media;
use crate::ids::{PeerId, Port};

impl Media {
    /// From now on, what `source` publishes goes out to `sink`; pictures begin with a keyframe, which is
    /// asked for. A sink has one source: connecting it again moves it. May be said before the sections
    /// are negotiated and before anything flows, but not before both peers have joined.
    pub fn connect(&mut self, now: Instant, source: (PeerId, Mid), sink: (PeerId, Mid)) {
        let now = self.at(now);
        if !self.peers.contains_key(&source.0) || !self.peers.contains_key(&sink.0) {
            return;
        }
        if self.table.connect(source, sink) {
            self.restart(sink);
            self.ask_for(now, sink);
            self.wish(now, sink);
        }
    }

    /// Nothing goes out to this sink any more.
    pub fn disconnect(&mut self, sink: (PeerId, Mid)) {
        if let Some(source) = self.table.disconnect(sink) {
            self.end(sink);
            self.now.into_iter().for_each(|now| self.weigh(now, source));
        }
    }

    /// Holds a sink back, or lets it go on (with a keyframe). The connection is kept.
    pub fn pause(&mut self, now: Instant, sink: (PeerId, Mid), paused: bool) {
        let now = self.at(now);
        let Some(held) = self.peers.get_mut(&sink.0).map(|peer| peer.sinks.entry(sink.1).or_default()) else {
            return;
        };
        if held.paused != paused {
            held.paused = paused;
            held.restart();
            self.ask_for(now, sink);
            self.wish(now, sink);
        }
    }

    /// The most this sink should get: the best layer not above `rid`; `None` for the best there is.
    pub fn prefer(&mut self, now: Instant, sink: (PeerId, Mid), rid: Option<Rid>) {
        let now = self.at(now);
        if let Some(peer) = self.peers.get_mut(&sink.0) {
            peer.sinks.entry(sink.1).or_default().limit = rid;
            self.wish(now, sink);
        }
    }

    /// What a sink wants has changed: so may what its peer is sent, and what its publisher need send.
    fn wish(&mut self, now: Instant, sink: Port) {
        if let Some(peer) = self.peers.get_mut(&sink.0) {
            peer.bandwidth.think();
        }
        if let Some(source) = self.table.source_of(sink) {
            self.weigh(now, source);
        }
    }
}
