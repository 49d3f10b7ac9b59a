//! What changes about a track while it is sent, and speakers who only pretend.

use super::*;

#[test]
fn what_changes_about_a_track_is_told_to_everybody_once_and_only_of_ones_own() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    let (track, _) = table.microphone_of("a");
    let update_track = |who: &str| Input::UpdateTrack {
        who: sid(who),
        track: track.clone(),
        update: TrackUpdate::Features(WireData::new("wire", [1, 5])),
    };
    assert!(table.tell(update_track("b")).is_empty(), "it is not Ben's");
    let outputs = table.tell(update_track("a"));
    assert_eq!(changes_told_to(&outputs, "b").len(), 1);
    let info = table.room.find(&"ada".into()).unwrap();
    assert_eq!(info.tracks[0].request.options.features, WireData::new("wire", [1, 5]));
    assert!(table.tell(update_track("a")).is_empty(), "nothing new");
}

/// Ada's camera, published.
fn camera(table: &mut Table) -> TrackSid {
    let request = AddTrack { kind: Kind::Video, source: Source::Camera, ..request("cam") };
    let outputs = table.tell(Input::Publish { who: sid("a"), request, sid: track_sid("cam") });
    let [Output::TrackPending { track, .. }] = &outputs[..] else { panic!("{outputs:?}") };
    let (track, mime) = (track.sid.clone(), "video/VP9".to_owned());
    table.tell(Input::Negotiated { who: sid("a"), track: track.clone(), mid: "2".to_owned(), mime });
    track
}

#[test]
fn a_second_codec_has_the_name_of_its_track_and_everybody_hears_of_it() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    table.tell(new("b", "ben"));
    let track = camera(&mut table);
    let codec_of = |of: &TrackSid| AddTrack { codec_of: Some(of.clone()), ..request("cam-again") };
    let asked = |who: &str, of: &TrackSid| Input::Publish { who: sid(who), request: codec_of(of), sid: track_sid("x") };
    let outputs = table.tell(asked("a", &track));
    let [Output::TrackPending { cid, track: pending, .. }] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!((cid.as_str(), &pending.sid), ("cam-again", &track));
    let refused = table.tell(asked("b", &track));
    assert!(
        matches!(&refused[..], [Output::RequestDenied { denial: Denial::NotAllowed, .. }]),
        "it is not Ben's: {refused:?}"
    );

    let encoding = TrackEncoding { cid: "cam-again".to_owned(), mid: "3".to_owned(), mime: "video/VP8".to_owned() };
    let outputs =
        table.tell(Input::BackupCodecPublished { who: sid("a"), track: track.clone(), encoding: encoding.clone() });
    assert_eq!(changes_told_to(&outputs, "b").len(), 1);
    assert!(outputs.iter().any(|output| matches!(output, Output::BackupCodecPublished { .. })));
    let backup = |table: &Table| table.room.find(&"ada".into()).unwrap().tracks[0].backup.clone();
    assert_eq!(backup(&table), Some(encoding));
    table.tell(Input::BackupCodecUnpublished { who: sid("a"), track });
    assert_eq!(backup(&table), None);
}

#[test]
fn who_pretends_to_speak_is_a_speaker_for_as_long_as_they_said() {
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    let speaking = |outputs: &[Output]| {
        let level = |output: &Output| match output {
            Output::SpeakersChanged { changes, .. } => Some(changes[0].level),
            _ => None,
        };
        outputs.iter().find_map(level)
    };
    let outputs = table.tell(Input::SimulateSpeaker { who: sid("a"), duration: Duration::from_secs(3) });
    assert_eq!(speaking(&outputs), Some(1.0));
    assert_eq!(speaking(&table.after(2)), None);
    assert_eq!(speaking(&table.after(1)), Some(0.0));
}
