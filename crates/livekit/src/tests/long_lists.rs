//! Messages that name more than anybody could mean.

use super::*;

fn read(message: proto::signal_request::Message) -> ClientRequest {
    match SignalRequest::read(&proto::SignalRequest { message: Some(message) }.encode_to_vec()).unwrap() {
        SignalRequest::Client(request) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_a_list_that_is_far_too_long_the_beginning_counts() {
    use proto::signal_request::Message as Ask;
    let names = || (0..100_000).map(|number| format!("TR_{number}")).collect::<Vec<_>>();
    let nested = proto::ParticipantTracks { track_sids: names(), ..Default::default() };
    let update = proto::UpdateSubscription { track_sids: names(), participant_tracks: vec![nested], subscribe: true };
    let ClientRequest::UpdateSubscription { tracks, .. } = read(Ask::Subscription(update.clone())) else {
        panic!("not understood")
    };
    assert!(tracks.len() < 10_000 && tracks[0].as_str() == "TR_0");
    let settings = proto::UpdateTrackSettings { track_sids: names(), ..Default::default() };
    let ClientRequest::TrackSettings(settings) = read(Ask::TrackSetting(settings)) else { panic!("not understood") };
    assert!(settings.tracks.len() < 10_000);
    let received = vec![proto::DataChannelReceiveState::default(); 100_000];
    let state =
        proto::SyncState { subscription: Some(update), datachannel_receive_states: received, ..Default::default() };
    let ClientRequest::SyncState(SyncState { overrides, received, .. }) = read(Ask::SyncState(state)) else {
        panic!("not understood")
    };
    assert!(overrides.len() < 10_000 && received.len() < 10_000);
}
