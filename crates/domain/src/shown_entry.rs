//! A guest's entry as it is shown: nobody waits in front of a room that has closed.

use jiff::Timestamp;

use crate::{Appointment, AppointmentStatus, Consultation, Entry, JoinWindow, Participant, Phase};

impl Consultation {
    /// The entry of a participant. Waiting ends when the join window closes without a start, when the appointment is
    /// cancelled, and with the consultation, although nobody writes that down.
    pub fn shown_entry(&self, participant: &Participant, appointment: &Appointment, window: JoinWindow) -> Entry {
        match (&participant.entry, self.waiting_ended_at(appointment, window)) {
            (Entry::Waiting { since }, Some(at)) => Entry::Left { at: at.max(*since) },
            (entry, _) => entry.clone(),
        }
    }

    fn waiting_ended_at(&self, appointment: &Appointment, window: JoinWindow) -> Option<Timestamp> {
        match (&self.phase, &appointment.status, window) {
            (Phase::Ended { ended_at, .. }, _, _) => Some(*ended_at),
            (_, AppointmentStatus::Cancelled { at, .. }, _) => Some(*at),
            (Phase::Planned, _, JoinWindow::TooLate { closed_at }) => Some(closed_at),
            _ => None,
        }
    }
}
