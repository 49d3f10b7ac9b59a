//! What strangers say, in any order: nobody else notices, and nobody's things change but their own.

use anteroom_livekit::SignalRequest;
use anteroom_signalling::TrackSettings;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn any_name() -> impl Strategy<Value = String> {
    // Theirs, the other's, and nobody's.
    select(vec!["TR_eve", "TR_ada", "PA_1", "PA_2", "", "TR_"]).prop_map(str::to_owned)
}

fn any_sdp() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned()),
        "(v=0|m=audio 9 UDP/TLS/RTP/SAVPF 111|a=mid:0|a=sendonly|a=ice-ufrag:x|\r\n|[a-z=]{0,9}){0,20}",
    ]
}

/// Anything a program could say, about anything in the room.
fn any_message() -> impl Strategy<Value = proto::signal_request::Message> {
    use proto::signal_request::Message as Ask;
    let description =
        |(sdp, id)| proto::SessionDescription { r#type: "offer".to_owned(), sdp, id, ..Default::default() };
    prop_oneof![
        (any_sdp(), 0u32..4).prop_map(move |said| Ask::Offer(description(said))),
        (any_sdp(), 0u32..4).prop_map(move |said| Ask::Answer(description(said))),
        (any_name(), 0..3i32, 0..6i32).prop_map(|(cid, r#type, source)| Ask::AddTrack(proto::AddTrackRequest {
            cid,
            r#type,
            source,
            ..Default::default()
        })),
        (any_name(), any::<bool>()).prop_map(|(sid, muted)| Ask::Mute(proto::MuteTrackRequest { sid, muted })),
        (any_name(), any::<bool>()).prop_map(|(name, subscribe)| {
            Ask::Subscription(proto::UpdateSubscription { track_sids: vec![name], subscribe, ..Default::default() })
        }),
        (any_name(), any::<bool>(), any::<u32>()).prop_map(|(name, disabled, width)| {
            Ask::TrackSetting(proto::UpdateTrackSettings {
                track_sids: vec![name],
                disabled,
                width,
                height: width,
                ..Default::default()
            })
        }),
        any_name().prop_map(|name| {
            let published = proto::TrackPublishedResponse {
                track: Some(proto::TrackInfo { sid: name, ..Default::default() }),
                ..Default::default()
            };
            Ask::SyncState(proto::SyncState { publish_tracks: vec![published], ..Default::default() })
        }),
        any::<bool>().prop_map(|all_participants| {
            Ask::SubscriptionPermission(proto::SubscriptionPermission { all_participants, ..Default::default() })
        }),
        Just(Ask::UpdateMetadata(proto::UpdateParticipantMetadata { metadata: "x".into(), ..Default::default() })),
        Just(Ask::Leave(proto::LeaveRequest::default())),
        any::<i64>().prop_map(Ask::Ping),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => any_message().prop_map(|message| proto::SignalRequest { message: Some(message) }.encode_to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..100),
    ]
}

#[test]
fn a_long_list_of_wishes_is_not_kept_once_for_every_wish() {
    let mut building = Building::new();
    let eve = building.enters("a", "eve");
    let tracks = (0..10_000).map(|number| format!("TR_{number}").as_str().into()).collect();
    building.request(
        &eve.session,
        ClientRequest::TrackSettings(TrackSettings { tracks, disabled: true, quality: 2, width: 1, height: 1 }),
    );
    let live = building.rooms.rooms.values().next().unwrap();
    let connection = live.connections.values().next().unwrap();
    let kept = (0..10_000).filter_map(|number| connection.settings_of(&format!("TR_{number}").as_str().into()));
    let kept: Vec<_> = kept.collect();
    assert!(!kept.is_empty() && kept.len() < 1_000, "{}", kept.len());
    assert!(kept.iter().all(|settings| settings.tracks.is_empty()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn nobody_notices_what_a_stranger_says(said in proptest::collection::vec(bytes(), 0..40), from_query in any::<bool>()) {
        let mut building = Building::new();
        let mut ada = building.enters("a", "ada");
        let add_track = SignalRequest::read(&proto::SignalRequest { message: Some(proto::signal_request::Message::AddTrack(
            proto::AddTrackRequest { cid: "mic".into(), source: 2, ..Default::default() },
        )) }.encode_to_vec()).unwrap();
        let SignalRequest::Client(add_track) = add_track else { panic!("{add_track:?}") };
        building.request(&ada.session, *add_track);
        heard(&mut ada);
        let mut eve = building.enters_with("a", "eve", from_query);
        for bytes in said {
            if let Ok(SignalRequest::Client(request)) = SignalRequest::read(&bytes) {
                building.request(&eve.session, *request);
            }
            heard(&mut eve);
            for message in heard(&mut ada) {
                let harmless = match &message {
                    Message::Update(update) => update.participants.iter().all(|info| info.sid == "PA_2"),
                    Message::SubscriptionPermissionUpdate(update) => update.participant_sid == "PA_2",
                    Message::MediaSectionsRequirement(_) => true,
                    _ => false,
                };
                prop_assert!(harmless, "{message:?}");
            }
        }
        prop_assert!(!ada.frames.is_closed());
    }
}
