//! How long a personal link shows with whom, when and how long.

use jiff::{SignedDuration, Timestamp};

use crate::{Appointment, AppointmentStatus, Consultation, Phase, Policy, Refusal};

/// After the end a link still shows the names and times for a day. Links lie in mailboxes and calendars for years.
const DISCLOSED_FOR: SignedDuration = SignedDuration::from_hours(24);

impl Consultation {
    /// Whether personal links may still show names and times; later they show only what has become of it. Staff see the
    /// record without this limit.
    pub fn disclosed_to_links(
        &self,
        appointment: &Appointment,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match self.ended_for_links(appointment, policy) {
            Some(ended) if now >= ended.saturating_add(DISCLOSED_FOR).unwrap_or(Timestamp::MAX) => {
                self.join_window(appointment, policy, now).require_open()
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The end, whatever became of it. `None` while it is live.
    fn ended_for_links(&self, appointment: &Appointment, policy: &Policy) -> Option<Timestamp> {
        let planned = policy.closes_at(appointment.ends_at());
        match (&self.phase, &appointment.status) {
            (Phase::Live { .. }, _) => None,
            (Phase::Ended { ended_at, .. }, _) => Some(*ended_at),
            // Until the planned time a guest may want to know what was cancelled.
            (Phase::Planned, AppointmentStatus::Cancelled { at, .. }) => Some(planned.max(*at)),
            (Phase::Planned, _) => Some(planned),
        }
    }
}
