//! Limits on the descriptions that are sent to everybody.

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
