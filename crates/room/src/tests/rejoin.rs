//! Resuming a session after a lost socket.

use super::*;

fn packets(room: &mut TestRoom, reliable: bool, sequence: u32) -> usize {
    let packet = send_data("a", message(reliable, sequence));
    room.handle(packet).iter().filter(|output| matches!(output, Output::Data { .. })).count()
}

#[test]
fn a_repeated_reliable_packet_is_delivered_once() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    let arrived: Vec<_> = [1, 2, 2, 1, 3].map(|sequence| packets(&mut room, true, sequence)).into();
    assert_eq!(arrived, [1, 1, 0, 0, 1]);
    assert_eq!(room.inner.last_sequence(&sid("a")), 3);
    assert_eq!(packets(&mut room, true, 0), 1, "old clients send no numbers");
    assert_eq!(packets(&mut room, false, 1), 1, "lossy packets have no numbers");
    let others = send_data("b", message(true, 1));
    assert_eq!(room.handle(others).len(), 1, "each sender has its own numbers");
}

#[test]
fn a_resume_reports_who_left_meanwhile() {
    let mut room = TestRoom::new();
    for (session, identity) in [("a", "ada"), ("b", "ben"), ("c", "cem")] {
        room.handle(new(session, identity));
        room.handle(Input::MediaUp(sid(session)));
    }
    room.handle(Input::SignalDown(sid("a")));
    room.handle(Input::Leave { who: sid("b"), reason: DisconnectReason::Left });
    room.handle(new("c2", "cem"));
    let outputs = room.handle(Input::SignalUp(sid("a")));
    let reported = updates_sent_to(&outputs, "a");
    let of = |session: &str| reported.iter().find(|(who, ..)| *who == sid(session)).map(|(_, state, _)| *state);
    assert_eq!(of("b"), Some(ParticipantState::Disconnected));
    assert_eq!(
        (of("c"), of("c2")),
        (None, Some(ParticipantState::Joined)),
        "a rejoined person is not reported as gone"
    );
    assert_eq!(of("a"), Some(ParticipantState::Active));
    let first_present = reported.iter().position(|(_, state, _)| *state != ParticipantState::Disconnected);
    assert_eq!(first_present, Some(1), "participants who left come first");
}
