//! Properties that hold for any order of steps, at any instants, by any actor.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::samples::{COMPANION, GUEST, HOST, OTHER, STRANGER, UNKNOWN, entry, participant_id};
use super::world::{Step, World, any_history};
use crate::*;

const ALL: [u8; 6] = [HOST, GUEST, OTHER, STRANGER, COMPANION, UNKNOWN];
/// Those who wait until a host admits them.
const WAITING: [u8; 3] = [GUEST, OTHER, COMPANION];

fn rank_of_phase(world: &World) -> u8 {
    match world.consultation.phase {
        Phase::Planned => 0,
        Phase::Live { .. } => 1,
        Phase::Ended { .. } => 2,
    }
}

fn rank_of_status(world: &World) -> u8 {
    match world.appointment.status {
        AppointmentStatus::Booked => 0,
        AppointmentStatus::Confirmed { .. } => 1,
        AppointmentStatus::Cancelled { .. } | AppointmentStatus::Completed { .. } => 2,
    }
}

/// Tracks independently whom a host has admitted: one by one, or guests by starting while they waited.
fn track_admitted(admitted: &mut [bool; 6], before: &World, step: Step) {
    let was_waiting = |n| matches!(entry(&before.consultation, n), Entry::Waiting { .. });
    match step {
        Step::Start { by: HOST } if !before.consultation.is_live() => {
            [GUEST, OTHER].into_iter().filter(|n| was_waiting(*n)).for_each(|n| admitted[n as usize] = true);
        }
        Step::Admit { by: HOST, guest } => admitted[guest as usize] = true,
        Step::Decline { by: HOST, guest } | Step::Leave(guest) | Step::EndAccess(guest) => {
            admitted[guest as usize] = false
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn only_admitted_participants_may_connect((mut world, steps) in any_history()) {
        let mut admitted = [false; 6];
        for (step, now) in steps {
            let before = world.clone();
            let outcome = world.apply(step, now);
            if outcome.is_ok() {
                track_admitted(&mut admitted, &before, step);
            }
            for guest in [GUEST, OTHER, STRANGER, COMPANION, UNKNOWN] {
                prop_assert!(world.may_connect(guest, now).is_err() || admitted[guest as usize], "participant {}", guest);
                prop_assert!(outcome != Ok(Some(1)) || step != Step::Ticket(guest) || admitted[guest as usize]);
            }
            for participant in ALL {
                prop_assert!(world.may_connect(participant, now).is_err() || world.consultation.is_live());
            }
        }
    }

    #[test]
    fn an_ended_consultation_never_changes((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let before = world.clone();
            let outcome = world.apply(step, now);
            if before.is_ended() {
                prop_assert_eq!(&world.consultation.phase, &before.consultation.phase);
                prop_assert_eq!(&world.appointment, &before.appointment);
                for (is, was) in world.consultation.participants.iter().zip(&before.consultation.participants) {
                    prop_assert_eq!((&is.entry, is.ticket_number, is.arrived_at), (&was.entry, was.ticket_number, was.arrived_at));
                    prop_assert!(is.connected_since.is_none() || is.connected_since == was.connected_since);
                }
                let opens = matches!(step, Step::EnterWaitingRoom(_) | Step::Start { .. } | Step::Admit { .. } | Step::Ticket(_));
                prop_assert!(!opens || outcome.is_err());
                for participant in [HOST, GUEST, OTHER, COMPANION, UNKNOWN] {
                    prop_assert_eq!(world.may_connect(participant, now), Err(Refusal::Ended));
                }
            }
        }
    }

    #[test]
    fn state_never_goes_backwards((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let before = world.clone();
            let _ = world.apply(step, now);
            prop_assert!(rank_of_phase(&before) <= rank_of_phase(&world));
            prop_assert!(rank_of_status(&before) <= rank_of_status(&world));
            // The first final status stays: a cancelled appointment never completes, and vice versa.
            prop_assert!(rank_of_status(&before) < 2 || before.appointment.status == world.appointment.status);
            prop_assert_eq!(world.is_ended(), matches!(world.appointment.status, AppointmentStatus::Completed { .. }));
            prop_assert!(!(world.is_cancelled() && world.consultation.is_live()));
        }
    }

    #[test]
    fn ticket_numbers_only_rise((mut world, steps) in any_history()) {
        let mut last = BTreeMap::new();
        for (step, now) in steps {
            let before = world.clone();
            if let (Step::Ticket(who), Ok(Some(number))) = (step, world.apply(step, now)) {
                prop_assert!(last.insert(who, number).is_none_or(|older| older < number));
            }
            for (is, was) in world.consultation.participants.iter().zip(&before.consultation.participants) {
                let raises = matches!(step, Step::Ticket(_) | Step::EndAccess(_));
                prop_assert!(was.ticket_number <= is.ticket_number && (was.ticket_number == is.ticket_number || raises));
            }
            for (who, number) in &last {
                prop_assert!(world.consultation.participant(participant_id(*who)).unwrap().ticket_number >= *number);
            }
        }
    }

    #[test]
    fn a_declined_guest_stays_out_until_admitted((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let before = world.clone();
            let outcome = world.apply(step, now);
            for guest in WAITING {
                let was_declined = matches!(entry(&before.consultation, guest), Entry::Declined { .. });
                if was_declined && step != (Step::Admit { by: HOST, guest }) {
                    prop_assert_eq!(entry(&world.consultation, guest), entry(&before.consultation, guest));
                    prop_assert!(world.may_connect(guest, now).is_err());
                    prop_assert!(step != Step::EnterWaitingRoom(guest) || outcome.is_err());
                }
            }
        }
    }

    #[test]
    fn a_cancelled_appointment_refuses_everything((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let before = world.clone();
            let outcome = world.apply(step, now);
            if before.is_cancelled() {
                prop_assert_eq!(&world.appointment, &before.appointment);
                prop_assert_eq!(&world.consultation.phase, &Phase::Planned);
                prop_assert_eq!(world.join_window(now), JoinWindow::Closed(Refusal::Cancelled));
                for participant in [HOST, GUEST, OTHER] {
                    prop_assert_eq!(world.may_connect(participant, now), Err(Refusal::Cancelled));
                }
                let refused = matches!(
                    step,
                    Step::Confirm | Step::Start { by: HOST } | Step::Ticket(HOST | GUEST | OTHER) | Step::EnterWaitingRoom(GUEST | OTHER)
                );
                prop_assert!(!refused || outcome == Err(Refusal::Cancelled), "{:?} {:?}", step, outcome);
                let late = matches!(step, Step::Admit { .. } | Step::End { .. });
                prop_assert!(!late || outcome.is_err());
            }
        }
    }

    #[test]
    fn every_step_is_idempotent((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let first = world.apply(step, now);
            let once = world.clone();
            if !matches!(step, Step::Ticket(_) | Step::EndAccess(_)) {
                let second = world.apply(step, now);
                prop_assert_eq!(&world, &once, "{:?}", step);
                // Ending again after the end is not an error.
                prop_assert_eq!(first, second, "{:?}", step);
            }
        }
    }

    #[test]
    fn only_a_host_starts_admits_and_declines((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let before = world.clone();
            let outcome = world.apply(step, now);
            if let Step::Start { by } | Step::Admit { by, .. } | Step::Decline { by, .. } = step
                && by != HOST
            {
                prop_assert_eq!(outcome, Err(Refusal::HostOnly));
            }
            let hosts = matches!(step, Step::Start { by: HOST } | Step::Admit { by: HOST, .. });
            for guest in WAITING {
                let is_in = entry(&world.consultation, guest).is_admitted();
                prop_assert!(!is_in || entry(&before.consultation, guest).is_admitted() || hosts);
            }
            let begun = rank_of_phase(&before) == 0 && rank_of_phase(&world) > 0;
            let by_host = step == Step::Start { by: HOST };
            prop_assert!(!begun || by_host);
        }
    }

    #[test]
    fn a_guest_ends_only_if_allowed_and_admitted((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let before = world.clone();
            let _ = world.apply(step, now);
            if world.is_ended() && !before.is_ended() {
                let rightly = match step {
                    Step::End { by: HOST } | Step::EndByItself => true,
                    Step::EndUnanswered => matches!(before.consultation.still_there, StillThere::Asked { .. }),
                    Step::End { by } => world.policy.who_may_end == WhoMayEnd::Either
                        && [GUEST, OTHER].contains(&by)
                        && before.consultation.participant(participant_id(by)).is_some_and(|guest| guest.entry.is_admitted()),
                    _ => false,
                };
                prop_assert!(rightly, "{:?}", step);
                prop_assert!(step != Step::EndByItself
                    || before.consultation.participants.iter().all(|participant| participant.connected_since.is_none()));
            }
        }
    }

    #[test]
    fn waiting_and_start_times_never_change((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let before = world.clone();
            let _ = world.apply(step, now);
            for guest in WAITING {
                let (is, was) = (entry(&world.consultation, guest), entry(&before.consultation, guest));
                if let (Entry::Waiting { since: is }, Entry::Waiting { since: was }) = (is, was) {
                    prop_assert_eq!(is, was);
                }
            }
            let began = |world: &World| match world.consultation.phase {
                Phase::Planned => None,
                Phase::Live { started_at, .. } | Phase::Ended { started_at, .. } => Some(started_at),
            };
            prop_assert!(began(&before).is_none() || began(&world) == began(&before));
            let longest = match world.consultation.phase {
                Phase::Ended { started_at, ended_at, .. } => ended_at.duration_since(started_at),
                Phase::Planned | Phase::Live { .. } => SignedDuration::ZERO,
            };
            prop_assert!(world.consultation.duration().is_none_or(|lasted| !lasted.is_negative() && lasted <= longest));
        }
    }

    #[test]
    fn an_unknown_role_has_no_rights((mut world, steps) in any_history()) {
        for (step, now) in steps {
            let outcome = world.apply(step, now);
            let acts = matches!(
                step,
                Step::EnterWaitingRoom(UNKNOWN) | Step::Start { by: UNKNOWN } | Step::Admit { by: UNKNOWN, .. }
                    | Step::Admit { guest: UNKNOWN, .. } | Step::Decline { by: UNKNOWN, .. } | Step::Ticket(UNKNOWN)
            );
            prop_assert!(!acts || outcome.is_err(), "{:?}", step);
            prop_assert!(world.may_connect(UNKNOWN, now).is_err());
            prop_assert_eq!(entry(&world.consultation, UNKNOWN), Entry::Outside);
        }
    }
}
