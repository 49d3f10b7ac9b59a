//! What happens in a room, told to those who deliver it to other programs.

use anteroom_livekit::webhook::{Event, PublishedTrack, RoomEvent};
use anteroom_room::{Output, ParticipantState};

use super::live_room::LiveRoom;

impl LiveRoom {
    /// If anybody wants to know.
    pub(super) fn emit(&self, event: Event) {
        if let Some(events) = &self.events {
            let _ = events.send(RoomEvent { room: self.snapshot(), event });
        }
    }

    pub(super) fn emit_for(&self, output: &Output) {
        if self.events.is_none() {
            return;
        }
        let event = match output {
            Output::MediaConnected(who) => self.room.participant(who).cloned().map(Event::ParticipantJoined),
            Output::Disconnected { info, was_active: true, .. } => Some(Event::ParticipantLeft(info.clone())),
            Output::Disconnected { info, .. } => Some(Event::ParticipantConnectionAborted(info.clone())),
            Output::Published { who, track } => self.room.participant(who).map(|info| {
                let (sid, identity) = (who.clone(), info.identity.clone());
                Event::TrackPublished(PublishedTrack { sid, identity, track: track.clone() })
            }),
            Output::Unpublished { who, track } => {
                let (sid, identity) = (who.sid.clone(), who.identity.clone());
                Some(Event::TrackUnpublished(PublishedTrack { sid, identity, track: track.clone() }))
            }
            Output::Closed(reason) => Some(Event::RoomFinished(*reason)),
            _ => None,
        };
        if let Some(event) = event {
            self.emit(event);
        }
    }

    /// After a break: what the broken room can no longer say itself.
    pub(super) fn emit_room_ended(&self) {
        for info in self.room.participants().filter(|info| info.state == ParticipantState::Active) {
            self.emit(Event::ParticipantLeft(info.clone()));
        }
        self.emit(Event::RoomFinished(None));
    }
}
