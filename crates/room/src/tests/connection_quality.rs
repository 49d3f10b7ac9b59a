//! Who receives connection quality updates, and when.

use super::*;

/// Receiver, participant and level of each update.
fn reported(outputs: &[Output]) -> Vec<(ParticipantSid, ParticipantSid, QualityLevel)> {
    let quality = |output: &Output| match output {
        Output::ConnectionQualityChanged { to, quality } => Some((to.clone(), quality.sid.clone(), quality.quality)),
        _ => None,
    };
    outputs.iter().filter_map(quality).collect()
}

/// Ada publishes a microphone, Ben is subscribed to it, Cleo is subscribed to nothing.
fn three_participants() -> TestRoom {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    for session in ["a", "b"] {
        room.handle(Input::MediaUp(sid(session)));
    }
    room.microphone_of("a");
    let mut cleo = new("c", "cleo");
    if let Input::Join(cleo) = &mut cleo {
        cleo.auto_subscribe = false;
    }
    room.handle(cleo);
    room
}

fn connection_score(
    room: &mut TestRoom,
    session: &str,
    score: u8,
) -> Vec<(ParticipantSid, ParticipantSid, QualityLevel)> {
    reported(&room.handle(Input::ConnectionScore { who: sid(session), score }))
}

#[test]
fn quality_is_reported_once_to_the_participant_and_their_subscribers() {
    let mut room = three_participants();
    assert_eq!(
        connection_score(&mut room, "a", 98),
        [(sid("a"), sid("a"), QualityLevel::Excellent), (sid("b"), sid("a"), QualityLevel::Excellent)]
    );
    assert_eq!(connection_score(&mut room, "a", 91), [], "the same level");
    assert_eq!(connection_score(&mut room, "a", 60).len(), 2);
    assert_eq!(
        connection_score(&mut room, "b", 12),
        [(sid("b"), sid("b"), QualityLevel::Poor)],
        "Ben has no subscribers"
    );
}

#[test]
fn a_new_subscriber_receives_the_current_quality() {
    let mut room = three_participants();
    connection_score(&mut room, "a", 50);
    let track = room.inner.find(&"ada".into()).unwrap().tracks[0].sid.clone();
    let outputs = room.handle(Input::UpdateSubscription { who: sid("c"), tracks: vec![track], wanted: true });
    assert_eq!(reported(&outputs), [(sid("c"), sid("a"), QualityLevel::Good)]);
}

#[test]
fn lost_media_is_reported_as_lost_until_the_next_score() {
    let mut room = three_participants();
    connection_score(&mut room, "a", 98);
    let outputs = room.handle(Input::MediaDown(sid("a")));
    assert_eq!(reported(&outputs), [(sid("b"), sid("a"), QualityLevel::Lost)], "Ada receives a resume request instead");
    assert_eq!(connection_score(&mut room, "a", 98), [], "a score from before the loss");
    room.handle(Input::MediaUp(sid("a")));
    assert_eq!(connection_score(&mut room, "a", 98).len(), 2);
}
