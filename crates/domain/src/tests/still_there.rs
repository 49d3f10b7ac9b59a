//! Calls that run long past their end are asked, and end without an answer.

use super::samples::{
    GUEST, HOST, OTHER, STRANGER, after, author_of, confirmed, ended, live, participant_id, planned, policy,
};
use crate::*;

fn there() -> Consultation {
    live().arrive(participant_id(HOST), after(1)).unwrap()
}

fn ask(of: Consultation, minute: i64) -> Consultation {
    of.ask_whether_present(&confirmed(), &policy(), after(minute))
}

#[test]
fn who_stays_an_hour_past_the_end_is_asked_once() {
    assert_eq!(ask(there(), 89).still_there, StillThere::NotAsked);
    let asked = ask(there(), 90);
    assert_eq!(asked.still_there, StillThere::Asked { at: after(90) });
    assert_eq!(ask(asked.clone(), 92), asked, "the time to answer does not begin again");
    let nobody = there().depart(participant_id(HOST), after(80)).unwrap();
    assert_eq!(ask(nobody.clone(), 300), nobody, "there is nobody to ask");
    assert_eq!((ask(planned(), 300), ask(ended(), 300)), (planned(), ended()));
}

#[test]
fn nobody_is_asked_while_the_room_is_open_to_others() {
    let policy = Policy::new(15, 240, WhoMayEnd::Host).unwrap();
    assert_eq!(there().asks_at(&confirmed(), &policy), Some(after(30 + 240)));
}

#[test]
fn an_answer_is_good_for_another_hour() {
    let answered = ask(there(), 90).answer_still_there(participant_id(GUEST), after(93)).unwrap();
    assert_eq!(answered.answer_awaited_until(), None);
    assert_eq!(ask(answered.clone(), 152), answered);
    assert_eq!(ask(answered, 153).still_there, StillThere::Asked { at: after(153) });
    assert_eq!(there().answer_still_there(participant_id(HOST), after(9)), Ok(there()), "nobody was asked");
}

#[test]
fn who_comes_back_after_all_had_left_is_asked_anew() {
    let left = ask(there(), 90).depart(participant_id(HOST), after(91)).unwrap();
    let back = left.arrive(participant_id(HOST), after(99)).unwrap();
    assert_eq!(
        (back.still_there, back.answer_awaited_until()),
        (StillThere::Asked { at: after(99) }, Some(after(104)))
    );
    let joined = ask(there(), 90).arrive(participant_id(GUEST), after(92)).unwrap();
    assert_eq!(joined.still_there, StillThere::Asked { at: after(90) }, "one who was there has to answer");
}

#[test]
fn only_who_is_in_the_call_answers() {
    for who in [OTHER, STRANGER] {
        let answer = ask(there(), 90).answer_still_there(participant_id(who), after(91));
        assert_eq!(answer, Err(Refusal::NotAdmitted), "{who}");
    }
    assert_eq!(planned().answer_still_there(participant_id(HOST), after(9)), Err(Refusal::NotStarted));
    assert_eq!(ended().answer_still_there(participant_id(HOST), after(99)), Err(Refusal::Ended));
}

#[test]
fn an_answer_is_awaited_for_five_minutes_from_who_is_there() {
    let asked = ask(there(), 90);
    assert_eq!(asked.answer_awaited_until(), Some(after(95)));
    assert_eq!(asked.depart(participant_id(HOST), after(91)).unwrap().answer_awaited_until(), None);
}

#[test]
fn the_record_names_why_the_server_ended_it() {
    let end = |of: Consultation| of.end(Author::System, None, &policy(), after(95)).unwrap().ended_by();
    assert_eq!(end(ask(there(), 90)), Some(EndedBy::Unanswered));
    let left = ask(there(), 90).depart(participant_id(HOST), after(92)).unwrap();
    assert_eq!(end(left), Some(EndedBy::Deserted));
    let by_host = ask(there(), 90).end(author_of(HOST), Some(participant_id(HOST)), &policy(), after(94)).unwrap();
    assert_eq!(by_host.ended_by(), Some(EndedBy::Host));
    assert_eq!((EndedBy::Unanswered.as_str(), EndedBy::Unanswered.reason()), ("system", Some("unanswered")));
}
