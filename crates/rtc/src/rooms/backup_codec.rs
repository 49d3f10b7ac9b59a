//! Codec choice per subscriber: a track is forwarded in a codec that its receiver has negotiated.
//!
//! A video may be published in two codecs, the second (backup codec) only once a subscriber needs it. A subscriber that
//! can decode neither gets a subscription error.

use std::time::Instant;

use anteroom_media::{Codec, Mid, PeerId};
use anteroom_room::{ParticipantSid, Track, TrackKind};
use anteroom_signalling::SubscribedSection;

use super::live_room::LiveRoom;

/// The codec of a MIME type such as `video/VP8`.
pub(super) fn codec_of(mime: &str) -> Option<Codec> {
    mime.split('/').next_back().and_then(Codec::from_name)
}

impl LiveRoom {
    /// The publisher's section from which this subscriber can have the track.
    pub(super) fn compatible_source(&self, section: &SubscribedSection, peer: PeerId) -> Option<(PeerId, Mid)> {
        let publisher = self.connections.get(&section.from)?.publisher_pc;
        let Some(track) = self.track_on(section).filter(|track| track.kind() == TrackKind::Video) else {
            return Some((publisher, section.source));
        };
        let accepts =
            |mime: &str| codec_of(mime).is_none_or(|codec| self.media.accepts_codec((peer, section.mid), codec));
        if accepts(&track.mime) {
            return Some((publisher, section.source));
        }
        let backup = track.backup.as_ref().filter(|backup| accepts(&backup.mime))?;
        Some((publisher, Mid::from(backup.mid.as_str())))
    }

    /// The subscriber cannot decode the track: asks the publisher for its backup codec if that helps, else reports to
    /// the subscriber that it will not get the track.
    pub(super) fn request_backup_codec(&mut self, who: &ParticipantSid, peer: PeerId, section: &SubscribedSection) {
        let Some(track) = self.track_on(section).cloned() else { return };
        let second = track.request.options.codecs.get(1).and_then(|codec| Codec::from_name(codec));
        let helps = |codec: &Codec| track.backup.is_none() && self.media.accepts_codec((peer, section.mid), *codec);
        match second.filter(helps) {
            Some(codec) => {
                self.send_signal(&section.from, |signalling| signalling.subscribed_layers(&track, codec, usize::MAX));
            }
            None => {
                self.send_signal(who, |signalling| signalling.codec_unsupported(&section.track));
                // The section would show a track that never sends.
                if let Some(connection) = self.connections.get_mut(who) {
                    connection.signalling.unsubscribe(&section.track);
                }
            }
        }
    }

    /// A track has its backup codec: forwards it to the subscribers that wait for it.
    pub(super) fn forward_backup_codec(&mut self, now: Instant, from: &ParticipantSid, track: &Track) {
        let source = Mid::from(track.mid.as_str());
        let waiting = self.connections.iter().filter_map(|(who, connection)| {
            let mid = connection.signalling.section_of(&track.sid)?;
            let section = SubscribedSection { mid, track: track.sid.clone(), from: from.clone(), source };
            Some((who.clone(), connection.subscriber_pc, section))
        });
        for (who, subscriber_pc, section) in waiting.collect::<Vec<_>>() {
            self.forward(now, &who, subscriber_pc, &section);
        }
    }

    fn track_on(&self, section: &SubscribedSection) -> Option<&Track> {
        self.room.participant(&section.from)?.track(&section.track)
    }
}
