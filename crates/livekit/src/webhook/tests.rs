//! The examples of `docs/protocol/livekit-server-api.md`, and what a signature is worth.

use std::sync::Arc;

use anteroom_room::{AddTrack, Grants, Kind, Participant, ParticipantState, Source, Track, TrackOptions, WireData};
use anteroom_signalling::{ApiRequest, ApiResponse, RoomInfo};
use serde_json::Value;

use super::*;
use crate::server_api::{Caller, Encoding, Method, TwirpError, read_request, write_response};

const PAGE: &str = include_str!("../../../../docs/protocol/livekit-server-api.md");

fn example(name: &str) -> Value {
    let (_, after) = PAGE.split_once(&format!("<!-- example: {name} -->\n```json\n")).unwrap();
    serde_json::from_str(after.split_once("\n```").unwrap().0).unwrap()
}

fn ward() -> RoomSnapshot {
    let info = RoomInfo {
        sid: "RM_x".to_owned(),
        name: "ward".to_owned(),
        created_at_ms: 1_795_174_200_123,
        metadata: "floor 2".to_owned(),
        empty_timeout: 600,
        departure_timeout: 30,
        max_participants: 4,
    };
    RoomSnapshot { info, people: 2, publishers: 1 }
}

fn ann() -> Arc<Participant> {
    Arc::new(Participant {
        sid: "PA_x".into(),
        identity: "ann".into(),
        name: "Ann".to_owned(),
        metadata: String::new(),
        attributes: Default::default(),
        grants: Grants::default(),
        state: ParticipantState::Active,
        version: 2,
        joined_at_ms: 1_795_174_201_000,
        client: WireData::default(),
        tracks: Vec::new(),
        has_published: false,
        disconnect_reason: None,
    })
}

fn microphone() -> PublishedTrack {
    let request = AddTrack {
        codec_of: None,
        cid: "mic-1".to_owned(),
        kind: Kind::Audio,
        source: Source::Microphone,
        name: String::new(),
        muted: false,
        width: 0,
        height: 0,
        options: TrackOptions::default(),
    };
    let track =
        Track { sid: "TR_AMx".into(), request, mid: "1".to_owned(), mime: "audio/opus".to_owned(), backup: None };
    PublishedTrack { sid: "PA_x".into(), identity: "ann".into(), track }
}

/// Compared as messages: an example need not spell out what has its default value.
fn tells(event: Event, id: &str, at: i64, dropped: u32, name: &str) {
    let news = RoomEvent { room: ward(), event };
    let ours: proto::WebhookEvent = serde_json::from_slice(&body(&news, id, at, dropped)).unwrap();
    let theirs: proto::WebhookEvent = serde_json::from_value(example(name)).unwrap();
    assert_eq!(ours, theirs, "{name}");
}

#[test]
fn events_look_as_the_page_says() {
    tells(Event::ParticipantJoined(ann()), "EV_x", 1_795_174_202, 0, "participant_joined");
    tells(Event::TrackUnpublished(microphone()), "EV_y", 1_795_174_300, 2, "track_unpublished");
    tells(Event::RoomFinished(Some(DisconnectReason::RoomDeleted)), "EV_z", 1_795_174_400, 0, "room_finished");
}

#[test]
fn requests_and_answers_look_as_the_page_says() {
    let keys = Keys::single("devkey", "secret");
    let video = crate::VideoGrant { room_create: true, ..Default::default() };
    let token = keys.mint(&Claims { video, exp: Some(100.0), ..Claims::default() });
    let caller = Caller::identify(&keys, Some(&format!("Bearer {token}")), 50).unwrap();
    let body = example("create_room").to_string();
    let order = read_request(Method::CreateRoom, &caller, Encoding::Json, body.as_bytes()).unwrap();
    let ApiRequest::CreateRoom(plan) = order else { panic!("another order") };
    assert_eq!((plan.empty_timeout, plan.departure_timeout, plan.max_participants), (600, 30, 4));
    let answer = write_response(&ApiResponse::Room(Box::new(ward())), Encoding::Json);
    let ours: proto::Room = serde_json::from_slice(&answer).unwrap();
    assert_eq!(ours, serde_json::from_value(example("room")).unwrap());
    let request_denied: TwirpError = Caller::identify(&keys, None, 50).unwrap_err();
    assert_eq!(serde_json::from_slice::<Value>(&request_denied.body()).unwrap(), example("denied"));
}

#[test]
fn a_signature_is_good_for_its_body_for_five_minutes() {
    let keys = Keys::single("devkey", "secret");
    let body = body(&RoomEvent { room: ward(), event: Event::RoomStarted }, "EV_x", 1_000, 0);
    let token = sign(&body, &keys, 1_000);
    let claims = keys.verify(&token, 1_000).unwrap();
    assert_eq!((claims.iss.as_str(), claims.exp), ("devkey", Some(1_300.0)));
    assert_eq!(claims.sha256, STANDARD.encode(Sha256::digest(&body)));
    assert!(!claims.video.room_admin && !claims.video.room_join, "a signature opens no door");
}

#[test]
fn a_track_is_no_occasion_to_repeat_what_is_said_about_people() {
    let news = RoomEvent { room: ward(), event: Event::TrackPublished(microphone()) };
    let text = String::from_utf8(body(&news, "EV_x", 0, 0)).unwrap();
    assert!(!text.contains("floor 2"));
}
