//! Limits on the descriptions and data messages that are sent to everybody.

use super::*;

fn is_denied(outputs: &[Output]) -> bool {
    matches!(outputs, [Output::RequestDenied { request: DeniedRequest::Publish(_), denial: Denial::TooMuch, .. }])
}

#[test]
fn a_track_with_a_too_long_description_is_denied() {
    let long = || "x".repeat(5_000);
    let options = |options| AddTrack { options, ..request("mic") };
    let requests = [
        AddTrack { name: long(), ..request("mic") },
        request(&long()),
        options(TrackOptions { stream: long(), ..TrackOptions::default() }),
        options(TrackOptions { backup_cid: long(), ..TrackOptions::default() }),
        options(TrackOptions { features: WireData::new("wire", vec![1; 5_000]), ..TrackOptions::default() }),
        options(TrackOptions { codecs: vec![long()], ..TrackOptions::default() }),
    ];
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    for request in requests {
        let outputs = room.handle(Input::Publish { who: sid("a"), request, sid: track_sid("x") });
        assert!(is_denied(&outputs), "{outputs:?}");
    }
    room.microphone_of("a");
}

#[test]
fn many_empty_attributes_are_denied() {
    let attributes = |count: u32| (0..count).map(|key| (key.to_string(), "x".to_owned())).collect();
    let mut room = TestRoom::new();
    let mut ada = new("a", "ada");
    if let Input::Join(new) = &mut ada {
        new.grants.can_update_metadata = true;
    }
    room.handle(ada);
    let mut update = |count| {
        let change = MetadataChange { attributes: attributes(count), ..MetadataChange::default() };
        room.handle(Input::UpdateMetadata { who: sid("a"), request: 1, change })
    };
    assert!(matches!(update(500)[..], [Output::RequestGranted { .. }, ..]));
    assert!(matches!(update(10_000)[..], [Output::RequestDenied { denial: Denial::TooMuch, .. }]));
}

fn receivers(outputs: &[Output]) -> Vec<ParticipantSid> {
    outputs
        .iter()
        .filter_map(|output| if let Output::Data { to, .. } = output { Some(to.clone()) } else { None })
        .collect()
}

#[test]
fn data_reaches_each_addressee_once() {
    let mut room = TestRoom::new();
    for (session, identity) in [("a", "ada"), ("b", "ben"), ("c", "cem")] {
        room.handle(new(session, identity));
    }
    let to = ["cem", "nobody", "cem", "ada"].map(Identity::from).to_vec();
    let outputs = room.handle(send_data("a", DataMessage { to, ..message(true, 1) }));
    assert_eq!(receivers(&outputs), [sid("c")]);
    assert_eq!(receivers(&room.handle(send_data("a", message(true, 2)))), [sid("b"), sid("c")]);
}

#[test]
fn participant_who_may_not_subscribe_receives_no_data() {
    let mut room = TestRoom::new();
    room.handle(new("a", "ada"));
    let mut deaf = new("b", "ben");
    if let Input::Join(new) = &mut deaf {
        new.grants.can_subscribe = false;
    }
    room.handle(deaf);
    room.handle(new("c", "cem"));
    assert_eq!(receivers(&room.handle(send_data("a", message(true, 1)))), [sid("c")]);
    let to = DataMessage { to: vec!["ben".into()], ..message(true, 2) };
    assert_eq!(receivers(&room.handle(send_data("a", to))), []);
    assert_eq!(receivers(&room.handle(send_data("b", message(true, 1)))), [sid("a"), sid("c")]);
}
