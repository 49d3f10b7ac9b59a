//! Tests of webhooks, with the examples of `docs/protocol/livekit-server-api.md`.

use std::sync::Arc;

use anteroom_room::{
    AddTrack, Grants, Participant, ParticipantState, Source, Track, TrackKind, TrackOptions, WireData,
};
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
        kind: TrackKind::Audio,
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

/// Compared as messages: an example may omit default values.
fn assert_example(event: Event, id: &str, at: i64, dropped: u32, name: &str) {
    let event = RoomEvent { room: ward(), event };
    let written: proto::WebhookEvent = serde_json::from_slice(&body(&event, id, at, dropped)).unwrap();
    let expected: proto::WebhookEvent = serde_json::from_value(example(name)).unwrap();
    assert_eq!(written, expected, "{name}");
}

#[test]
fn every_example_of_an_event_is_written() {
    assert_example(Event::ParticipantJoined(ann()), "EV_x", 1_795_174_202, 0, "participant_joined");
    assert_example(Event::TrackUnpublished(microphone()), "EV_y", 1_795_174_300, 2, "track_unpublished");
    assert_example(Event::RoomFinished(Some(DisconnectReason::RoomDeleted)), "EV_z", 1_795_174_400, 0, "room_finished");
}

#[test]
fn the_examples_of_the_server_api_are_read_and_written() {
    let keys = Keys::single("devkey", "secret");
    let video = crate::VideoGrant { room_create: true, ..Default::default() };
    let token = keys.mint(&Claims { video, exp: Some(100.0), ..Claims::default() });
    let caller = Caller::identify(&keys, Some(&format!("Bearer {token}")), 50).unwrap();
    let body = example("create_room").to_string();
    let request = read_request(Method::CreateRoom, &caller, Encoding::Json, body.as_bytes()).unwrap();
    let ApiRequest::CreateRoom(plan) = request else { panic!("another request") };
    assert_eq!((plan.empty_timeout, plan.departure_timeout, plan.max_participants), (600, 30, 4));
    let response = write_response(&ApiResponse::Room(Box::new(ward())), Encoding::Json);
    let written: proto::Room = serde_json::from_slice(&response).unwrap();
    assert_eq!(written, serde_json::from_value(example("room")).unwrap());
    let denied: TwirpError = Caller::identify(&keys, None, 50).unwrap_err();
    assert_eq!(serde_json::from_slice::<Value>(&denied.body()).unwrap(), example("denied"));
}

#[test]
fn a_signature_covers_its_body_for_five_minutes() {
    let keys = Keys::single("devkey", "secret");
    let body = body(&RoomEvent { room: ward(), event: Event::RoomStarted }, "EV_x", 1_000, 0);
    let token = sign(&body, &keys, 1_000);
    let claims = keys.verify(&token, 1_000).unwrap();
    assert_eq!((claims.iss.as_str(), claims.exp), ("devkey", Some(1_300.0)));
    assert_eq!(claims.sha256, STANDARD.encode(Sha256::digest(&body)));
    assert!(!claims.video.room_admin && !claims.video.room_join, "a signature grants nothing");
}

#[test]
fn events_about_tracks_do_not_repeat_metadata() {
    let event = RoomEvent { room: ward(), event: Event::TrackPublished(microphone()) };
    let text = String::from_utf8(body(&event, "EV_x", 0, 0)).unwrap();
    assert!(!text.contains("floor 2"));
}
