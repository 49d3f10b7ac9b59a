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

/// Ada's camera, published.
fn camera(table: &mut Table) -> TrackSid {
    let draft = Draft { kind: Kind::Video, source: Source::Camera, ..draft("cam") };
    let outputs = table.tell(Input::Publish { who: sid("a"), draft, chance: "cam".to_owned() });
    let [Output::Reserved { track, .. }] = &outputs[..] else { panic!("{outputs:?}") };
    let (track, mime) = (track.sid.clone(), "video/VP9".to_owned());
    table.tell(Input::Negotiated { who: sid("a"), track: track.clone(), mid: "2".to_owned(), mime });
    track
}

#[test]
fn a_second_codec_has_the_name_of_its_track_and_everybody_hears_of_it() {
    let mut table = Table::new();
    table.tell(newcomer("a", "ada"));
    table.tell(newcomer("b", "ben"));
    let track = camera(&mut table);
    let again = |of: &TrackSid| Draft { again: Some(of.clone()), ..draft("cam-again") };
    let asked = |who: &str, of: &TrackSid| Input::Publish { who: sid(who), draft: again(of), chance: "x".to_owned() };
    let outputs = table.tell(asked("a", &track));
    let [Output::Reserved { cid, track: reserved, .. }] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!((cid.as_str(), &reserved.sid), ("cam-again", &track));
    let refused = table.tell(asked("b", &track));
    assert!(
        matches!(&refused[..], [Output::Denied { denial: Denial::NotAllowed, .. }]),
        "it is not Ben's: {refused:?}"
    );

    let encoding = Encoding { cid: "cam-again".to_owned(), mid: "3".to_owned(), mime: "video/VP8".to_owned() };
    let outputs = table.tell(Input::Backed { who: sid("a"), track: track.clone(), encoding: encoding.clone() });
    assert_eq!(changes_told_to(&outputs, "b").len(), 1);
    assert!(outputs.iter().any(|output| matches!(output, Output::Backed { .. })));
    let backup = |table: &Table| table.room.find(&"ada".into()).unwrap().tracks[0].backup.clone();
    assert_eq!(backup(&table), Some(encoding));
    table.tell(Input::Unbacked { who: sid("a"), track });
    assert_eq!(backup(&table), None);
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
