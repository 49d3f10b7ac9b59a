//! What takes place: waiting, letting in, turning away, coming back, ending. One promise each.

use jiff::Timestamp;

use super::samples::{
    GUEST, HOST, OTHER, STRANGER, after, confirmed, eleven, ended, entry, everybody_may_end, host, live,
    participant_id, planned, policy, practice_author,
};
use crate::*;

#[test]
fn nobody_gets_in_before_the_host_starts() {
    let waiting = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-5)).unwrap();
    assert_eq!(waiting.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::NotAdmitted));
    assert_eq!(waiting.may_connect(participant_id(HOST), JoinWindow::Open), Err(Refusal::NotStarted));
    assert_eq!(waiting.clone().admit(&host(&waiting), participant_id(GUEST), after(-4)), Err(Refusal::NotStarted));
}

#[test]
fn whoever_waits_is_let_in_with_the_start_and_nobody_else() {
    let live = live();
    assert_eq!(entry(&live, GUEST), Entry::Admitted { by: participant_id(HOST), at: eleven() });
    assert!(live.may_connect(participant_id(GUEST), JoinWindow::Open).is_ok());
    assert!(live.may_connect(participant_id(HOST), JoinWindow::Open).is_ok());
    assert_eq!(live.may_connect(participant_id(OTHER), JoinWindow::Open), Err(Refusal::NotAdmitted));
    assert_eq!(live.may_connect(participant_id(STRANGER), JoinWindow::Open), Err(Refusal::NotAdmitted));
}

#[test]
fn who_comes_late_waits_until_they_are_let_in_one_by_one() {
    let late = live().enter_waiting_room(participant_id(OTHER), JoinWindow::Open, after(3)).unwrap();
    assert_eq!(late.may_connect(participant_id(OTHER), JoinWindow::Open), Err(Refusal::NotAdmitted));
    let again = late.clone().start(&host(&late), JoinWindow::Open, after(4)).unwrap();
    assert_eq!(again, late, "starting again lets nobody in");
    let admitted = late.clone().admit(&host(&late), participant_id(OTHER), after(4)).unwrap();
    assert!(admitted.may_connect(participant_id(OTHER), JoinWindow::Open).is_ok());
}

#[test]
fn nobody_is_let_in_who_does_not_wait() {
    let live = live();
    assert_eq!(live.clone().admit(&host(&live), participant_id(OTHER), after(1)), Err(Refusal::NoLongerWaiting));
    let left = live.leave(participant_id(GUEST), after(1)).unwrap();
    assert_eq!(left.clone().admit(&host(&left), participant_id(GUEST), after(2)), Err(Refusal::NoLongerWaiting));
    assert_eq!(left.clone().decline(&host(&left), participant_id(GUEST), after(2)), Err(Refusal::NoLongerWaiting));
    assert_eq!(left.clone().admit(&host(&left), participant_id(HOST), after(2)), Err(Refusal::GuestOnly));
    assert_eq!(left.clone().admit(&host(&left), participant_id(STRANGER), after(2)), Err(Refusal::NotAdmitted));
}

#[test]
fn whoever_was_declined_stays_out_until_the_host_thinks_again() {
    let live = live();
    let declined = live.clone().decline(&host(&live), participant_id(GUEST), after(2)).unwrap();
    assert_eq!(declined.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::Declined));
    assert_eq!(
        declined.clone().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(3)),
        Err(Refusal::Declined)
    );
    assert_eq!(declined.clone().leave(participant_id(GUEST), after(3)), Ok(declined.clone()));
    let admitted = declined.clone().admit(&host(&declined), participant_id(GUEST), after(4)).unwrap();
    assert!(admitted.may_connect(participant_id(GUEST), JoinWindow::Open).is_ok());
}

#[test]
fn whoever_was_declined_before_the_start_is_not_let_in_with_it() {
    let waiting = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-5)).unwrap();
    let declined = waiting.clone().decline(&host(&waiting), participant_id(GUEST), after(-4)).unwrap();
    let started = declined.clone().start(&host(&declined), JoinWindow::Open, eleven()).unwrap();
    assert_eq!(started.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::Declined));
}

#[test]
fn whoever_leaves_may_come_back_and_waits_again() {
    let left = live().leave(participant_id(GUEST), after(5)).unwrap();
    assert_eq!(left.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::NotAdmitted));
    let back = left.enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(6)).unwrap();
    assert_eq!(entry(&back, GUEST), Entry::Waiting { since: after(6) });
    assert_eq!(back.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::NotAdmitted));
}

#[test]
fn a_wrong_tap_on_leave_is_no_goodbye_when_a_session_runs_late() {
    let closed_at = after(60);
    let left = live().leave(participant_id(GUEST), after(70)).unwrap();
    let back =
        left.clone().enter_waiting_room(participant_id(GUEST), JoinWindow::TooLate { closed_at }, after(71)).unwrap();
    assert_eq!(entry(&back, GUEST), Entry::Waiting { since: after(71) });
    // Whoever never came is too late all the same.
    let newcomer = left.enter_waiting_room(participant_id(OTHER), JoinWindow::TooLate { closed_at }, after(71));
    assert_eq!(newcomer, Err(Refusal::TooLate { closed_at }));
}

#[test]
fn a_reload_keeps_the_place_in_the_queue() {
    let waiting = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-5)).unwrap();
    assert_eq!(waiting.clone().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-2)), Ok(waiting));
    assert_eq!(live().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(9)), Ok(live()));
}

#[test]
fn nothing_moves_behind_a_shut_door_nor_after_the_end_whatever_the_door_says() {
    for why in [Refusal::Cancelled, Refusal::InPerson, Refusal::NotConfirmed] {
        assert_eq!(live().enter_waiting_room(participant_id(GUEST), JoinWindow::Closed(why), after(1)), Err(why));
        assert_eq!(live().may_connect(participant_id(GUEST), JoinWindow::Closed(why)), Err(why));
        assert_eq!(planned().start(&host(&planned()), JoinWindow::Closed(why), after(1)), Err(why));
    }
    let over = ended();
    for n in [GUEST, OTHER] {
        assert_eq!(
            over.clone().enter_waiting_room(participant_id(n), JoinWindow::Open, after(26)),
            Err(Refusal::Ended)
        );
        assert_eq!(over.clone().admit(&host(&over), participant_id(n), after(26)), Err(Refusal::Ended));
        assert_eq!(over.clone().decline(&host(&over), participant_id(n), after(26)), Err(Refusal::Ended));
        assert_eq!(over.clone().leave(participant_id(n), after(26)), Ok(over.clone()));
        assert_eq!(over.clone().arrive(participant_id(n), after(26)), Ok(over.clone()));
    }
    assert_eq!(over.clone().start(&host(&over), JoinWindow::Open, after(26)), Err(Refusal::Ended));
    for n in [HOST, GUEST, OTHER] {
        assert_eq!(over.may_connect(participant_id(n), JoinWindow::Open), Err(Refusal::Ended));
    }
    assert_eq!(over.clone().issue_ticket_number(participant_id(HOST), JoinWindow::Open), Err(Refusal::Ended));
}

#[test]
fn only_the_host_is_the_host_and_only_of_their_own_consultation() {
    for n in [GUEST, OTHER, STRANGER] {
        assert_eq!(planned().host(participant_id(n)).map(|host| host.id()), Err(Refusal::HostOnly));
    }
    let elsewhere = Consultation { id: ConsultationId::new(eleven(), [99; 10]), ..planned() };
    let foreign = host(&elsewhere);
    assert_eq!(planned().start(&foreign, JoinWindow::Open, eleven()), Err(Refusal::HostOnly));
    let late = live().enter_waiting_room(participant_id(OTHER), JoinWindow::Open, after(1)).unwrap();
    assert_eq!(late.clone().admit(&foreign, participant_id(OTHER), after(2)), Err(Refusal::HostOnly));
    assert_eq!(late.decline(&foreign, participant_id(OTHER), after(2)), Err(Refusal::HostOnly));
}

#[test]
fn a_host_does_not_wait_and_does_not_leave_the_way_a_guest_does() {
    assert_eq!(
        planned().enter_waiting_room(participant_id(HOST), JoinWindow::Open, after(-5)),
        Err(Refusal::GuestOnly)
    );
    assert_eq!(live().leave(participant_id(HOST), after(5)), Err(Refusal::GuestOnly));
}

#[test]
fn the_host_ends_and_a_guest_only_if_the_practice_says_so() {
    let by = |n| Author::Participant(participant_id(n));
    assert!(live().end(by(HOST), &policy(), after(25)).is_ok());
    assert_eq!(live().end(by(GUEST), &policy(), after(25)), Err(Refusal::HostOnly));
    assert!(live().end(by(GUEST), &everybody_may_end(), after(25)).is_ok());
    assert!(live().end(by(HOST), &everybody_may_end(), after(25)).is_ok());
}

#[test]
fn nobody_outside_ends_what_others_are_in_the_middle_of() {
    let end =
        |of: &Consultation, n| of.clone().end(Author::Participant(participant_id(n)), &everybody_may_end(), after(5));
    let waiting = live().enter_waiting_room(participant_id(OTHER), JoinWindow::Open, after(2)).unwrap();
    assert_eq!(end(&live(), OTHER), Err(Refusal::NotAdmitted), "who never entered");
    assert_eq!(end(&waiting, OTHER), Err(Refusal::NotAdmitted), "who waits");
    let declined = waiting.clone().decline(&host(&waiting), participant_id(OTHER), after(3)).unwrap();
    assert_eq!(end(&declined, OTHER), Err(Refusal::NotAdmitted), "who was declined");
    assert_eq!(end(&live(), STRANGER), Err(Refusal::NotAdmitted), "who has no seat");
    let left = live().leave(participant_id(GUEST), after(3)).unwrap();
    assert_eq!(end(&left, GUEST), Err(Refusal::NotAdmitted), "who left");
}

#[test]
fn what_has_not_begun_cannot_end_and_the_first_who_ended_it_is_remembered() {
    assert_eq!(planned().end(practice_author(), &policy(), eleven()), Err(Refusal::NotStarted));
    assert_eq!(ended().end(Author::System, &policy(), after(99)), Ok(ended()));
    assert_eq!(ended().duration(), Some(jiff::SignedDuration::from_mins(25)));
    assert_eq!((live().duration(), planned().duration()), (None, None));
}

#[test]
fn a_clock_set_back_makes_nothing_end_before_it_began() {
    let over = live().end(practice_author(), &policy(), after(-60)).unwrap();
    assert_eq!(over.duration(), Some(jiff::SignedDuration::ZERO));
    let gone =
        live().arrive(participant_id(GUEST), after(2)).unwrap().depart(participant_id(GUEST), after(-60)).unwrap();
    assert_eq!(gone.participant(participant_id(GUEST)).unwrap().departed_at, Some(after(2)));
}

#[test]
fn a_newer_device_takes_the_seat() {
    let (first, one) = live().issue_ticket_number(participant_id(GUEST), JoinWindow::Open).unwrap();
    let (second, two) = first.issue_ticket_number(participant_id(GUEST), JoinWindow::Open).unwrap();
    assert!(one < two);
    assert_eq!(second.participant(participant_id(GUEST)).unwrap().ticket_number, two);
    assert_eq!(second.participant(participant_id(HOST)).unwrap().ticket_number, 0, "each seat counts for itself");
    assert_eq!(live().issue_ticket_number(participant_id(OTHER), JoinWindow::Open), Err(Refusal::NotAdmitted));
}

#[test]
fn when_somebody_came_first_and_went_last_is_kept() {
    let there = live().arrive(participant_id(GUEST), after(1)).unwrap();
    assert_eq!(there.clone().arrive(participant_id(GUEST), after(2)), Ok(there.clone()), "arriving twice");
    let gone = there.depart(participant_id(GUEST), after(5)).unwrap();
    assert_eq!(gone.clone().depart(participant_id(GUEST), after(6)), Ok(gone.clone()), "going twice");
    let back = gone.arrive(participant_id(GUEST), after(8)).unwrap();
    let guest = back.participant(participant_id(GUEST)).unwrap();
    assert_eq!(
        (guest.arrived_at, guest.departed_at, guest.connected_since),
        (Some(after(1)), Some(after(5)), Some(after(8)))
    );
    assert_eq!(back.arrive(participant_id(STRANGER), after(9)), Err(Refusal::NotAdmitted));
}

fn auto_end_at(of: &Consultation) -> Option<Timestamp> {
    of.auto_end_at(&confirmed(), &policy())
}

#[test]
fn what_everybody_left_ends_when_its_window_is_over() {
    let gone = live().arrive(participant_id(HOST), after(1)).unwrap().depart(participant_id(HOST), after(20)).unwrap();
    assert_eq!(auto_end_at(&gone), Some(after(60)));
    assert_eq!(auto_end_at(&live()), Some(after(60)), "nobody ever arrived");
    assert_eq!((auto_end_at(&planned()), auto_end_at(&ended())), (None, None));
}

#[test]
fn nobody_who_is_there_or_was_a_moment_ago_is_thrown_out() {
    let there = live().arrive(participant_id(GUEST), after(1)).unwrap();
    assert_eq!(auto_end_at(&there), None);
    let in_a_tunnel = there.depart(participant_id(GUEST), after(59)).unwrap();
    assert_eq!(auto_end_at(&in_a_tunnel), Some(after(69)), "ten minutes to come back");
}
