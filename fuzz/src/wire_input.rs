//! Data packets, join requests, tokens and server API calls: no sender can be forged, no token is valid that the server
//! did not sign, and a grant for one room is good for no other.

use std::sync::Arc;

use anteroom_livekit::server_api::{Caller, Encoding, Method, read_request};
use anteroom_livekit::{Claims, JoinRequest, Keys, VideoGrant, read_message, write_message};
use anteroom_room::{DataMessage, Identity, ParticipantSid};
use anteroom_signalling::ApiRequest;
use livekit_protocol as proto;
use livekit_protocol::data_packet::Value;
use prost::Message as _;

use crate::panic_log;
use crate::scenario::Scenario;

const NOW: i64 = 1_800_000_000;
const METHODS: &[&str] = &[
    "CreateRoom",
    "ListRooms",
    "DeleteRoom",
    "ListParticipants",
    "GetParticipant",
    "RemoveParticipant",
    "MutePublishedTrack",
    "UpdateParticipant",
    "UpdateSubscriptions",
    "SendData",
    "UpdateRoomMetadata",
    "PerformRpc",
    "ForwardParticipant",
    "MoveParticipant",
];

pub fn wire_input(bytes: &[u8]) {
    panic_log::start();
    let mut scenario = Scenario::new(bytes);
    match scenario.below(4) {
        0 => data(&mut scenario),
        1 => join_request(&mut scenario),
        2 => token(&mut scenario),
        _ => api_call(&mut scenario),
    }
    panic_log::check();
}

/// The true sender is written into every field where a receiver could look for it.
fn data(scenario: &mut Scenario<'_>) {
    let (sid, identity) = (ParticipantSid::from("PA_eve"), Identity::from("eve"));
    let reliable = scenario.flip();
    let bytes = scenario.rest();
    let Some(packet) = read_message(bytes, &sid, &identity, reliable) else { return };
    let sent = proto::DataPacket::decode(&bytes_of(&packet)[..]).expect("our own packet decodes");
    assert_eq!((sent.participant_sid.as_str(), sent.participant_identity.as_str()), ("PA_eve", "eve"));
    assert_eq!(sent.sequence, packet.sequence);
    check_sender(sent.value);
    // The sender may be written twice; nothing else grows.
    assert!(packet.encoded.len() <= bytes.len() + 64, "{} bytes became {}", bytes.len(), packet.encoded.len());
}

fn bytes_of(message: &DataMessage) -> Arc<[u8]> {
    let (sid, identity) = (ParticipantSid::from("PA_eve"), Identity::from("eve"));
    write_message(&sid, &identity, message).expect("a message of this wire")
}

#[expect(deprecated, reason = "old clients read these")]
fn check_sender(value: Option<Value>) {
    match value {
        Some(Value::User(user)) => {
            assert_eq!((user.participant_sid.as_str(), user.participant_identity.as_str()), ("PA_eve", "eve"));
        }
        Some(Value::Speaker(_)) | None => panic!("only the server sends speaker updates"),
        Some(_) => {}
    }
}

/// A join request is read or refused, and its content is not larger than the input.
fn join_request(scenario: &mut Scenario<'_>) {
    let is_packed = scenario.flip();
    let text = if scenario.flip() {
        String::from_utf8_lossy(scenario.rest()).into_owned()
    } else {
        let wrapped =
            proto::WrappedJoinRequest { compression: i32::from(is_packed), join_request: scenario.rest().to_vec() };
        in_base64(&wrapped.encode_to_vec())
    };
    if let Ok(join_request) = JoinRequest::read(&text) {
        assert!(join_request.add_tracks.len() <= text.len() || is_packed);
        assert!(!join_request.dual_pc, "dual peer connection is chosen by the path /rtc");
    }
}

/// A modified token is either invalid or has exactly the signed claims.
fn token(scenario: &mut Scenario<'_>) {
    let keys = Keys::single("key", "a secret that is long enough for anybody");
    let video = VideoGrant { room: "a".to_owned(), room_join: true, ..VideoGrant::default() };
    let claims = Claims { sub: "eve".to_owned(), exp: Some(NOW as f64 + 60.0), video, ..Claims::default() };
    let minted = keys.mint(&claims);
    let mut text = match scenario.below(3) {
        0 => scenario.rest().to_vec(),
        1 => unsigned(scenario).into_bytes(),
        _ => minted.clone().into_bytes(),
    };
    scenario.mutate(&mut text);
    let text = String::from_utf8_lossy(&text);
    if let Ok(read) = keys.verify(&text, NOW) {
        assert!(read == Claims { iss: "key".to_owned(), ..claims.clone() }, "a token the server never signed: {text}");
    }
    assert!(keys.verify(&minted, NOW + 200).is_err(), "a token is valid after it expired");
}

/// A complete token with no signature or a foreign one.
fn unsigned(scenario: &mut Scenario<'_>) -> String {
    let header = scenario.one_of(&[
        r#"{"alg":"none"}"#,
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256","jwk":{}}"#,
        "{}",
    ]);
    let claims = format!(r#"{{"iss":"key","sub":"eve","exp":{},"video":{{"roomJoin":true,"room":"b"}}}}"#, NOW + 60);
    let signature = in_base64(scenario.some_bytes());
    let encode = |text: &str| in_base64(text.as_bytes());
    let text = format!("{}.{}.{signature}", encode(header.unwrap_or_default()), encode(&claims));
    text.replace('=', "")
}

/// A room admin's token allows no call for another room and none that needs another grant.
fn api_call(scenario: &mut Scenario<'_>) {
    let keys = Keys::single("key", "a secret that is long enough for anybody");
    let video = VideoGrant { room: "a".to_owned(), room_admin: true, ..VideoGrant::default() };
    let claims = Claims { sub: "client".to_owned(), exp: Some(NOW as f64 + 60.0), video, ..Claims::default() };
    let header = format!("Bearer {}", keys.mint(&claims));
    let caller = Caller::identify(&keys, Some(&header), NOW).expect("a valid token");
    let name = scenario.one_of(METHODS).unwrap_or_default();
    let method = Method::named("livekit.RoomService", name).expect("a known method");
    let encoding = if scenario.flip() { Encoding::Json } else { Encoding::Protobuf };
    let Ok(call) = read_request(method, &caller, encoding, scenario.rest()) else { return };
    let room = match call {
        ApiRequest::CreateRoom(_) | ApiRequest::ListRooms(_) | ApiRequest::DeleteRoom(_) => {
            panic!("{name} needs another grant")
        }
        ApiRequest::ListParticipants(room)
        | ApiRequest::GetParticipant(room, _)
        | ApiRequest::RemoveParticipant(room, _)
        | ApiRequest::MutePublishedTrack(room, ..)
        | ApiRequest::UpdateParticipant(room, ..)
        | ApiRequest::UpdateSubscriptions(room, ..)
        | ApiRequest::SendData(room, _)
        | ApiRequest::UpdateRoomMetadata(room, _)
        | ApiRequest::PerformRpc(room, ..) => room,
    };
    assert_eq!(room, "a", "a grant for one room was good for another");
}

/// URL-safe base64 with padding.
fn in_base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|index| u32::from(chunk.get(index).copied().unwrap_or(0)));
        let all = a << 16 | b << 8 | c;
        let letters = [18, 12, 6, 0].map(|shift| char::from(LETTERS[(all >> shift & 63) as usize]));
        text.extend(letters.iter().take(chunk.len() + 1));
        text.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    text
}
