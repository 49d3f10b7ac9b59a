//! How large people see each other: what their programs want, and what is told of it.

use std::time::Instant;

use anteroom_dialect::livekit::{self, Settings};
use anteroom_media::{LayerKey, Mid, PeerId};
use anteroom_room::{ParticipantSid, Track};

use super::codecs::codec_of;
use super::live::Live;

impl Live {
    /// What is not on anybody's screen needs no sending, and what is small no large pictures.
    pub(super) fn suit(&mut self, now: Instant, sink: (PeerId, Mid), settings: &Settings) {
        self.media.pause(now, sink, settings.disabled);
        let Some(source) = self.media.publication_of(sink) else { return };
        let Some((_, track)) = self.track_of(source) else { return };
        let rids: Vec<_> = self.media.layers(source).into_iter().filter_map(LayerKey::rid).collect();
        let limit = livekit::limit(track, &rids, settings);
        self.media.set_max_layer(now, sink, limit.map(LayerKey::Rid));
    }

    /// A subscriber is told why a picture stands still, or that it goes on.
    pub(super) fn starve(&mut self, sink: (PeerId, Mid), starved: bool) {
        let Some(source) = self.media.publication_of(sink) else { return };
        let Some((from, track)) = self.track_of(source) else { return };
        let frame = livekit::stream_state(from, &track.sid, starved);
        if let Some(to) = self.by_peer.get(&sink.0).cloned() {
            self.say(&to, frame);
        }
    }

    /// A publisher is told how many of a track's layers anybody wants.
    pub(super) fn want(&mut self, source: (PeerId, Mid), layers: usize) {
        let Some((from, track)) = self.track_of(source) else { return };
        let backup = track.backup.as_ref().filter(|backup| Mid::from(backup.mid.as_str()) == source.1);
        let announced = || codec_of(backup.map_or(&track.mime, |backup| &backup.mime));
        let Some(codec) = self.media.codec(source).or_else(announced) else { return };
        let (to, frame) = (from.clone(), livekit::subscribed_quality(track, codec, layers));
        self.say(&to, frame);
    }

    fn track_of(&self, (peer, mid): (PeerId, Mid)) -> Option<(&ParticipantSid, &Track)> {
        let from = self.by_peer.get(&peer)?;
        let sid = self.devices.get(from)?.session.published_on(mid)?;
        Some((from, self.room.stay(from)?.track(sid)?))
    }
}
