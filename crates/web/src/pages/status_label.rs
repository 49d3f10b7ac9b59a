//! The status of an appointment in a few words, for the day and for the page of the appointment.

use anteroom_app::App;
use anteroom_app::appointments::AppointmentDetails;
use anteroom_app::presence::{self, Presence};
use anteroom_domain::{
    AppointmentKind, AppointmentStatus, Consultation, Entry, JoinWindow, Outcome, Participant, Policy, Role, Zone,
};
use anteroom_l10n::Catalogue;
use jiff::Timestamp;

use crate::view::day::{StatusLabel, WaitingPerson};

/// What the status depends on besides the appointment.
pub(super) struct StatusContext<'a> {
    pub app: &'a App,
    pub words: &'a Catalogue,
    pub policy: &'a Policy,
    /// Of the reader.
    pub zone: &'a Zone,
    pub now: Timestamp,
}

impl StatusContext<'_> {
    /// The label, and when time alone changes it.
    pub(super) fn of(&self, found: &AppointmentDetails) -> (StatusLabel, Option<Timestamp>) {
        let (appointment, words) = (&found.appointment, self.words);
        let outcome = found.consultation.as_ref().and_then(|of| of.outcome(appointment, self.policy, self.now));
        if let Some(outcome) = outcome {
            return (self.over(found, outcome), None);
        }
        match (&appointment.status, &found.consultation) {
            (AppointmentStatus::Cancelled { .. }, _) => (label("off", words.status_cancelled()), None),
            (AppointmentStatus::Completed { .. }, _) => (label("done", words.status_completed()), None),
            (AppointmentStatus::Booked, _) | (_, None) => (label("todo", words.status_not_confirmed()), None),
            (_, Some(_)) if appointment.kind == AppointmentKind::InPerson => {
                let ends_at = appointment.ends_at();
                let is_over = ends_at <= self.now;
                let status = match is_over {
                    true => label("off", words.status_over()),
                    false => label("calm", words.status_confirmed()),
                };
                (status, (!is_over).then_some(ends_at))
            }
            (_, Some(consultation)) => self.of_consultation(found, consultation),
        }
    }

    /// What became of it.
    fn over(&self, found: &AppointmentDetails, outcome: Outcome) -> StatusLabel {
        let duration = found.consultation.as_ref().and_then(Consultation::duration);
        match (outcome, duration.filter(|duration| duration.is_positive())) {
            (Outcome::TookPlace, Some(duration)) => {
                label("done", self.words.status_completed_after(self.words.duration(duration)))
            }
            (Outcome::TookPlace, None) => label("done", self.words.outcome(outcome)),
            _ => label("off", self.words.outcome(outcome)),
        }
    }

    fn of_consultation(
        &self,
        found: &AppointmentDetails,
        consultation: &Consultation,
    ) -> (StatusLabel, Option<Timestamp>) {
        let (appointment, policy, words) = (&found.appointment, self.policy, self.words);
        let window = consultation.join_window(appointment, policy, self.now);
        let times = [policy.opens_at(appointment.starts.at), policy.closes_at(appointment.ends_at())];
        let window_changes = times.into_iter().filter(|at| *at > self.now).min();
        let guests: Vec<Participant> = shown_guests(found, consultation, window).collect();
        let Some(guest) = guests.iter().min_by_key(|guest| urgency(guest)) else {
            return (label("calm", words.status_confirmed()), window_changes);
        };
        let (presence, changes_at) = presence::of(self.app, guest, self.now);
        let others = guests.iter().filter_map(|guest| presence::of(self.app, guest, self.now).1);
        let changes_at = changes_at.into_iter().chain(window_changes).chain(others).min();
        let status = match (&guest.entry, presence) {
            (Entry::Waiting { since }, Presence::Here) => self.waiting(words.status_waiting(), *since),
            (Entry::Waiting { since }, Presence::Away | Presence::Unknown) => {
                self.waiting(words.status_waiting_away(), *since)
            }
            (Entry::Waiting { .. }, Presence::Gone { since }) => {
                label("calm", words.status_gone(words.time_in(since, self.zone)))
            }
            _ if consultation.is_live() => {
                let is_alone = guests.iter().all(|guest| guest.connected_since.is_none());
                label("live", if is_alone { words.status_live_alone() } else { words.status_live() })
            }
            (_, Presence::Here | Presence::Away) => label("calm", words.status_link_opened()),
            _ => label("calm", words.status_confirmed()),
        };
        (status, changes_at)
    }

    /// Who waits and is there, of an appointment to which several people come; who has waited longest first.
    pub(super) fn waiting_people(&self, found: &AppointmentDetails) -> Vec<WaitingPerson> {
        let party = found.consultation.as_ref().filter(|_| !found.appointment.companions.is_empty());
        let Some(consultation) = party else { return Vec::new() };
        let window = consultation.join_window(&found.appointment, self.policy, self.now);
        let mut waiting: Vec<(Timestamp, Participant)> = shown_guests(found, consultation, window)
            .filter_map(|guest| match (&guest.entry, presence::of(self.app, &guest, self.now).0) {
                (Entry::Waiting { .. }, Presence::Gone { .. }) => None,
                (Entry::Waiting { since }, _) => Some((*since, guest)),
                _ => None,
            })
            .collect();
        waiting.sort_by_key(|(since, guest)| (*since, guest.role != Role::Guest));
        let person = |(since, guest): (Timestamp, Participant)| WaitingPerson {
            id: guest.id.to_string(),
            name: guest.name.reveal().as_str().to_owned(),
            since: since.to_string(),
            minutes: self.words.waiting_time(self.now.duration_since(since)),
        };
        waiting.into_iter().map(person).collect()
    }

    fn waiting(&self, words: String, since: Timestamp) -> StatusLabel {
        let minutes = self.words.waiting_time(self.now.duration_since(since));
        StatusLabel { since: Some(since.to_string()), minutes, ..label("waiting", words) }
    }
}

/// Those who wait until they are admitted, as their state is shown.
fn shown_guests(
    found: &AppointmentDetails,
    consultation: &Consultation,
    window: JoinWindow,
) -> impl Iterator<Item = Participant> {
    let shown = move |guest: &Participant| Participant {
        entry: consultation.shown_entry(guest, &found.appointment, window),
        ..guest.clone()
    };
    consultation.participants.iter().filter(|participant| participant.role.waits()).map(shown)
}

/// Whose status is shown: who has waited longest, before the guest, before companions.
fn urgency(guest: &Participant) -> (Timestamp, bool) {
    let since = match guest.entry {
        Entry::Waiting { since } => since,
        _ => Timestamp::MAX,
    };
    (since, guest.role != Role::Guest)
}

fn label(tone: &'static str, words: String) -> StatusLabel {
    StatusLabel { tone, words, since: None, minutes: String::new() }
}
