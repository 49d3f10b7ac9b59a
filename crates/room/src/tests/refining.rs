//! What changes about a track while it is sent, and speakers who only pretend.

use super::*;

#[test]
fn what_changes_about_a_track_is_told_to_everybody_once_and_only_of_ones_own() {
    let mut table = Table::new();
    table.tell(newcomer("a", "ada"));
    table.tell(newcomer("b", "ben"));
    let (track, _) = table.microphone_of("a");
    let refine = |who: &str| Input::Refine {
        who: sid(who),
        track: track.clone(),
        refinement: Refinement::AudioFeatures(vec![1, 5]),
    };
    assert!(table.tell(refine("b")).is_empty(), "it is not Ben's");
    let outputs = table.tell(refine("a"));
    assert_eq!(changes_told_to(&outputs, "b").len(), 1);
    let face = table.room.find(&"ada".into()).unwrap();
    assert_eq!(face.tracks[0].draft.details.audio_features, [1, 5]);
    assert!(table.tell(refine("a")).is_empty(), "nothing new");
}

#[test]
fn who_pretends_to_speak_is_a_speaker_for_as_long_as_they_said() {
    let mut table = Table::new();
    table.tell(newcomer("a", "ada"));
    let speaking = |outputs: &[Output]| {
        let level = |output: &Output| match output {
            Output::Speaking { changes, .. } => Some(changes[0].level),
            _ => None,
        };
        outputs.iter().find_map(level)
    };
    let outputs = table.tell(Input::Pretend { who: sid("a"), lasting: Duration::from_secs(3) });
    assert_eq!(speaking(&outputs), Some(1.0));
    assert_eq!(speaking(&table.after(2)), None);
    assert_eq!(speaking(&table.after(1)), Some(0.0));
}
