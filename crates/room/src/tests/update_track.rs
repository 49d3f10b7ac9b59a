//! Changes of published tracks, second codecs, and simulated speakers.

use super::*;

#[test]
fn only_the_publisher_updates_a_track_and_others_are_notified() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    let (track, _) = room.microphone_of("a");
    let update_track = |who: &str| Input::UpdateTrack {
        who: sid(who),
        track: track.clone(),
        update: TrackUpdate::Features(WireData::new("wire", [1, 5])),
    };
    assert!(room.handle(update_track("b")).is_empty(), "Ben is not the publisher");
    let outputs = room.handle(update_track("a"));
    assert_eq!(updates_sent_to(&outputs, "b").len(), 1);
    let info = room.inner.find(&"ada".into()).unwrap();
    assert_eq!(info.tracks[0].request.options.features, WireData::new("wire", [1, 5]));
    assert!(room.handle(update_track("a")).is_empty(), "nothing new");
}

/// Ada's camera, published.
fn camera(room: &mut TestRoom) -> TrackSid {
    let request = AddTrack { kind: TrackKind::Video, source: Source::Camera, ..request("cam") };
    let outputs = room.handle(Input::Publish { who: sid("a"), request, sid: track_sid("cam") });
    let [Output::TrackPending { track, .. }] = &outputs[..] else { panic!("{outputs:?}") };
    let (track, mime) = (track.sid.clone(), "video/VP9".to_owned());
    room.handle(Input::Negotiated { who: sid("a"), track: track.clone(), mid: "2".to_owned(), mime });
    track
}

#[test]
fn a_second_codec_shares_the_id_of_its_track() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    room.handle(new("b", "ben"));
    let track = camera(&mut room);
    let second_codec = |of: &TrackSid| AddTrack { codec_of: Some(of.clone()), ..request("cam-again") };
    let publish =
        |who: &str, of: &TrackSid| Input::Publish { who: sid(who), request: second_codec(of), sid: track_sid("x") };
    let outputs = room.handle(publish("a", &track));
    let [Output::TrackPending { cid, track: pending, .. }] = &outputs[..] else { panic!("{outputs:?}") };
    assert_eq!((cid.as_str(), &pending.sid), ("cam-again", &track));
    let denied = room.handle(publish("b", &track));
    assert!(
        matches!(&denied[..], [Output::RequestDenied { denial: Denial::NotAllowed, .. }]),
        "Ben is not the publisher: {denied:?}"
    );

    let encoding = TrackEncoding { cid: "cam-again".to_owned(), mid: "3".to_owned(), mime: "video/VP8".to_owned() };
    let outputs =
        room.handle(Input::BackupCodecPublished { who: sid("a"), track: track.clone(), encoding: encoding.clone() });
    assert_eq!(updates_sent_to(&outputs, "b").len(), 1);
    assert!(outputs.iter().any(|output| matches!(output, Output::BackupCodecPublished { .. })));
    let backup = |room: &TestRoom| room.inner.find(&"ada".into()).unwrap().tracks[0].backup.clone();
    assert_eq!(backup(&room), Some(encoding));
    room.handle(Input::BackupCodecUnpublished { who: sid("a"), track });
    assert_eq!(backup(&room), None);
}

#[test]
fn a_simulated_speaker_stays_active_for_the_requested_time() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    let speaking = |outputs: &[Output]| {
        let level = |output: &Output| match output {
            Output::SpeakersChanged { changes, .. } => Some(changes[0].level),
            _ => None,
        };
        outputs.iter().find_map(level)
    };
    let outputs = room.handle(Input::SimulateSpeaker { who: sid("a"), duration: Duration::from_secs(3) });
    assert_eq!(speaking(&outputs), Some(1.0));
    assert_eq!(speaking(&room.after(2)), None);
    assert_eq!(speaking(&room.after(1)), Some(0.0));
}
