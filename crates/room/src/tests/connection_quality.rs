//! Who is told how good whose line is.

use super::*;

/// Who is told of whose line, and in which words.
fn reported(outputs: &[Output]) -> Vec<(ParticipantSid, ParticipantSid, QualityLevel)> {
    let quality = |output: &Output| match output {
        Output::ConnectionQualityChanged { to, quality } => Some((to.clone(), quality.sid.clone(), quality.quality)),
        _ => None,
    };
    outputs.iter().filter_map(quality).collect()
}

/// Ada speaks and Ben listens; Cleo is there and receives nobody.
fn table() -> Table {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    for stay in ["a", "b"] {
        table.tell(Input::MediaUp(sid(stay)));
    }
    table.microphone_of("a");
    let mut cleo = new("c", "cleo");
    if let Input::Join(cleo) = &mut cleo {
        cleo.auto_subscribe = false;
    }
    table.tell(cleo);
    table
}

fn connection_score(table: &mut Table, stay: &str, score: u8) -> Vec<(ParticipantSid, ParticipantSid, QualityLevel)> {
    reported(&table.tell(Input::ConnectionScore { who: sid(stay), score }))
}

#[test]
fn a_line_is_told_of_to_whose_it_is_and_to_those_who_receive_them_and_once() {
    let mut table = table();
    assert_eq!(
        connection_score(&mut table, "a", 98),
        [(sid("a"), sid("a"), QualityLevel::Excellent), (sid("b"), sid("a"), QualityLevel::Excellent)]
    );
    assert_eq!(connection_score(&mut table, "a", 91), [], "the same in words");
    assert_eq!(connection_score(&mut table, "a", 60).len(), 2);
    assert_eq!(
        connection_score(&mut table, "b", 12),
        [(sid("b"), sid("b"), QualityLevel::Poor)],
        "nobody receives Ben"
    );
}

#[test]
fn whoever_begins_to_receive_somebody_learns_how_good_their_line_is() {
    let mut table = table();
    connection_score(&mut table, "a", 50);
    let track = table.room.find(&"ada".into()).unwrap().tracks[0].sid.clone();
    let outputs = table.tell(Input::UpdateSubscription { who: sid("c"), tracks: vec![track], wanted: true });
    assert_eq!(reported(&outputs), [(sid("c"), sid("a"), QualityLevel::Good)]);
}

#[test]
fn lost_media_is_a_lost_line_until_it_is_judged_again() {
    let mut table = table();
    connection_score(&mut table, "a", 98);
    let outputs = table.tell(Input::MediaDown(sid("a")));
    assert_eq!(reported(&outputs), [(sid("b"), sid("a"), QualityLevel::Lost)], "Ada is asked to resume");
    assert_eq!(connection_score(&mut table, "a", 98), [], "what came before the loss");
    table.tell(Input::MediaUp(sid("a")));
    assert_eq!(connection_score(&mut table, "a", 98).len(), 2);
}
