//! What happens in a room, told to those who deliver it to other programs.

use anteroom_livekit::webhook::{Event, News, Publication};
use anteroom_room::{Output, State};

use super::live_room::Live;

impl Live {
    /// If anybody wants to know.
    pub(super) fn tell_news(&self, event: Event) {
        if let Some(news) = &self.news {
            let _ = news.send(News { room: self.as_of_now(), event });
        }
    }

    pub(super) fn tell_news_of(&self, output: &Output) {
        if self.news.is_none() {
            return;
        }
        let event = match output {
            Output::Arrived(who) => self.room.stay(who).cloned().map(Event::ParticipantJoined),
            Output::Gone { face, was_active: true, .. } => Some(Event::ParticipantLeft(face.clone())),
            Output::Gone { face, .. } => Some(Event::ParticipantConnectionAborted(face.clone())),
            Output::Published { who, track } => self.room.stay(who).map(|face| {
                let (sid, identity) = (who.clone(), face.identity.clone());
                Event::TrackPublished(Publication { sid, identity, track: track.clone() })
            }),
            Output::Unpublished { who, track } => {
                let (sid, identity) = (who.sid.clone(), who.identity.clone());
                Some(Event::TrackUnpublished(Publication { sid, identity, track: track.clone() }))
            }
            Output::Ended(reason) => Some(Event::RoomFinished(*reason)),
            _ => None,
        };
        if let Some(event) = event {
            self.tell_news(event);
        }
    }

    /// After a break: what the broken room can no longer say itself.
    pub(super) fn tell_end(&self) {
        for face in self.room.participants().filter(|face| face.state == State::Active) {
            self.tell_news(Event::ParticipantLeft(face.clone()));
        }
        self.tell_news(Event::RoomFinished(None));
    }
}
