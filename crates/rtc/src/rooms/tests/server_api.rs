//! The server API and room events, without HTTP.

use anteroom_livekit::server_api::{Code, TwirpError};
use anteroom_livekit::webhook::event_name;
use anteroom_room::{Grants, MetadataChange};
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, CreateRoom, RoomSnapshot, RpcCall, ServerData};

use super::*;
use crate::event_queue::{Dropped, event_queue};

fn call(harness: &mut RoomsHarness, api_call: ApiRequest) -> Result<ApiResponse, ApiError> {
    harness.api_call(api_call, true).try_recv().unwrap()
}

fn create(harness: &mut RoomsHarness, plan: CreateRoom) -> RoomSnapshot {
    let sid = harness.next_room_sid();
    let plan = CreateRoom { sid, ..plan };
    let Ok(ApiResponse::Room(room)) = call(harness, ApiRequest::CreateRoom(plan)) else { panic!("no room") };
    *room
}

fn list(harness: &mut RoomsHarness) -> Vec<(String, u32)> {
    let Ok(ApiResponse::Rooms(rooms)) = call(harness, ApiRequest::ListRooms(vec![])) else { panic!("no list") };
    rooms.into_iter().map(|room| (room.info.name, room.people)).collect()
}

fn plan(name: &str) -> CreateRoom {
    CreateRoom { name: name.to_owned(), ..CreateRoom::default() }
}

fn code(result: Result<ApiResponse, ApiError>) -> Code {
    TwirpError::from(result.err().unwrap()).code
}

fn room() -> String {
    "a".to_owned()
}

#[test]
fn room_can_be_created_before_the_first_join() {
    let mut harness = harness();
    let made =
        create(&mut harness, CreateRoom { empty_timeout: 900, max_participants: 1, metadata: "m".into(), ..plan("a") });
    assert!(made.info.sid.starts_with("RM_") && made.info.created_at_ms == 7);
    assert_eq!((made.info.empty_timeout, made.info.departure_timeout, made.info.max_participants), (900, 20, 1));
    let again = create(&mut harness, CreateRoom { empty_timeout: 1, metadata: "other".into(), ..plan("a") });
    assert_eq!((again.info.sid, again.info.metadata.as_str()), (made.info.sid.clone(), "m"));
    let mut ada = join(&mut harness, "a", "ada");
    let Some(Message::Join(join)) = messages(&mut ada).into_iter().next() else { panic!("no join response") };
    assert_eq!(join.room.map(|room| (room.sid, room.metadata)), Some((made.info.sid, "m".to_owned())));
    assert_eq!(list(&mut harness), [("a".to_owned(), 1)]);
}

#[test]
fn unused_room_is_removed_after_its_empty_timeout() {
    let mut harness = harness();
    create(&mut harness, CreateRoom { empty_timeout: 900, ..plan("a") });
    harness.wait(Duration::from_secs(899));
    assert_eq!(harness.rooms.rooms.len(), 1);
    harness.wait(Duration::from_secs(1));
    assert!(harness.rooms.rooms.is_empty() && harness.rooms.by_name.is_empty());
}

#[test]
fn api_cannot_create_the_room_of_a_consultation() {
    let mut harness = harness();
    let refused = harness.api_call(ApiRequest::CreateRoom(plan("a")), false).try_recv().unwrap();
    assert_eq!(code(refused), Code::FailedPrecondition);
    assert!(harness.rooms.rooms.is_empty());
    join(&mut harness, "a", "ada");
    let existing = harness.api_call(ApiRequest::CreateRoom(plan("a")), false).try_recv().unwrap();
    assert!(matches!(existing, Ok(ApiResponse::Room(room)) if room.people == 1));
}

#[test]
fn deleted_room_disconnects_all_and_frees_its_name() {
    let mut harness = harness();
    let before = create(&mut harness, plan("a")).info.sid;
    let (mut ada, mut ben) = (join(&mut harness, "a", "ada"), join(&mut harness, "b", "ben"));
    assert!(call(&mut harness, ApiRequest::DeleteRoom(room())).is_ok());
    let Some(Message::Leave(leave)) = messages(&mut ada).pop() else { panic!("no leave message") };
    assert_eq!(leave.reason(), proto::DisconnectReason::RoomDeleted);
    assert!(is_open(&mut ben));
    assert_eq!(code(call(&mut harness, ApiRequest::DeleteRoom(room()))), Code::NotFound);
    assert_ne!(create(&mut harness, plan("a")).info.sid, before);
}

#[test]
fn remove_participant_disconnects_only_that_participant() {
    let mut harness = harness();
    let (mut ada, mut ben) = (join(&mut harness, "a", "ada"), join(&mut harness, "a", "ben"));
    assert!(call(&mut harness, ApiRequest::RemoveParticipant(room(), "ada".into())).is_ok());
    let Some(Message::Leave(leave)) = messages(&mut ada).pop() else { panic!("no leave message") };
    assert_eq!(leave.reason(), proto::DisconnectReason::ParticipantRemoved);
    assert!(is_open(&mut ben));
    for (room, who) in [("a", "ada"), ("nowhere", "ben")] {
        assert_eq!(code(call(&mut harness, ApiRequest::RemoveParticipant(room.into(), who.into()))), Code::NotFound);
    }
}

#[test]
fn update_participant_reaches_everyone() {
    let mut harness = harness();
    let (mut ada, mut ben) = (join(&mut harness, "a", "ada"), join(&mut harness, "a", "ben"));
    harness.media_event(&ada, &MediaEvent::Connected);
    messages(&mut ada);
    messages(&mut ben);
    let change = MetadataChange { name: Some("Dr. Ada".into()), ..MetadataChange::default() };
    let listener = Grants { can_publish: false, ..Grants::default() };
    let api_call = ApiRequest::UpdateParticipant(room(), "ada".into(), change, Some(listener));
    let Ok(ApiResponse::Participant(info)) = call(&mut harness, api_call) else { panic!("no participant") };
    assert_eq!((info.name.as_str(), info.grants.can_publish), ("Dr. Ada", false));
    for joined in [&mut ada, &mut ben] {
        let received = messages(joined);
        let [Message::Update(update)] = &received[..] else { panic!("{received:?}") };
        assert_eq!(update.participants[0].name, "Dr. Ada");
    }
}

#[test]
fn room_metadata_reaches_everyone() {
    let mut harness = harness();
    let mut ada = join(&mut harness, "a", "ada");
    messages(&mut ada);
    let api_call = ApiRequest::UpdateRoomMetadata(room(), "floor 2".into());
    assert!(matches!(call(&mut harness, api_call), Ok(ApiResponse::Room(room)) if room.info.metadata == "floor 2"));
    let received = messages(&mut ada);
    assert!(matches!(&received[..], [Message::RoomUpdate(u)] if u.room.as_ref().unwrap().metadata == "floor 2"));
    assert_eq!(code(call(&mut harness, ApiRequest::UpdateRoomMetadata("b".into(), String::new()))), Code::NotFound);
}

#[test]
fn listing_is_new_before_the_reply_to_a_change() {
    let mut harness = harness();
    join(&mut harness, "a", "ada");
    let change = MetadataChange { name: Some("Dr. Ada".into()), ..MetadataChange::default() };
    // Not `harness.command`, which drains the rooms as well: a reply is sent before that.
    let mut run = |request| {
        let (reply, mut response) = tokio::sync::oneshot::channel();
        let call = ApiCall { request, may_open: true, at_ms: 7, reply };
        harness.rooms.command(harness.now, Command::Api(Box::new(call)));
        response.try_recv().unwrap().ok().unwrap();
        Arc::clone(&harness.rooms.directory)
    };
    let directory = run(ApiRequest::UpdateParticipant(room(), "ada".into(), change, None));
    let listed = directory.answer(&ApiRequest::GetParticipant(room(), "ada".into()));
    assert!(matches!(listed, Some(Ok(ApiResponse::Participant(info))) if info.name == "Dr. Ada"));
    let directory = run(ApiRequest::UpdateRoomMetadata(room(), "floor 2".into()));
    let listed = directory.answer(&ApiRequest::ListRooms(vec![room()]));
    assert!(matches!(listed, Some(Ok(ApiResponse::Rooms(rooms))) if rooms[0].info.metadata == "floor 2"));
    let directory = run(ApiRequest::DeleteRoom(room()));
    assert!(
        matches!(directory.answer(&ApiRequest::ListRooms(vec![])), Some(Ok(ApiResponse::Rooms(all))) if all.is_empty())
    );
}

#[test]
fn packets_and_time_publish_no_listing() {
    let mut harness = harness();
    let ada = join(&mut harness, "a", "ada");
    harness.media_event(&ada, &MediaEvent::Connected);
    let listed = |harness: &RoomsHarness| harness.rooms.directory.find("a").unwrap();
    let before = listed(&harness);
    harness.media_event(&ada, &MediaEvent::Data(anteroom_livekit::DataChannel::Reliable, vec![1, 2, 3]));
    harness.media_event(&ada, &MediaEvent::Connected);
    harness.wait(Duration::from_secs(3));
    assert!(Arc::ptr_eq(&before, &listed(&harness)), "the same listing was published again");
    join(&mut harness, "a", "ben");
    assert!(!Arc::ptr_eq(&before, &listed(&harness)));
}

#[test]
fn new_room_of_a_deleted_name_keeps_its_listing() {
    let mut harness = harness();
    join(&mut harness, "a", "ada");
    let delete = |reply| ApiCall { request: ApiRequest::DeleteRoom(room()), may_open: true, at_ms: 7, reply };
    harness.rooms.command(harness.now, Command::Api(Box::new(delete(tokio::sync::oneshot::channel().0))));
    // The old room is gone only after the next drain.
    join(&mut harness, "a", "ben");
    assert_eq!(list(&mut harness), [("a".to_owned(), 1)]);
    harness.command(Command::Panic { room: room() });
    assert_eq!(list(&mut harness), []);
}

#[test]
fn muting_an_unknown_track_is_an_error() {
    let mut harness = harness();
    join(&mut harness, "a", "ada");
    let mute = |who: &str| ApiRequest::MutePublishedTrack(room(), who.into(), "TR_x".into());
    assert_eq!(call(&mut harness, mute("ada")).err(), Some(ApiError::TrackNotFound));
    assert_eq!(call(&mut harness, mute("ben")).err(), Some(ApiError::ParticipantNotFound));
}

#[test]
fn unanswered_rpc_ends_with_an_error() {
    let mut harness = harness();
    let ada = join(&mut harness, "a", "ada");
    let rpc = |timeout_ms| RpcCall { method: "ask".into(), payload: String::new(), timeout_ms };
    let perform_rpc = |timeout_ms| ApiRequest::PerformRpc(room(), "ada".into(), rpc(timeout_ms));
    let mut unlimited = harness.api_call(perform_rpc(0), true);
    let mut limited = harness.api_call(perform_rpc(500), true);
    harness.wait(Duration::from_millis(500));
    assert_eq!(code(limited.try_recv().unwrap()), Code::DeadlineExceeded);
    assert!(unlimited.try_recv().is_err());
    harness.wait(Duration::from_millis(6_500));
    assert_eq!(unlimited.try_recv().unwrap().err(), Some(ApiError::Rpc(1501, "Connection timeout".to_owned())));
    let mut unanswered = harness.api_call(perform_rpc(0), true);
    harness.request(&ada, ClientRequest::Leave(DisconnectReason::Left));
    assert_eq!(code(unanswered.try_recv().unwrap()), Code::Unavailable);
    assert_eq!(code(call(&mut harness, perform_rpc(0))), Code::NotFound);
}

#[test]
fn server_data_reaches_only_its_destinations() {
    let data = ServerData {
        reliable: true,
        to: ["ada".into()].into(),
        sids: Default::default(),
        topic: None,
        payload: vec![],
        nonce: vec![],
    };
    assert!(data.is_for(&"PA_1".into(), &"ada".into()));
    assert!(!data.is_for(&"PA_2".into(), &"ben".into()));
    let to_all = ServerData { to: Default::default(), ..data.clone() };
    assert!(to_all.is_for(&"PA_2".into(), &"ben".into()));
    let to_one_session = ServerData { sids: ["PA_1".into()].into(), ..to_all };
    assert!(
        to_one_session.is_for(&"PA_1".into(), &"ada".into()) && !to_one_session.is_for(&"PA_2".into(), &"ben".into())
    );
    let mut harness = harness();
    join(&mut harness, "a", "ada");
    assert!(call(&mut harness, ApiRequest::SendData(room(), data.clone())).is_ok());
    assert_eq!(code(call(&mut harness, ApiRequest::SendData("b".into(), data))), Code::NotFound);
}

#[test]
fn room_events_are_emitted_in_order() {
    let (sender, mut events) = event_queue(100, Dropped::default());
    let (mut harness, other) = (harness(), harness());
    harness.rooms = other.rooms.with_webhooks(sender);
    let ada = join(&mut harness, "a", "ada");
    harness.request(&ada, ClientRequest::Leave(DisconnectReason::Left));
    harness.wait(Duration::from_secs(3_600));
    create(&mut harness, plan("b"));
    call(&mut harness, ApiRequest::DeleteRoom("b".into())).ok().unwrap();
    join(&mut harness, "c", "cem");
    harness.command(Command::Panic { room: "c".to_owned() });
    let events = std::iter::from_fn(|| events.try_recv().ok());
    let events: Vec<_> = events.map(|event| (event.room.info.name.clone(), event_name(&event.event))).collect();
    let expected = [
        ("a", "room_started"),
        ("a", "participant_connection_aborted"),
        ("a", "room_finished"),
        ("b", "room_started"),
        ("b", "room_finished"),
        ("c", "room_started"),
        ("c", "room_finished"),
    ];
    assert_eq!(events, expected.map(|(room, event)| (room.to_owned(), event)));
}
