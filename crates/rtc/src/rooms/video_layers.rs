//! Simulcast layers, as subscribers ask for them and publishers send them (adaptive stream, dynacast).

use std::time::Instant;

use anteroom_media::{Mid, PeerId};
use anteroom_room::{ParticipantSid, Track};
use anteroom_signalling::TrackSettings;

use super::backup_codec::codec_of;
use super::layer_choice::max_layer;
use super::live_room::LiveRoom;

impl LiveRoom {
    /// Pauses what a subscriber does not render, and limits the layer to what it renders.
    pub(super) fn apply_track_settings(&mut self, now: Instant, section: (PeerId, Mid), settings: &TrackSettings) {
        self.media.pause(now, section, settings.disabled);
        if let Some(priority) = settings.priority {
            self.media.set_priority(now, section, priority);
        }
        let Some(source) = self.media.publication_of(section) else { return };
        let Some((_, track)) = self.track_of(source) else { return };
        let layer = max_layer(track, &self.media.layers(source), settings);
        self.media.set_max_layer(now, section, layer);
    }

    /// Reports to a subscriber that a video is paused for want of bandwidth, or goes on.
    pub(super) fn report_stream_state(&mut self, section: (PeerId, Mid), paused: bool) {
        let Some(source) = self.media.publication_of(section) else { return };
        let Some((from, track)) = self.track_of(source) else { return };
        let (from, track) = (from.clone(), track.sid.clone());
        if let Some(to) = self.by_peer.get(&section.0).cloned() {
            self.send_signal(&to, |signalling| signalling.stream_paused(&from, &track, paused));
        }
    }

    /// Reports to a publisher how many layers of a track have subscribers (dynacast).
    pub(super) fn report_subscribed_layers(&mut self, source: (PeerId, Mid), layers: usize) {
        let Some((from, track)) = self.track_of(source) else { return };
        let backup = track.backup.as_ref().filter(|backup| Mid::from(backup.mid.as_str()) == source.1);
        let announced = || codec_of(backup.map_or(&track.mime, |backup| &backup.mime));
        let Some(codec) = self.media.codec(source).or_else(announced) else { return };
        let (to, track) = (from.clone(), track.clone());
        self.send_signal(&to, |signalling| signalling.subscribed_layers(&track, codec, layers));
    }

    fn track_of(&self, (peer, mid): (PeerId, Mid)) -> Option<(&ParticipantSid, &Track)> {
        let from = self.by_peer.get(&peer)?;
        let sid = self.connections.get(from)?.signalling.published_on(mid)?;
        Some((from, self.room.participant(from)?.track(sid)?))
    }
}
