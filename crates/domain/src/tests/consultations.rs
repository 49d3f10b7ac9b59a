//! Rules of a consultation: waiting, admitting, declining, returning, ending.

use jiff::Timestamp;

use super::samples::{
    GUEST, HOST, OTHER, STRANGER, after, author_of, confirmed, eleven, ended, entry, everybody_may_end, host, live,
    participant_id, planned, policy, practice_author,
};
use crate::*;

#[test]
fn nobody_connects_before_the_host_starts() {
    let waiting = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-5)).unwrap();
    assert_eq!(waiting.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::NotAdmitted));
    assert_eq!(waiting.may_connect(participant_id(HOST), JoinWindow::Open), Err(Refusal::NotStarted));
    assert_eq!(waiting.clone().admit(&host(&waiting), participant_id(GUEST), after(-4)), Err(Refusal::NotStarted));
}

#[test]
fn starting_admits_waiting_guests_only() {
    let live = live();
    assert_eq!(entry(&live, GUEST), Entry::Admitted { by: author_of(HOST), at: eleven() });
    assert!(live.may_connect(participant_id(GUEST), JoinWindow::Open).is_ok());
    assert!(live.may_connect(participant_id(HOST), JoinWindow::Open).is_ok());
    assert_eq!(live.may_connect(participant_id(OTHER), JoinWindow::Open), Err(Refusal::NotAdmitted));
    assert_eq!(live.may_connect(participant_id(STRANGER), JoinWindow::Open), Err(Refusal::NotAdmitted));
}

#[test]
fn a_late_guest_waits_until_admitted() {
    let late = live().enter_waiting_room(participant_id(OTHER), JoinWindow::Open, after(3)).unwrap();
    assert_eq!(late.may_connect(participant_id(OTHER), JoinWindow::Open), Err(Refusal::NotAdmitted));
    let again = late.clone().start(&host(&late), JoinWindow::Open, after(4)).unwrap();
    assert_eq!(again, late, "starting again admits no one");
    let admitted = late.clone().admit(&host(&late), participant_id(OTHER), after(4)).unwrap();
    assert!(admitted.may_connect(participant_id(OTHER), JoinWindow::Open).is_ok());
}

#[test]
fn only_waiting_guests_can_be_admitted() {
    let live = live();
    assert_eq!(live.clone().admit(&host(&live), participant_id(OTHER), after(1)), Err(Refusal::NoLongerWaiting));
    let left = live.leave(participant_id(GUEST), after(1)).unwrap();
    assert_eq!(left.clone().admit(&host(&left), participant_id(GUEST), after(2)), Err(Refusal::NoLongerWaiting));
    assert_eq!(left.clone().decline(&host(&left), participant_id(GUEST), after(2)), Err(Refusal::NoLongerWaiting));
    assert_eq!(left.clone().admit(&host(&left), participant_id(HOST), after(2)), Err(Refusal::GuestOnly));
    assert_eq!(left.clone().admit(&host(&left), participant_id(STRANGER), after(2)), Err(Refusal::NotAdmitted));
}

#[test]
fn a_declined_guest_can_be_admitted_later() {
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
fn starting_does_not_admit_declined_guests() {
    let waiting = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-5)).unwrap();
    let declined = waiting.clone().decline(&host(&waiting), participant_id(GUEST), after(-4)).unwrap();
    let started = declined.clone().start(&host(&declined), JoinWindow::Open, eleven()).unwrap();
    assert_eq!(started.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::Declined));
}

#[test]
fn a_guest_who_left_waits_again() {
    let left = live().leave(participant_id(GUEST), after(5)).unwrap();
    assert_eq!(left.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::NotAdmitted));
    let back = left.enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(6)).unwrap();
    assert_eq!(entry(&back, GUEST), Entry::Waiting { since: after(6) });
    assert_eq!(back.may_connect(participant_id(GUEST), JoinWindow::Open), Err(Refusal::NotAdmitted));
}

#[test]
fn leaving_a_late_session_allows_a_return() {
    let closed_at = after(60);
    let left = live().leave(participant_id(GUEST), after(70)).unwrap();
    let back =
        left.clone().enter_waiting_room(participant_id(GUEST), JoinWindow::TooLate { closed_at }, after(71)).unwrap();
    assert_eq!(entry(&back, GUEST), Entry::Waiting { since: after(71) });
    // A guest who never entered is too late.
    let late_guest = left.enter_waiting_room(participant_id(OTHER), JoinWindow::TooLate { closed_at }, after(71));
    assert_eq!(late_guest, Err(Refusal::TooLate { closed_at }));
}

#[test]
fn a_reload_keeps_the_waiting_time() {
    let waiting = planned().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-5)).unwrap();
    assert_eq!(waiting.clone().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(-2)), Ok(waiting));
    assert_eq!(live().enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(9)), Ok(live()));
}

#[test]
fn closed_window_and_ended_consultation_refuse_everything() {
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
fn host_evidence_is_valid_for_one_consultation() {
    for n in [GUEST, OTHER, STRANGER] {
        assert_eq!(planned().host(participant_id(n), author_of(n)).map(drop), Err(Refusal::HostOnly));
    }
    let elsewhere = Consultation { id: ConsultationId::new(eleven(), [99; 10]), ..planned() };
    let foreign = host(&elsewhere);
    assert_eq!(planned().start(&foreign, JoinWindow::Open, eleven()), Err(Refusal::HostOnly));
    let late = live().enter_waiting_room(participant_id(OTHER), JoinWindow::Open, after(1)).unwrap();
    assert_eq!(late.clone().admit(&foreign, participant_id(OTHER), after(2)), Err(Refusal::HostOnly));
    assert_eq!(late.decline(&foreign, participant_id(OTHER), after(2)), Err(Refusal::HostOnly));
}

#[test]
fn hosts_have_no_waiting_room_entry() {
    assert_eq!(
        planned().enter_waiting_room(participant_id(HOST), JoinWindow::Open, after(-5)),
        Err(Refusal::GuestOnly)
    );
    assert_eq!(live().leave(participant_id(HOST), after(5)), Err(Refusal::GuestOnly));
}

#[test]
fn a_guest_ends_only_if_the_policy_allows() {
    assert!(live().end(author_of(HOST), Some(participant_id(HOST)), &policy(), after(25)).is_ok());
    assert_eq!(live().end(author_of(GUEST), Some(participant_id(GUEST)), &policy(), after(25)), Err(Refusal::HostOnly));
    assert!(live().end(author_of(GUEST), Some(participant_id(GUEST)), &everybody_may_end(), after(25)).is_ok());
    assert!(live().end(author_of(HOST), Some(participant_id(HOST)), &everybody_may_end(), after(25)).is_ok());
}

#[test]
fn a_guest_who_is_not_admitted_cannot_end() {
    let end =
        |of: &Consultation, n| of.clone().end(author_of(n), Some(participant_id(n)), &everybody_may_end(), after(5));
    let waiting = live().enter_waiting_room(participant_id(OTHER), JoinWindow::Open, after(2)).unwrap();
    assert_eq!(end(&live(), OTHER), Err(Refusal::NotAdmitted), "never entered");
    assert_eq!(end(&waiting, OTHER), Err(Refusal::NotAdmitted), "who waits");
    let declined = waiting.clone().decline(&host(&waiting), participant_id(OTHER), after(3)).unwrap();
    assert_eq!(end(&declined, OTHER), Err(Refusal::NotAdmitted), "who was declined");
    assert_eq!(end(&live(), STRANGER), Err(Refusal::NotAdmitted), "not a participant");
    let left = live().leave(participant_id(GUEST), after(3)).unwrap();
    assert_eq!(end(&left, GUEST), Err(Refusal::NotAdmitted), "who left");
}

#[test]
fn the_first_author_of_the_end_is_kept() {
    assert_eq!(planned().end(practice_author(), None, &policy(), eleven()), Err(Refusal::NotStarted));
    assert_eq!(ended().end(Author::System, None, &policy(), after(99)), Ok(ended()));
    assert_eq!(ended().duration(), Some(jiff::SignedDuration::ZERO), "nobody was connected");
    assert_eq!((live().duration(), planned().duration()), (None, None));
}

#[test]
fn a_clock_set_back_gives_no_negative_durations() {
    let over = live().end(practice_author(), None, &policy(), after(-60)).unwrap();
    assert_eq!(over.duration(), Some(jiff::SignedDuration::ZERO));
    let gone =
        live().arrive(participant_id(GUEST), after(2)).unwrap().depart(participant_id(GUEST), after(-60)).unwrap();
    assert_eq!(gone.participant(participant_id(GUEST)).unwrap().departed_at, Some(after(2)));
}

#[test]
fn a_newer_device_gets_a_higher_ticket_number() {
    let (first, one) = live().issue_ticket_number(participant_id(GUEST), JoinWindow::Open).unwrap();
    let (second, two) = first.issue_ticket_number(participant_id(GUEST), JoinWindow::Open).unwrap();
    assert!(one < two);
    assert_eq!(second.participant(participant_id(GUEST)).unwrap().ticket_number, two);
    assert_eq!(second.participant(participant_id(HOST)).unwrap().ticket_number, 0, "numbers count per participant");
    assert_eq!(live().issue_ticket_number(participant_id(OTHER), JoinWindow::Open), Err(Refusal::NotAdmitted));
}

#[test]
fn tickets_end_up_to_a_number() {
    let host = participant_id(HOST);
    let (first, one) = live().issue_ticket_number(host, JoinWindow::Open).unwrap();
    let (second, _) = first.clone().issue_ticket_number(host, JoinWindow::Open).unwrap();
    assert_eq!(first.clone().end_tickets_up_to(one, host), first.end_tickets(host));
    assert_eq!(second.clone().end_tickets_up_to(one, host), Ok(second), "the latest is another's");
    assert_eq!(live().end_tickets_up_to(one, participant_id(STRANGER)), Err(Refusal::NotAdmitted));
}

#[test]
fn ended_access_makes_all_tickets_old() {
    for n in [HOST, GUEST] {
        let (there, number) = live().issue_ticket_number(participant_id(n), JoinWindow::Open).unwrap();
        let ended = there.clone().end_access(participant_id(n), after(5)).unwrap();
        assert!(ended.participant(participant_id(n)).unwrap().ticket_number > number);
        let ended = there.end_tickets(participant_id(n)).unwrap();
        assert!(ended.participant(participant_id(n)).unwrap().ticket_number > number);
        assert!(ended.may_connect(participant_id(n), JoinWindow::Open).is_ok(), "with a new ticket");
    }
    assert_eq!(ended().end_tickets(participant_id(HOST)), Ok(ended()));
    assert_eq!(live().end_tickets(participant_id(STRANGER)), Err(Refusal::NotAdmitted));
}

#[test]
fn first_arrival_and_last_departure_are_kept() {
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
    of.auto_end_at(&confirmed(), &policy(), None)
}

#[test]
fn a_deserted_consultation_ends_after_its_window() {
    let gone = live().arrive(participant_id(HOST), after(1)).unwrap().depart(participant_id(HOST), after(20)).unwrap();
    assert_eq!(auto_end_at(&gone), Some(after(60)));
    assert_eq!(auto_end_at(&live()), Some(after(60)), "no participant arrived");
    assert_eq!((auto_end_at(&planned()), auto_end_at(&ended())), (None, None));
}

#[test]
fn connected_participants_prevent_the_automatic_end() {
    let there = live().arrive(participant_id(GUEST), after(1)).unwrap();
    assert_eq!(auto_end_at(&there), None);
    let in_a_tunnel = there.depart(participant_id(GUEST), after(59)).unwrap();
    assert_eq!(auto_end_at(&in_a_tunnel), Some(after(69)), "ten minutes to come back");
}

#[test]
fn the_absence_of_the_media_server_is_not_counted() {
    let gone = live().arrive(participant_id(HOST), after(1)).unwrap().depart(participant_id(HOST), after(20)).unwrap();
    let end = |reachable_since| gone.auto_end_at(&confirmed(), &policy(), Some(reachable_since));
    assert_eq!(end(after(0)), Some(after(60)));
    assert_eq!(end(after(90)), Some(after(100)), "ten minutes to come back after the restart");
}
