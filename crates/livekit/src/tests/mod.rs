//! Tests of the wire format, with the examples of `docs/protocol/livekit.md`.
#![expect(clippy::indexing_slicing, reason = "tests may")]

use std::collections::BTreeMap;
use std::io::Write;

use anteroom_media::{Codec, Direction, Mid, Msid, Section};
use anteroom_room::{
    AddTrack, ConnectionQuality, DisconnectReason, Input, Output, ParticipantSid, QualityLevel, Source, Speaker,
    SubscriptionPermission, Track, TrackKind, TrackOptions,
};
use anteroom_signalling::{
    ClientRequest, Frame, NegotiatedAnswer, PeerRole, SessionDescription, Signalling, SubscribedSection, SyncState,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use livekit_protocol as proto;
use proptest::prelude::*;
use prost::Message;

use super::*;

const PAGE: &str = include_str!("../../../../docs/protocol/livekit.md");

/// The JSON of an example of the page.
fn example(name: &str) -> serde_json::Value {
    let (_, after) = PAGE.split_once(&format!("<!-- example: {name} -->\n```json\n")).unwrap();
    serde_json::from_str(after.split_once("\n```").unwrap().0).unwrap()
}

fn request(name: &str) -> ClientRequest {
    match signal_request(name) {
        SignalRequest::Client(request) => *request,
        other => panic!("{other:?}"),
    }
}

fn signal_request(name: &str) -> SignalRequest {
    let message: proto::SignalRequest = serde_json::from_value(example(name)).unwrap();
    SignalRequest::read(&message.encode_to_vec()).unwrap()
}

fn assert_example(frame: &Frame, name: &str) {
    let written = decode(frame);
    let expected: proto::SignalResponse = serde_json::from_value(example(name)).unwrap();
    assert_eq!(written, expected, "{name}");
}

fn decode(frame: &Frame) -> proto::SignalResponse {
    let Frame::Binary(bytes) = frame else { panic!("{frame:?}") };
    proto::SignalResponse::decode(&**bytes).unwrap()
}

fn server_info() -> ServerInfo {
    ServerInfo { version: "0".to_owned(), node: "ND_x".to_owned() }
}

fn add_track(cid: &str, kind: TrackKind, source: Source) -> AddTrack {
    AddTrack {
        cid: cid.to_owned(),
        codec_of: None,
        kind,
        source,
        name: String::new(),
        muted: false,
        width: 0,
        height: 0,
        options: TrackOptions::default(),
    }
}

fn track(sid: &str, cid: &str, kind: TrackKind, mid: &str) -> Track {
    let source = if kind == TrackKind::Audio { Source::Microphone } else { Source::Camera };
    Track {
        sid: sid.into(),
        request: add_track(cid, kind, source),
        mid: mid.to_owned(),
        mime: String::new(),
        backup: None,
    }
}

mod client_offers;
mod long_lists;
mod server_offers;

fn client_of(join_request: &JoinRequest) -> proto::ParticipantInfo {
    proto::ParticipantInfo::decode(&join_request.client.for_wire(WIRE).unwrap()[..]).unwrap()
}

mod tokens {
    use super::*;

    const NOW: i64 = 1_795_170_000;

    fn keys() -> Keys {
        Keys::single("devkey", "secret")
    }

    /// Any claims, signed with any secret.
    fn signed(header: serde_json::Value, claims: serde_json::Value, secret: &str) -> String {
        let part =
            |value: &serde_json::Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(&claims));
        let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
        format!("{text}.{signature}")
    }

    fn hs256(claims: serde_json::Value) -> String {
        signed(serde_json::json!({"alg": "HS256", "typ": "JWT"}), claims, "secret")
    }

    #[test]
    fn the_example_grants_its_room_and_has_its_ticket_number() {
        let claims = keys().verify(&hs256(example("token")), NOW).unwrap();
        assert_eq!(claims.sub, "par_0192f0c1a2b37c4d8e5f60718293a4b5");
        assert_eq!(claims.video.room, "room_6f1d2c3b4a5968778695a4b3c2d1e0ff");
        assert_eq!(claims.anteroom, Some(AnteroomClaim { ticket_number: 3 }));
        let grants = claims.video.grants();
        assert!(grants.can_publish && grants.can_subscribe && grants.can_publish_data && !grants.can_update_metadata);
        let minted = keys().mint(&claims);
        assert_eq!(keys().verify(&minted, NOW).unwrap(), claims);
    }

    #[test]
    fn expired_early_and_forged_tokens_are_rejected() {
        let with = |changes: serde_json::Value| {
            let mut claims = example("token");
            for (key, value) in changes.as_object().unwrap() {
                claims[key] = value.clone();
            }
            claims
        };
        let verify = |changes| keys().verify(&hs256(with(changes)), NOW).map(|_| ());
        assert_eq!(verify(serde_json::json!({"exp": NOW - 61})), Err(TokenError::Expired));
        assert_eq!(verify(serde_json::json!({"exp": NOW - 59})), Ok(()));
        assert_eq!(verify(serde_json::json!({"nbf": NOW + 61})), Err(TokenError::Early));
        assert_eq!(verify(serde_json::json!({"exp": null})), Err(TokenError::Invalid));
        assert_eq!(verify(serde_json::json!({"exp": "9999999999"})), Err(TokenError::Invalid));
        assert_eq!(verify(serde_json::json!({"iss": "another"})), Err(TokenError::Invalid));
        let forged = signed(serde_json::json!({"alg": "HS256"}), example("token"), "guessed");
        assert_eq!(keys().verify(&forged, NOW).map(|_| ()), Err(TokenError::Invalid));
    }

    #[test]
    fn no_other_algorithm_is_accepted() {
        for algorithm in ["none", "HS384", "HS512", "RS256"] {
            let token = signed(serde_json::json!({"alg": algorithm}), example("token"), "secret");
            assert!(keys().verify(&token, NOW).is_err(), "{algorithm}");
        }
        let token = hs256(example("token"));
        let unsigned = &token[..=token.rfind('.').unwrap()];
        assert!(keys().verify(unsigned, NOW).is_err());
    }

    #[test]
    fn an_unknown_source_does_not_grant_all_sources() {
        let video = VideoGrant { can_publish_sources: vec!["hologram".to_owned()], ..VideoGrant::default() };
        assert!(!video.grants().may_publish(Source::Camera));
    }
}

mod join_requests {
    use super::*;

    fn wrapped(plain: &[u8], compression: i32) -> String {
        let message = proto::WrappedJoinRequest { compression, join_request: plain.to_vec() };
        URL_SAFE.encode(message.encode_to_vec())
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn the_example_is_read_plain_and_gzipped() {
        let message: proto::JoinRequest = serde_json::from_value(example("join_request")).unwrap();
        let plain = message.encode_to_vec();
        for parameter in [wrapped(&plain, 0), wrapped(&gzip(&plain), 1)] {
            let join_request = JoinRequest::read(&parameter).unwrap();
            assert_eq!(client_of(&join_request).client_protocol, 2);
            assert!(join_request.auto_subscribe);
            assert_eq!(join_request.add_tracks, [add_track("mic-1", TrackKind::Audio, Source::Microphone)]);
            assert_eq!(join_request.offer, Some(SessionDescription { sdp: "v=0\r\n".into(), id: 1 }));
            assert_eq!(join_request.resume, None);
        }
    }

    #[test]
    fn a_join_request_above_one_mebibyte_is_refused() {
        let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
        assert_eq!(JoinRequest::read(&wrapped(&bomb, 1)).err(), Some(JoinRequestError::TooLarge));
    }

    proptest! {
        #[test]
        fn join_requests_are_read_as_they_were_written(
            sid in "PA_[a-zA-Z0-9]{0,12}", reconnect: bool, protocol: i32, metadata in ".{0,40}",
        ) {
            let message = proto::JoinRequest {
                client_info: Some(proto::ClientInfo { protocol, ..Default::default() }),
                participant_sid: sid.clone(),
                reconnect,
                metadata: metadata.clone(),
                ..Default::default()
            };
            let plain = message.encode_to_vec();
            for parameter in [JoinRequest::write(&message), wrapped(&gzip(&plain), 1)] {
                let read = JoinRequest::read(&parameter).unwrap();
                prop_assert_eq!(read.resume, reconnect.then(|| sid.as_str().into()));
                prop_assert_eq!((read.protocol, &read.metadata), (protocol, &metadata));
            }
        }
    }
}

mod client_messages {
    use super::*;

    #[test]
    fn every_example_of_a_request_is_read() {
        let ClientRequest::AddTrack(camera) = request("add_track") else { panic!() };
        assert_eq!((camera.cid.as_str(), camera.kind, camera.source), ("cam-1", TrackKind::Video, Source::Camera));
        assert_eq!((camera.width, camera.height, camera.options.layers[0].width), (1280, 720, 320));
        assert_eq!(request("mute"), ClientRequest::Mute { track: "TR_AMx".into(), muted: true });
        assert_eq!(
            request("subscription"),
            ClientRequest::UpdateSubscription { tracks: vec!["TR_VCx".into()], wanted: false }
        );
        assert_eq!(
            request("subscription_permission"),
            ClientRequest::SubscriptionPermission(SubscriptionPermission::All)
        );
        let ClientRequest::TrackSettings(settings) = request("track_setting") else { panic!() };
        assert!(settings.disabled);
        assert_eq!(request("leave_request"), ClientRequest::Leave(DisconnectReason::Left));
        assert_eq!(signal_request("ping_req"), SignalRequest::PingReq(1_795_174_200_000));
    }

    #[test]
    fn long_lists_of_a_join_are_cut() {
        let request = proto::JoinRequest {
            client_info: Some(proto::ClientInfo { capabilities: vec![1; 400_000], ..Default::default() }),
            add_track_requests: vec![proto::AddTrackRequest::default(); 4_000],
            ..Default::default()
        };
        let read = JoinRequest::read(&JoinRequest::write(&request)).unwrap();
        assert!(read.client.len() < 100, "{} bytes are sent to every participant", read.client.len());
        assert_eq!(read.add_tracks.len(), 32);
    }

    #[test]
    fn long_lists_of_features_are_cut() {
        let request = proto::AddTrackRequest {
            audio_features: vec![1; 400_000],
            packet_trailer_features: vec![1; 400_000],
            ..proto::AddTrackRequest::default()
        };
        let options = convert::request(request).unwrap().options;
        let bytes = options.features.len() + options.wire_data.len();
        assert!(bytes < 100, "{bytes} bytes are sent to every participant");
    }

    proptest! {
        #[test]
        fn json_and_protobuf_requests_are_read_alike(sid in "TR_[a-zA-Z0-9]{0,12}", muted: bool) {
            let text = serde_json::json!({ "mute": { "sid": sid, "muted": muted } }).to_string();
            let bytes = SignalRequest::from_json(&text).unwrap();
            let expected = ClientRequest::Mute { track: sid.as_str().into(), muted };
            prop_assert_eq!(SignalRequest::read(&bytes), Ok(SignalRequest::Client(Box::new(expected))));
        }
    }

    #[test]
    fn requests_for_data_tracks_and_blobs_are_denied() {
        let number = 7;
        let blob = proto::StoreDataBlobRequest { request_id: number, blob: None };
        let track = proto::PublishDataTrackRequest { pub_handle: 3, ..Default::default() };
        for (message, id) in [
            (proto::signal_request::Message::StoreDataBlobRequest(blob), number),
            (proto::signal_request::Message::PublishDataTrackRequest(track), 0),
        ] {
            let bytes = proto::SignalRequest { message: Some(message) }.encode_to_vec();
            let Ok(SignalRequest::Denied(answer)) = SignalRequest::read(&bytes) else { panic!("not denied") };
            let Some(proto::signal_response::Message::RequestResponse(denied)) = decode(&answer).message else {
                panic!()
            };
            assert_eq!((denied.reason(), denied.request_id), (proto::request_response::Reason::NotAllowed, id));
        }
    }

    #[test]
    fn bytes_on_an_unknown_channel_are_a_message_to_all() {
        let mut session = SignalState::client_offers("PA_me".into(), server_info());
        let sender = (&"PA_me".into(), &"me".into());
        let received = session.receive_data(sender, "my channel", true, b"hello");
        let Some(anteroom_signalling::DataInput::Message(message)) = received else { panic!("no message") };
        assert!(message.reliable && message.to.is_empty());
        let packet = session.message(sender, &message).unwrap();
        let Some(proto::data_packet::Value::User(user)) = proto::DataPacket::decode(&*packet.bytes).unwrap().value
        else {
            panic!("not a user packet");
        };
        assert_eq!((&*user.payload, packet.label.as_ref()), (&b"hello"[..], "_reliable"));
    }

    #[test]
    fn an_unknown_message_is_ignored_and_a_malformed_one_refused() {
        // Field 400, a string.
        assert_eq!(SignalRequest::read(&[0x82, 0x19, 0x01, b'x']), Ok(SignalRequest::Nothing));
        assert_eq!(SignalRequest::read(b"hello"), Err(MalformedMessage));
    }
}

mod server_messages {
    use super::*;

    #[test]
    fn every_example_of_a_response_is_written() {
        let to = ParticipantSid::from("PA_x");
        let of = |output: Output| signal_response::output(&output).unwrap();
        let mut microphone = track("TR_AMx", "mic-1", TrackKind::Audio, "");
        microphone.mime.clear();
        assert_example(
            &of(Output::TrackPending { to: to.clone(), cid: "mic-1".to_owned(), track: microphone }),
            "track_published",
        );
        let tracks = BTreeMap::from([(Mid::from("3"), "TR_AMx".into())]);
        assert_example(&signal_response::answer(7, "v=0\r\n".to_owned(), &tracks), "answer");
        assert_example(&signal_response::sections(1, 2), "media_sections_requirement");
        assert_example(
            &signal_response::trickle(PeerRole::Publisher, "0", "candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host"),
            "trickle",
        );
        assert_example(&pong_resp(1_795_174_200_000, 1_795_174_200_007), "pong_resp");
        let changes = vec![Speaker { sid: to.clone(), level: 0.5 }, Speaker { sid: "PA_y".into(), level: 0.0 }];
        assert_example(&of(Output::SpeakersChanged { to: to.clone(), changes }), "speakers_changed");
        let quality = ConnectionQuality { sid: to.clone(), quality: QualityLevel::Good, score: 60 };
        assert_example(&of(Output::ConnectionQualityChanged { to: to.clone(), quality }), "connection_quality");
        assert_example(&of(Output::TrackNotFound { to, track: "TR_gone".into() }), "subscription_response");
        assert_example(&leave(DisconnectReason::DuplicateIdentity), "leave_replaced");
        assert_example(&state_mismatch(), "leave_unknown_session");
    }
}

mod packets {
    use super::*;

    proptest! {
        #[test]
        fn a_packet_keeps_its_payload_and_gets_its_true_sender(
            claimed in ".{0,20}", payload in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            let user = proto::UserPacket { payload: payload.clone(), ..Default::default() };
            let claimed = proto::DataPacket {
                participant_identity: claimed.clone(),
                participant_sid: claimed,
                destination_identities: vec!["ben".to_owned()],
                value: Some(proto::data_packet::Value::User(user)),
                ..Default::default()
            };
            let packet = read_message(&claimed.encode_to_vec(), &"PA_a".into(), &"ada".into(), true).unwrap();
            prop_assert_eq!((packet.to, &packet.payload[..]), (vec!["ben".into()], &payload[..]));
            let sent = proto::DataPacket::decode(&packet.encoded.for_wire(WIRE).unwrap()[..]).unwrap();
            prop_assert_eq!((sent.participant_identity.as_str(), sent.participant_sid.as_str()), ("ada", "PA_a"));
        }
    }
}
