//! How much of somebody's words the others are told.

use super::*;

fn refused(outputs: &[Output]) -> bool {
    matches!(outputs, [Output::RequestDenied { request: DeniedRequest::Publish(_), denial: Denial::TooMuch, .. }])
}

#[test]
fn a_track_of_many_words_is_refused_however_they_are_spread() {
    let long = || "x".repeat(5_000);
    let options = |options| AddTrack { options, ..request("mic") };
    let many = [
        AddTrack { name: long(), ..request("mic") },
        request(&long()),
        options(TrackOptions { stream: long(), ..TrackOptions::default() }),
        options(TrackOptions { features: WireData::new("wire", vec![1; 5_000]), ..TrackOptions::default() }),
        options(TrackOptions { codecs: vec![long()], ..TrackOptions::default() }),
    ];
    let mut table = Table::new();
    table.tell(new("a", "ada"));
    for request in many {
        let outputs = table.tell(Input::Publish { who: sid("a"), request, sid: track_sid("x") });
        assert!(refused(&outputs), "{outputs:?}");
    }
    table.microphone_of("a");
}
