//! Any messages in any order from one client: the others see only that participant change.

use anteroom_livekit::SignalRequest;
use anteroom_signalling::TrackSettings;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn any_name() -> impl Strategy<Value = String> {
    // Of the sender, of the other participant, and unknown.
    select(vec!["TR_eve", "TR_ada", "PA_1", "PA_2", "", "TR_"]).prop_map(str::to_owned)
}

fn any_sdp() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned()),
        "(v=0|m=audio 9 UDP/TLS/RTP/SAVPF 111|a=mid:0|a=sendonly|a=ice-ufrag:x|\r\n|[a-z=]{0,9}){0,20}",
    ]
}

/// Any request a client could send, about anything in the room.
fn any_message() -> impl Strategy<Value = proto::signal_request::Message> {
    use proto::signal_request::Message as Request;
    let description =
        |(sdp, id)| proto::SessionDescription { r#type: "offer".to_owned(), sdp, id, ..Default::default() };
    prop_oneof![
        (any_sdp(), 0u32..4).prop_map(move |text| Request::Offer(description(text))),
        (any_sdp(), 0u32..4).prop_map(move |text| Request::Answer(description(text))),
        (any_name(), 0..3i32, 0..6i32).prop_map(|(cid, r#type, source)| Request::AddTrack(proto::AddTrackRequest {
            cid,
            r#type,
            source,
            ..Default::default()
        })),
        (any_name(), any::<bool>()).prop_map(|(sid, muted)| Request::Mute(proto::MuteTrackRequest { sid, muted })),
        (any_name(), any::<bool>()).prop_map(|(name, subscribe)| {
            Request::Subscription(proto::UpdateSubscription { track_sids: vec![name], subscribe, ..Default::default() })
        }),
        (any_name(), any::<bool>(), any::<u32>()).prop_map(|(name, disabled, width)| {
            Request::TrackSetting(proto::UpdateTrackSettings {
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
            Request::SyncState(proto::SyncState { publish_tracks: vec![published], ..Default::default() })
        }),
        any::<bool>().prop_map(|all_participants| {
            Request::SubscriptionPermission(proto::SubscriptionPermission { all_participants, ..Default::default() })
        }),
        Just(Request::UpdateMetadata(proto::UpdateParticipantMetadata { metadata: "x".into(), ..Default::default() })),
        Just(Request::Leave(proto::LeaveRequest::default())),
        any::<i64>().prop_map(Request::Ping),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => any_message().prop_map(|message| proto::SignalRequest { message: Some(message) }.encode_to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..100),
    ]
}

#[test]
fn list_of_tracks_is_not_stored_once_per_track() {
    let mut harness = harness();
    let eve = join(&mut harness, "a", "eve");
    let tracks = (0..10_000).map(|number| format!("TR_{number}").as_str().into()).collect();
    harness.request(
        &eve,
        ClientRequest::TrackSettings(TrackSettings {
            tracks,
            disabled: true,
            quality: 2,
            width: 1,
            height: 1,
            priority: None,
        }),
    );
    let live = harness.rooms.rooms.values().next().unwrap();
    let connection = live.connections.values().next().unwrap();
    let kept = (0..10_000).filter_map(|number| connection.settings_of(&format!("TR_{number}").as_str().into()));
    let kept: Vec<_> = kept.collect();
    assert!(!kept.is_empty() && kept.len() < 1_000, "{}", kept.len());
    assert!(kept.iter().all(|settings| settings.tracks.is_empty()));
}

#[test]
fn participant_that_joins_again_is_the_same_person_to_publishers() {
    let mut harness = harness();
    let mut person = |identity: &str, dual_pc| {
        let joined = JoinRequest { dual_pc, ..JoinRequest::default() };
        harness.join("a", identity, joined).unwrap();
        let (_, publisher, subscriber) = harness.rooms.people("a").into_iter().next_back().unwrap();
        let media = &harness.rooms.rooms.values().next().unwrap().media;
        let persons = [media.person(publisher).unwrap(), media.person(subscriber).unwrap()];
        assert_eq!(persons[0], persons[1]);
        persons[0]
    };
    let first = person("eve", false);
    assert_ne!(person("ada", false), first);
    assert_eq!(person("eve", true), first, "a new connection brings no new budget");
}

#[test]
fn peer_that_overruns_its_budget_leaves_alone() {
    let mut harness = harness();
    let (mut ada, mut eve) = (join(&mut harness, "a", "ada"), join(&mut harness, "a", "eve"));
    harness.overrun(&eve);
    assert!(!is_open(&mut eve), "the client is disconnected and may join again");
    assert!(is_open(&mut ada));
    assert_eq!((harness.view("a", "eve").is_some(), harness.view("a", "ada").is_some()), (false, true));
    assert_eq!(harness.unrouted(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn requests_of_one_client_do_not_affect_others(sent in proptest::collection::vec(bytes(), 0..40), dual_pc in any::<bool>()) {
        let mut harness = harness();
        let mut ada = join(&mut harness, "a", "ada");
        let add_track = SignalRequest::read(&proto::SignalRequest { message: Some(proto::signal_request::Message::AddTrack(
            proto::AddTrackRequest { cid: "mic".into(), source: 2, ..Default::default() },
        )) }.encode_to_vec()).unwrap();
        let SignalRequest::Client(add_track) = add_track else { panic!("{add_track:?}") };
        harness.request(&ada, *add_track);
        messages(&mut ada);
        let mut eve = harness.join("a", "eve", JoinRequest { dual_pc, auto_subscribe: true, ..JoinRequest::default() }).unwrap();
        for bytes in sent {
            if let Ok(SignalRequest::Client(request)) = SignalRequest::read(&bytes) {
                harness.request(&eve, *request);
            }
            messages(&mut eve);
            for message in messages(&mut ada) {
                let harmless = match &message {
                    Message::Update(update) => update.participants.iter().all(|info| info.sid == "PA_2"),
                    Message::SubscriptionPermissionUpdate(update) => update.participant_sid == "PA_2",
                    Message::MediaSectionsRequirement(_) => true,
                    _ => false,
                };
                prop_assert!(harmless, "{message:?}");
            }
        }
        prop_assert!(!ada.is_closed());
    }
}
