//! Messages with too many ids.

use super::*;

fn read(message: proto::signal_request::Message) -> ClientRequest {
    match SignalRequest::read(&proto::SignalRequest { message: Some(message) }.encode_to_vec()).unwrap() {
        SignalRequest::Client(request) => *request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_beginning_of_a_too_long_list_is_read() {
    use proto::signal_request::Message as Wire;
    let names = || (0..100_000).map(|number| format!("TR_{number}")).collect::<Vec<_>>();
    let nested = proto::ParticipantTracks { track_sids: names(), ..Default::default() };
    let update = proto::UpdateSubscription { track_sids: names(), participant_tracks: vec![nested], subscribe: true };
    let ClientRequest::UpdateSubscription { tracks, .. } = read(Wire::Subscription(update.clone())) else {
        panic!("another request")
    };
    assert!(tracks.len() < 10_000 && tracks[0].as_str() == "TR_0");
    let settings = proto::UpdateTrackSettings { track_sids: names(), ..Default::default() };
    let ClientRequest::TrackSettings(settings) = read(Wire::TrackSetting(settings)) else { panic!("another request") };
    assert!(settings.tracks.len() < 10_000);
    let received = vec![proto::DataChannelReceiveState::default(); 100_000];
    let state =
        proto::SyncState { subscription: Some(update), datachannel_receive_states: received, ..Default::default() };
    let ClientRequest::SyncState(SyncState { overrides, received, .. }) = read(Wire::SyncState(state)) else {
        panic!("another request")
    };
    assert!(overrides.len() < 10_000 && received.len() < 10_000);
}
