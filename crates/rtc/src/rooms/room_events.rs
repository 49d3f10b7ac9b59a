//! Events of a room, for webhooks.

use anteroom_room::{Output, ParticipantState};
use anteroom_signalling::{Event, PublishedTrack, RoomEvent};

use super::command::Attendance;
use super::live_room::LiveRoom;

impl LiveRoom {
    /// Hands an event over, if there are webhooks.
    pub(super) fn emit(&self, event: Event) {
        if let Some(events) = &self.events {
            events.send(RoomEvent { room: self.snapshot(), event });
        }
    }

    /// The event that an output of the room stands for.
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

    /// After a panic: the events that the room itself can no longer report.
    pub(super) fn emit_failed(&self) {
        for info in self.room.participants().filter(|info| info.state == ParticipantState::Active) {
            self.emit(Event::ParticipantLeft(info.clone()));
        }
        self.emit(Event::RoomFinished(None));
    }

    /// After a panic: the departures for the attendance list. Nothing is sent to clients.
    pub(crate) fn report_departures(&self) {
        for info in self.room.participants() {
            if info.state == ParticipantState::Active {
                self.report_attendance(&info.sid, Attendance::Departed);
            }
        }
    }
}
