//! The status of an appointment in a few words, for the day and for the page of the appointment.

use anteroom_app::App;
use anteroom_app::appointments::AppointmentDetails;
use anteroom_app::presence::{self, Presence};
use anteroom_domain::{
    AppointmentKind, AppointmentStatus, Consultation, Entry, JoinWindow, Participant, Phase, Policy, Role, Zone,
};
use jiff::Timestamp;

use crate::view::day::StatusLabel;
use crate::view::format;

/// What the status depends on besides the appointment.
pub(super) struct StatusContext<'a> {
    pub app: &'a App,
    pub policy: &'a Policy,
    /// Of the reader.
    pub zone: &'a Zone,
    pub now: Timestamp,
}

impl StatusContext<'_> {
    /// The label, and when time alone changes it.
    pub(super) fn of(&self, found: &AppointmentDetails) -> (StatusLabel, Option<Timestamp>) {
        let appointment = &found.appointment;
        match (&appointment.status, &found.consultation) {
            (AppointmentStatus::Cancelled { .. }, _) => (label("off", "Cancelled"), None),
            (AppointmentStatus::Completed { .. }, consultation) => (label("done", &completed(consultation)), None),
            (AppointmentStatus::Booked, _) | (_, None) => (label("todo", "Not confirmed yet"), None),
            (_, Some(_)) if appointment.kind == AppointmentKind::InPerson => {
                let ends_at = appointment.ends_at();
                let is_over = ends_at <= self.now;
                (if is_over { label("off", "Over") } else { label("calm", "Confirmed") }, (!is_over).then_some(ends_at))
            }
            (_, Some(consultation)) => self.of_consultation(found, consultation),
        }
    }

    fn of_consultation(
        &self,
        found: &AppointmentDetails,
        consultation: &Consultation,
    ) -> (StatusLabel, Option<Timestamp>) {
        let (appointment, policy) = (&found.appointment, self.policy);
        let window = consultation.join_window(appointment, policy, self.now);
        let times = [policy.opens_at(appointment.starts.at), policy.closes_at(appointment.ends_at())];
        let window_changes = times.into_iter().filter(|at| *at > self.now).min();
        let shown = |guest: &Participant| Participant {
            entry: consultation.shown_entry(guest, appointment, window),
            ..guest.clone()
        };
        let guests: Vec<Participant> = consultation.participants.iter().filter(|p| p.role.waits()).map(shown).collect();
        let Some(guest) = guests.iter().min_by_key(|guest| urgency(guest)) else {
            return (label("calm", "Confirmed"), window_changes);
        };
        let (presence, changes_at) = presence::of(self.app, guest, self.now);
        let others = guests.iter().filter_map(|guest| presence::of(self.app, guest, self.now).1);
        let changes_at = changes_at.into_iter().chain(window_changes).chain(others).min();
        let status = match (&guest.entry, presence) {
            (Entry::Waiting { since }, Presence::Here) => self.waiting("Waiting", *since),
            (Entry::Waiting { since }, Presence::Away | Presence::Unknown) => self.waiting("Waiting, away", *since),
            (Entry::Waiting { .. }, Presence::Gone { since }) => {
                label("calm", &format!("Was here until {}", format::time(since, self.zone)))
            }
            _ if consultation.is_live() => {
                let is_alone = guests.iter().all(|guest| guest.connected_since.is_none());
                label("live", if is_alone { "In session, alone" } else { "In session" })
            }
            _ if matches!(window, JoinWindow::TooLate { .. }) => label("off", "Did not start"),
            (_, Presence::Here | Presence::Away) => label("calm", "Has opened the link"),
            _ => label("calm", "Confirmed"),
        };
        (status, changes_at)
    }

    fn waiting(&self, words: &str, since: Timestamp) -> StatusLabel {
        let minutes = format::waiting_time(self.now.duration_since(since));
        StatusLabel { since: Some(since.to_string()), minutes, ..label("waiting", words) }
    }
}

/// Whose status is shown: who has waited longest, before the guest, before companions.
fn urgency(guest: &Participant) -> (Timestamp, bool) {
    let since = match guest.entry {
        Entry::Waiting { since } => since,
        _ => Timestamp::MAX,
    };
    (since, guest.role != Role::Guest)
}

fn label(tone: &'static str, words: &str) -> StatusLabel {
    StatusLabel { tone, words: words.to_owned(), since: None, minutes: String::new() }
}

fn completed(consultation: &Option<Consultation>) -> String {
    match consultation.as_ref().map(|c| &c.phase) {
        Some(Phase::Ended { started_at, ended_at, .. }) => {
            format!("Completed, {}", format::duration(ended_at.duration_since(*started_at)))
        }
        _ => "Completed".to_owned(),
    }
}
