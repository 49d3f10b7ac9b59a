//! Who can show what: a track goes out in the codec its receiver has agreed to.
//!
//! Pictures may come in two codecs, the second only once somebody needs it. Whoever can show neither is told so.

use std::time::Instant;

use anteroom_livekit::{self as livekit, SubscribedSection};
use anteroom_media::{Codec, Mid, PeerId};
use anteroom_room::{Kind, ParticipantSid, Track};

use super::live_room::LiveRoom;

/// `video/VP8` is VP8.
pub(super) fn codec_of(mime: &str) -> Option<Codec> {
    mime.split('/').next_back().and_then(Codec::from_name)
}

impl LiveRoom {
    /// Where a section's client can have this track from.
    pub(super) fn compatible_source(&self, sink: &SubscribedSection, peer: PeerId) -> Option<(PeerId, Mid)> {
        let publisher = self.connections.get(&sink.from)?.peer;
        let Some(track) = self.published(sink).filter(|track| track.kind() == Kind::Video) else {
            return Some((publisher, sink.source));
        };
        let takes = |mime: &str| codec_of(mime).is_none_or(|codec| self.media.accepts_codec((peer, sink.mid), codec));
        if takes(&track.mime) {
            return Some((publisher, sink.source));
        }
        let backup = track.backup.as_ref().filter(|backup| takes(&backup.mime))?;
        Some((publisher, Mid::from(backup.mid.as_str())))
    }

    /// They cannot have it as it is sent: the publisher is asked for its second codec if that would help, else they are
    /// told that they wait in vain.
    pub(super) fn request_backup_codec(&mut self, who: &ParticipantSid, peer: PeerId, sink: &SubscribedSection) {
        let Some(track) = self.published(sink) else { return };
        let second = track.request.options.codecs.get(1).and_then(|codec| Codec::from_name(codec));
        let helps = second.filter(|codec| track.backup.is_none() && self.media.accepts_codec((peer, sink.mid), *codec));
        match helps {
            Some(codec) => {
                let frame = livekit::subscribed_quality(track, codec, usize::MAX);
                self.say(&sink.from, frame);
            }
            None => self.say(who, livekit::codec_unsupported(&sink.track)),
        }
    }

    /// A track has a second codec: whoever waits for it has it now.
    pub(super) fn forward_backup_codec(&mut self, now: Instant, from: &ParticipantSid, track: &Track) {
        let source = Mid::from(track.mid.as_str());
        let waiting = self.connections.iter().filter_map(|(who, connection)| {
            let mid = connection.session.section_of(&track.sid)?;
            let sink = SubscribedSection { mid, track: track.sid.clone(), from: from.clone(), source };
            Some((who.clone(), connection.subscriber_pc, sink))
        });
        for (who, subscriber_pc, sink) in waiting.collect::<Vec<_>>() {
            self.forward(now, &who, subscriber_pc, &sink);
        }
    }

    fn published(&self, sink: &SubscribedSection) -> Option<&Track> {
        self.room.participant(&sink.from)?.track(&sink.track)
    }
}
