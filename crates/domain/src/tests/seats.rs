//! The seat of a participant is in one tab, and moves with a tap.

use super::samples::{GUEST, HOST, after, host, live, participant_id, planned};
use crate::{Consultation, JoinWindow, Participant, Refusal, TabId};

const PHONE: &str = "0a";
const LAPTOP: &str = "0b";

fn tab(id: &str) -> Option<TabId> {
    Some(id.parse().unwrap())
}

fn guest_in(of: &Consultation) -> &Participant {
    of.participant(participant_id(GUEST)).unwrap()
}

fn waiting_at(of: Consultation, id: &str, minutes: i64) -> Consultation {
    let entered = of.enter_waiting_room(participant_id(GUEST), JoinWindow::Open, after(minutes)).unwrap();
    entered.take_seat(participant_id(GUEST), tab(id), after(minutes)).unwrap()
}

#[test]
fn last_tap_has_the_seat_while_waiting_too() {
    let phone = waiting_at(planned(), PHONE, -5);
    assert_eq!((guest_in(&phone).tab, guest_in(&phone).moved_at), (tab(PHONE), None));
    assert_eq!(waiting_at(phone.clone(), PHONE, -4), phone, "a reload changes nothing");
    let laptop = waiting_at(phone, LAPTOP, -3);
    assert_eq!((guest_in(&laptop).tab, guest_in(&laptop).moved_at), (tab(LAPTOP), Some(after(-3))));
    assert!(guest_in(&laptop).is_elsewhere(tab(PHONE)) && !guest_in(&laptop).is_elsewhere(tab(LAPTOP)));
    assert!(!guest_in(&laptop).is_elsewhere(None), "an API client has no tab");
}

#[test]
fn a_ticket_does_not_move_a_guest_but_a_host() {
    let asks = |of: &Consultation, who, tab, takes_seat| {
        of.clone().issue_ticket_for(participant_id(who), tab, takes_seat, JoinWindow::Open, after(4)).map(|(of, _)| of)
    };
    let ticket = |of: &Consultation, who, id| asks(of, who, tab(id), true);
    let phone = waiting_at(live(), PHONE, 1);
    assert!(ticket(&phone, GUEST, PHONE).is_ok());
    assert_eq!(ticket(&phone, GUEST, LAPTOP), Err(Refusal::Superseded));
    assert!(asks(&phone, GUEST, None, false).is_ok());
    let host_there = ticket(&phone, HOST, PHONE).unwrap();
    assert_eq!(asks(&host_there, HOST, tab(LAPTOP), false), Err(Refusal::Superseded), "without a tap");
    assert_eq!(
        asks(&host_there, HOST, tab(PHONE), false),
        Ok(host_there.clone()).map(|of| { asks(&of, HOST, tab(PHONE), true).unwrap() })
    );
    let moved = ticket(&host_there, HOST, LAPTOP).unwrap();
    assert_eq!(moved.participant(participant_id(HOST)).unwrap().tab, tab(LAPTOP));
}

#[test]
fn who_comes_back_after_leaving_has_not_moved() {
    let phone = waiting_at(live(), PHONE, 1);
    let by = host(&phone);
    let gone = [
        phone.clone().leave(participant_id(GUEST), after(2)).unwrap(),
        phone.clone().decline(&by, participant_id(GUEST), after(2)).unwrap(),
        phone.clone().end_access(participant_id(GUEST), after(2)).unwrap(),
        waiting_at(phone, LAPTOP, 2).leave(participant_id(GUEST), after(3)).unwrap(),
    ];
    for gone in gone {
        let back = gone.take_seat(participant_id(GUEST), tab(LAPTOP), after(4)).unwrap();
        assert_eq!((guest_in(&back).tab, guest_in(&back).moved_at), (tab(LAPTOP), None));
    }
}

#[test]
fn a_guest_is_expelled_by_the_host_until_the_end() {
    let phone = waiting_at(live(), PHONE, 1);
    let by = host(&phone);
    let expelled = phone.clone().expel(&by, participant_id(GUEST), after(2)).unwrap();
    assert_eq!(Ok(&expelled), phone.clone().end_access(participant_id(GUEST), after(2)).as_ref());
    assert!(guest_in(&expelled).ticket_number > guest_in(&phone).ticket_number);
    assert_eq!(phone.expel(&by, participant_id(HOST), after(2)), Err(Refusal::GuestOnly));
    assert_eq!(super::samples::ended().expel(&by, participant_id(GUEST), after(26)), Err(Refusal::Ended));
}

#[test]
fn a_tab_is_named_by_hexadecimal_digits() {
    assert_eq!(tab("0A").unwrap().to_string(), format!("{:0>32}", "a"));
    for wrong in ["", "-1", "g", &format!("1{}", "0".repeat(32))] {
        assert!(wrong.parse::<TabId>().is_err(), "{wrong}");
    }
}
