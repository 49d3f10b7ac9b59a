//! All steps that can change an appointment and its consultation, for property tests.
//!
//! A step makes the same calls as a use case: load, decide, and keep the result only if it was not refused.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::samples::{self, after, everybody_may_end, participant_id, policy, practice_author};
use crate::*;

/// A step. Numbers are participants: 0 the host, 1 and 2 guests, 3 a stranger, 4 a companion, 5 in an unknown role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Confirm,
    Cancel,
    EnterWaitingRoom(u8),
    Leave(u8),
    EndAccess(u8),
    Start { by: u8 },
    Admit { by: u8, guest: u8 },
    Decline { by: u8, guest: u8 },
    End { by: u8 },
    EndByItself,
    Ask,
    Answer(u8),
    EndUnanswered,
    Ticket(u8),
    Arrive(u8),
    Depart(u8),
}

pub(super) fn any_step() -> impl Strategy<Value = Step> {
    let who = || prop_oneof![3 => Just(0_u8), 3 => Just(1), 2 => Just(2), 1 => Just(3), 2 => Just(4), 1 => Just(5)];
    let guest = || prop_oneof![3 => Just(1_u8), 2 => Just(2), 1 => Just(0), 1 => Just(3), 2 => Just(4), 1 => Just(5)];
    let host = || prop_oneof![5 => Just(0_u8), 1 => Just(1), 1 => Just(3)];
    prop_oneof![
        2 => Just(Step::Confirm),
        1 => Just(Step::Cancel),
        6 => guest().prop_map(Step::EnterWaitingRoom),
        2 => guest().prop_map(Step::Leave),
        1 => who().prop_map(Step::EndAccess),
        4 => host().prop_map(|by| Step::Start { by }),
        4 => (host(), guest()).prop_map(|(by, guest)| Step::Admit { by, guest }),
        3 => (host(), guest()).prop_map(|(by, guest)| Step::Decline { by, guest }),
        3 => prop_oneof![1 => Just(0_u8), 5 => Just(1), 3 => Just(2), 1 => Just(3), 2 => Just(4), 1 => Just(5)].prop_map(|by| Step::End { by }),
        1 => Just(Step::EndByItself),
        2 => Just(Step::Ask),
        1 => who().prop_map(Step::Answer),
        1 => Just(Step::EndUnanswered),
        4 => who().prop_map(Step::Ticket),
        2 => who().prop_map(Step::Arrive),
        2 => who().prop_map(Step::Depart),
    ]
}

/// Instants around the appointment, at the edges of its window, and at the limits of `Timestamp`.
pub(super) fn any_instant() -> impl Strategy<Value = Timestamp> {
    let edges = [-15, 0, 30, 60].map(after);
    prop_oneof![
        8 => (-20_i64 * 60..120 * 60).prop_map(|seconds| samples::eleven() + SignedDuration::from_secs(seconds)),
        3 => (proptest::sample::select(edges.to_vec()), -1_i64..=1)
            .prop_map(|(edge, nanos)| edge + SignedDuration::from_nanos(nanos)),
        1 => proptest::sample::select(vec![Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX]),
    ]
}

/// A world and a sequence of steps at arbitrary instants, forward or backward.
pub(super) fn any_history() -> impl Strategy<Value = (World, Vec<(Step, Timestamp)>)> {
    let world = (
        any::<bool>(),
        prop_oneof![9 => Just(AppointmentKind::Video), 1 => Just(AppointmentKind::InPerson)],
        any::<bool>(),
    );
    (world, proptest::collection::vec((any_step(), any_instant()), 0..40))
        .prop_map(|((either, kind, confirmed), steps)| (World::new(either, kind, confirmed), steps))
}

/// One appointment with its consultation and policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct World {
    pub(super) policy: Policy,
    pub(super) appointment: Appointment,
    pub(super) consultation: Consultation,
}

impl World {
    fn new(either: bool, kind: AppointmentKind, confirmed: bool) -> Self {
        let appointment = if confirmed { samples::confirmed() } else { samples::booked() };
        Self {
            policy: if either { everybody_may_end() } else { policy() },
            appointment: Appointment { kind, ..appointment },
            consultation: samples::planned(),
        }
    }

    pub(super) fn join_window(&self, now: Timestamp) -> JoinWindow {
        self.consultation.join_window(&self.appointment, &self.policy, now)
    }

    pub(super) fn may_connect(&self, n: u8, now: Timestamp) -> Result<(), Refusal> {
        self.consultation.may_connect(participant_id(n), self.join_window(now)).map(|_| ())
    }

    pub(super) fn is_ended(&self) -> bool {
        matches!(self.consultation.phase, Phase::Ended { .. })
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(self.appointment.status, AppointmentStatus::Cancelled { .. })
    }

    /// Applies a step at an instant. `Some` is a ticket number. A refused step changes nothing.
    pub(super) fn apply(&mut self, step: Step, now: Timestamp) -> Result<Option<i64>, Refusal> {
        let before = self.clone();
        let outcome = self.try_apply(step, now);
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }

    fn try_apply(&mut self, step: Step, now: Timestamp) -> Result<Option<i64>, Refusal> {
        let (window, policy) = (self.join_window(now), self.policy);
        let World { appointment, consultation, .. } = self;
        let of = consultation.clone();
        let host = |by| of.host(participant_id(by), Author::Participant(participant_id(by)));
        *consultation = match step {
            Step::Confirm => {
                *appointment = appointment.clone().confirm(practice_author(), now)?;
                return Ok(None);
            }
            Step::Cancel => {
                *appointment = appointment.clone().cancel(Some(&of), practice_author(), now)?;
                return Ok(None);
            }
            Step::EnterWaitingRoom(guest) => of.enter_waiting_room(participant_id(guest), window, now)?,
            Step::Leave(guest) => of.leave(participant_id(guest), now)?,
            Step::EndAccess(who) => of.end_access(participant_id(who), now)?,
            Step::Start { by } => of.clone().start(&host(by)?, window, now)?,
            Step::Admit { by, guest } => of.clone().admit(&host(by)?, participant_id(guest), now)?,
            Step::Decline { by, guest } => of.clone().decline(&host(by)?, participant_id(guest), now)?,
            Step::End { by } => {
                of.end(Author::Participant(participant_id(by)), Some(participant_id(by)), &policy, now)?
            }
            Step::EndByItself => match of.auto_end_at(appointment, &policy, None) {
                Some(at) if at <= now => of.end(Author::System, None, &policy, now)?,
                _ => of,
            },
            Step::Ask => of.ask_whether_present(appointment, &policy, now),
            Step::Answer(who) => of.answer_still_there(participant_id(who), now)?,
            Step::EndUnanswered => match of.answer_awaited_until() {
                Some(at) if at <= now => of.end(Author::System, None, &policy, now)?,
                _ => of,
            },
            Step::Ticket(who) => {
                let (taken, number) = of.issue_ticket_number(participant_id(who), window)?;
                *consultation = taken;
                return Ok(Some(number));
            }
            Step::Arrive(who) => of.arrive(participant_id(who), now)?,
            Step::Depart(who) => of.depart(participant_id(who), now)?,
        };
        if let Phase::Ended { ended_at, .. } = consultation.phase {
            *appointment = appointment.clone().complete(ended_at)?;
        }
        Ok(None)
    }
}
