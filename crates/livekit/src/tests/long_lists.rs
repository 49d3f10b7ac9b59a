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

#[test]
fn every_list_of_a_message_is_bounded() {
    use proto::signal_request::Message as Wire;
    let names = || (0..100_000).map(|number| format!("TR_{number}")).collect::<Vec<_>>();
    let entry = |number| proto::TrackPermission {
        participant_identity: format!("guest {number}"),
        track_sids: if number == 0 { names() } else { vec![] },
        ..Default::default()
    };
    let permission =
        proto::SubscriptionPermission { all_participants: false, track_permissions: (0..10_000).map(entry).collect() };
    let ClientRequest::SubscriptionPermission(SubscriptionPermission::Only(people)) =
        read(Wire::SubscriptionPermission(permission))
    else {
        panic!("another request")
    };
    let tracks: usize = people.values().flatten().map(Vec::len).sum();
    assert_eq!((people.len(), tracks), (256, 32));

    let published = proto::TrackPublishedResponse { track: Some(proto::TrackInfo::default()), ..Default::default() };
    let state = proto::SyncState { publish_tracks: vec![published; 10_000], ..Default::default() };
    let ClientRequest::SyncState(SyncState { published, .. }) = read(Wire::SyncState(state)) else {
        panic!("another request")
    };
    assert_eq!(published.len(), 32);

    let request = proto::AddTrackRequest {
        layers: vec![proto::VideoLayer::default(); 10_000],
        simulcast_codecs: vec![proto::SimulcastCodec::default(); 10_000],
        audio_features: vec![1; 10_000],
        packet_trailer_features: vec![1; 10_000],
        ..Default::default()
    };
    let ClientRequest::AddTrack(request) = read(Wire::AddTrack(request)) else { panic!("another request") };
    let options = request.options;
    assert!(options.layers.len() <= 4 && options.codecs.len() <= 4);
    assert!(options.features.len() < 100 && options.wire_data.len() < 100);
}

#[test]
#[expect(deprecated, reason = "old clients write these")]
fn data_packet_with_too_many_addressees_is_dropped() {
    let (sid, identity) = ("PA_1".into(), "ada".into());
    let read = |outer: usize, inner: usize| {
        let names = |count| (0..count).map(|number| number.to_string()).collect();
        let user = proto::UserPacket { destination_identities: names(inner), ..Default::default() };
        let value = Some(proto::data_packet::Value::User(user));
        let packet = proto::DataPacket { destination_identities: names(outer), value, ..Default::default() };
        read_message(&packet.encode_to_vec(), &sid, &identity, true).map(|message| message.to.len())
    };
    assert_eq!((read(256, 0), read(128, 128)), (Some(256), Some(256)));
    assert_eq!((read(257, 0), read(0, 257), read(129, 128), read(20_000, 0)), (None, None, None, None));
}

/// Decoding a packet of 64 kB with nothing but empty names would allocate for each of them.
#[test]
fn long_lists_are_refused_before_they_are_decoded() {
    let attribute = (0..3_000).map(|number| (number.to_string(), String::new())).collect();
    let header = proto::data_stream::Header { attributes: attribute, ..Default::default() };
    let value = Some(proto::data_packet::Value::StreamHeader(header));
    let bytes = proto::DataPacket { value, ..Default::default() }.encode_to_vec();
    let (sid, identity) = ("PA_1".into(), "ada".into());
    assert!(read_message(&bytes, &sid, &identity, true).is_none());

    let tracks = |count| vec![proto::AddTrackRequest::default(); count];
    let read = |count| {
        let request = proto::JoinRequest { add_track_requests: tracks(count), ..Default::default() };
        JoinRequest::read(&JoinRequest::write(&request)).map(|request| request.add_tracks.len())
    };
    assert!(read(40).is_ok());
    assert_eq!(read(5_000), Err(JoinRequestError::TooLarge));
}
