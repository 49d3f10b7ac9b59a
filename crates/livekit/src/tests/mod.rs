//! The examples of `docs/protocol/livekit.md`, and what the dialect promises besides.
#![expect(clippy::indexing_slicing, reason = "tests may")]

use std::collections::BTreeMap;
use std::io::Write;

use anteroom_media::{Codec, Direction, Mid, Msid, Section};
use anteroom_room::{
    AddTrack, ConnectionQuality, DisconnectReason, Input, Kind, Output, ParticipantSid, QualityLevel, Source, Speaker,
    SubscriptionPermission, Track, TrackOptions,
};
use anteroom_signalling::{
    ClientRequest, Frame, NegotiatedAnswer, Peer, SessionDescription, Signalling, SubscribedSection, SyncState,
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
        SignalRequest::Client(request) => request,
        other => panic!("{other:?}"),
    }
}

fn signal_request(name: &str) -> SignalRequest {
    let message: proto::SignalRequest = serde_json::from_value(example(name)).unwrap();
    SignalRequest::read(&message.encode_to_vec()).unwrap()
}

fn is_example(frame: &Frame, name: &str) {
    let ours = decode(frame);
    let theirs: proto::SignalResponse = serde_json::from_value(example(name)).unwrap();
    assert_eq!(ours, theirs, "{name}");
}

fn decode(frame: &Frame) -> proto::SignalResponse {
    let Frame::Binary(bytes) = frame else { panic!("{frame:?}") };
    proto::SignalResponse::decode(&**bytes).unwrap()
}

fn server_info() -> ServerInfo {
    ServerInfo { version: "0".to_owned(), node: "ND_x".to_owned() }
}

fn add_track(cid: &str, kind: Kind, source: Source) -> AddTrack {
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

fn track(sid: &str, cid: &str, kind: Kind, mid: &str) -> Track {
    let source = if kind == Kind::Audio { Source::Microphone } else { Source::Camera };
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

    /// Any claims, signed by whoever.
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
    fn the_example_opens_the_room_it_names_for_the_seat_it_names() {
        let claims = keys().verify(&hs256(example("token")), NOW).unwrap();
        assert_eq!(claims.sub, "par_0192f0c1a2b37c4d8e5f60718293a4b5");
        assert_eq!(claims.video.room, "room_6f1d2c3b4a5968778695a4b3c2d1e0ff");
        assert_eq!(claims.anteroom, Some(AnteroomClaim { seat: 3 }));
        let grants = claims.video.grants();
        assert!(grants.can_publish && grants.can_subscribe && grants.can_publish_data && !grants.can_update_metadata);
        let minted = keys().mint(&claims);
        assert_eq!(keys().verify(&minted, NOW).unwrap(), claims);
    }

    #[test]
    fn a_token_opens_nothing_when_it_is_over_or_too_early_or_not_ours() {
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
    fn a_source_we_do_not_know_does_not_open_all_sources() {
        let video = VideoGrant { can_publish_sources: vec!["hologram".to_owned()], ..VideoGrant::default() };
        assert!(!video.grants().may_publish(Source::Camera));
    }
}

mod knocking {
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
            assert_eq!(join_request.add_tracks, [add_track("mic-1", Kind::Audio, Source::Microphone)]);
            assert_eq!(join_request.offer, Some(SessionDescription { sdp: "v=0\r\n".to_owned(), id: 1 }));
            assert_eq!(join_request.resume, None);
        }
    }

    #[test]
    fn a_join_request_that_inflates_beyond_a_mebibyte_is_not_inflated() {
        let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
        assert_eq!(JoinRequest::read(&wrapped(&bomb, 1)).err(), Some(JoinRequestError::TooLarge));
    }

    proptest! {
        #[test]
        fn whatever_knocks_is_read_or_refused(parameter in ".{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = JoinRequest::read(&parameter);
            let _ = JoinRequest::read(&URL_SAFE.encode(&bytes));
            let _ = JoinRequest::read(&wrapped(&bytes, 0));
            let _ = JoinRequest::read(&wrapped(&bytes, 1));
            let _ = SignalRequest::read(&bytes);
            let _ = read_message(&bytes, &"PA_x".into(), &"ada".into(), true);
        }
    }
}

mod listening {
    use super::*;

    #[test]
    fn every_example_of_a_request_means_what_the_page_says() {
        let ClientRequest::AddTrack(camera) = request("add_track") else { panic!() };
        assert_eq!((camera.cid.as_str(), camera.kind, camera.source), ("cam-1", Kind::Video, Source::Camera));
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
    fn a_message_newer_than_we_are_is_nothing_and_garbage_is_garbage() {
        // Field 400, a text.
        assert_eq!(SignalRequest::read(&[0x82, 0x19, 0x01, b'x']), Ok(SignalRequest::Nothing));
        assert_eq!(SignalRequest::read(b"hello"), Err(MalformedMessage));
    }
}

mod speakers_changed {
    use super::*;

    #[test]
    fn every_example_of_a_reply_is_what_we_say() {
        let to = ParticipantSid::from("PA_x");
        let of = |output: Output| signal_response::output(&output).unwrap();
        let mut microphone = track("TR_AMx", "mic-1", Kind::Audio, "");
        microphone.mime.clear();
        is_example(
            &of(Output::TrackPending { to: to.clone(), cid: "mic-1".to_owned(), track: microphone }),
            "track_published",
        );
        let tracks = BTreeMap::from([(Mid::from("3"), "TR_AMx".into())]);
        is_example(&signal_response::answer(7, "v=0\r\n".to_owned(), &tracks), "answer");
        is_example(&signal_response::sections(1, 2), "media_sections_requirement");
        is_example(
            &signal_response::trickle(Peer::Publisher, "0", "candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host"),
            "trickle",
        );
        is_example(&pong_resp(1_795_174_200_000, 1_795_174_200_007), "pong_resp");
        let changes = vec![Speaker { sid: to.clone(), level: 0.5 }, Speaker { sid: "PA_y".into(), level: 0.0 }];
        is_example(&of(Output::SpeakersChanged { to: to.clone(), changes }), "speakers_changed");
        let line = ConnectionQuality { sid: to.clone(), quality: QualityLevel::Good, score: 60 };
        is_example(&of(Output::ConnectionQualityChanged { to: to.clone(), quality: line }), "connection_quality");
        is_example(&of(Output::TrackNotFound { to, track: "TR_gone".into() }), "subscription_response");
        is_example(&leave(DisconnectReason::DuplicateIdentity), "leave_replaced");
        is_example(&state_mismatch(), "leave_unknown_stay");
    }
}

mod packets {
    use super::*;

    #[test]
    fn a_packet_goes_on_with_its_true_sender_whoever_it_claims_to_be_from() {
        let user = proto::UserPacket { payload: b"hello".to_vec(), ..Default::default() };
        let claimed = proto::DataPacket {
            participant_identity: "somebody else".to_owned(),
            participant_sid: "PA_else".to_owned(),
            destination_identities: vec!["ben".to_owned()],
            value: Some(proto::data_packet::Value::User(user)),
            ..Default::default()
        };
        let packet = read_message(&claimed.encode_to_vec(), &"PA_a".into(), &"ada".into(), true).unwrap();
        assert_eq!(packet.to, ["ben".into()]);
        let sent = proto::DataPacket::decode(&packet.encoded.for_wire(WIRE).unwrap()[..]).unwrap();
        assert_eq!((sent.participant_identity.as_str(), sent.participant_sid.as_str()), ("ada", "PA_a"));
    }
}
