//! What the room promises to those who lost their socket for a while.

use super::*;

fn packets(table: &mut Table, reliable: bool, sequence: u32) -> usize {
    let say = send_data("a", message(reliable, sequence));
    table.tell(say).iter().filter(|output| matches!(output, Output::Data { .. })).count()
}

#[test]
fn a_reliable_packet_that_is_sent_again_arrives_once() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    let arrived: Vec<_> = [1, 2, 2, 1, 3].map(|sequence| packets(&mut table, true, sequence)).into();
    assert_eq!(arrived, [1, 1, 0, 0, 1]);
    assert_eq!(table.room.last_sequence(&sid("a")), 3);
    assert_eq!(packets(&mut table, true, 0), 1, "old programs do not count");
    assert_eq!(packets(&mut table, false, 1), 1, "nor does what may get lost");
    let others = send_data("b", message(true, 1));
    assert_eq!(table.tell(others).len(), 1, "everybody counts for themselves");
}

#[test]
fn who_comes_back_learns_who_went_meanwhile() {
    let mut table = Table::new();
    for (stay, identity) in [("a", "ada"), ("b", "ben"), ("c", "cem")] {
        table.tell(new(stay, identity));
        table.tell(Input::MediaUp(sid(stay)));
    }
    table.tell(Input::SignalDown(sid("a")));
    table.tell(Input::Leave { who: sid("b"), reason: DisconnectReason::Left });
    table.tell(new("c2", "cem"));
    let outputs = table.tell(Input::SignalUp(sid("a")));
    let reported = changes_told_to(&outputs, "a");
    let of = |stay: &str| reported.iter().find(|(who, ..)| *who == sid(stay)).map(|(_, state, _)| *state);
    assert_eq!(of("b"), Some(ParticipantState::Disconnected));
    assert_eq!(
        (of("c"), of("c2")),
        (None, Some(ParticipantState::Joined)),
        "one person is never reported of as gone and in"
    );
    assert_eq!(of("a"), Some(ParticipantState::Active));
    let first_there = reported.iter().position(|(_, state, _)| *state != ParticipantState::Disconnected);
    assert_eq!(first_there, Some(1), "first who is gone, then who is there");
}
