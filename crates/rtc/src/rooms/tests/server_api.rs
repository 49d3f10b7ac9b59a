//! What programs may have done in the rooms, and what the rooms tell them.

use anteroom_livekit::server_api::{Code, TwirpError};
use anteroom_livekit::webhook::event_name;
use anteroom_room::MetadataChange;
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, CreateRoom, RoomSnapshot, RpcCall, ServerData};

use super::*;

impl Building {
    fn api_call(&mut self, api_call: ApiRequest, may_open: bool) -> oneshot::Receiver<Result<ApiResponse, ApiError>> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::Api(Box::new(ApiCall { request: api_call, may_open, at_ms: 7, reply })));
        answer
    }

    fn orders(&mut self, api_call: ApiRequest) -> Result<ApiResponse, ApiError> {
        self.api_call(api_call, true).try_recv().unwrap()
    }

    fn creates(&mut self, plan: CreateRoom) -> RoomSnapshot {
        self.created += 1;
        let plan = CreateRoom { sid: anteroom_livekit::room_sid(&self.created.to_string()), ..plan };
        let Ok(ApiResponse::Room(room)) = self.orders(ApiRequest::CreateRoom(plan)) else { panic!("no room") };
        *room
    }

    fn rooms(&mut self) -> Vec<(String, u32)> {
        let Ok(ApiResponse::Rooms(rooms)) = self.orders(ApiRequest::ListRooms(vec![])) else { panic!("no list") };
        rooms.into_iter().map(|room| (room.info.name, room.people)).collect()
    }

    /// Until nothing more is due.
    fn waits(&mut self) {
        while let Some(at) = self.rooms.deadline() {
            self.ticks(at);
        }
    }

    fn ticks(&mut self, at: Instant) {
        self.now = at;
        self.rooms.tick(at);
        self.rooms.drain(&mut self.wire);
    }
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
fn a_room_can_be_there_before_anybody_is_in_it() {
    let mut building = Building::new();
    let made =
        building.creates(CreateRoom { empty_timeout: 900, max_participants: 1, metadata: "m".into(), ..plan("a") });
    assert!(made.info.sid.starts_with("RM_") && made.info.created_at_ms == 7);
    assert_eq!((made.info.empty_timeout, made.info.departure_timeout, made.info.max_participants), (900, 20, 1));
    let again = building.creates(CreateRoom { empty_timeout: 1, metadata: "other".into(), ..plan("a") });
    assert_eq!((again.info.sid, again.info.metadata.as_str()), (made.info.sid.clone(), "m"));
    let mut ada = building.enters("a", "ada");
    let Some(Message::Join(join)) = heard(&mut ada).into_iter().next() else { panic!("no welcome") };
    assert_eq!(join.room.map(|room| (room.sid, room.metadata)), Some((made.info.sid, "m".to_owned())));
    assert_eq!(building.rooms(), [("a".to_owned(), 1)]);
}

#[test]
fn a_room_that_nobody_comes_to_lasts_as_long_as_was_asked() {
    let mut building = Building::new();
    let begun = building.now;
    building.creates(CreateRoom { empty_timeout: 900, ..plan("a") });
    building.waits();
    assert_eq!(building.now.duration_since(begun).as_secs(), 900);
    assert!(building.rooms.rooms.is_empty() && building.rooms.by_name.is_empty());
}

#[test]
fn the_room_of_a_consultation_is_opened_by_nobody_but_its_people() {
    let mut building = Building::new();
    let refused = building.api_call(ApiRequest::CreateRoom(plan("a")), false).try_recv().unwrap();
    assert_eq!(code(refused), Code::FailedPrecondition);
    assert!(building.rooms.rooms.is_empty());
    building.enters("a", "ada");
    let room_id = building.api_call(ApiRequest::CreateRoom(plan("a")), false).try_recv().unwrap();
    assert!(matches!(room_id, Ok(ApiResponse::Room(room)) if room.people == 1));
}

#[test]
fn a_deleted_room_is_over_for_everybody_and_its_name_is_free() {
    let mut building = Building::new();
    let before = building.creates(plan("a")).info.sid;
    let (mut ada, mut ben) = (building.enters("a", "ada"), building.enters("b", "ben"));
    assert!(building.orders(ApiRequest::DeleteRoom(room())).is_ok());
    let Some(Message::Leave(leave)) = heard(&mut ada).pop() else { panic!("no goodbye") };
    assert_eq!(leave.reason(), proto::DisconnectReason::RoomDeleted);
    assert!(is_open(&mut ben));
    assert_eq!(code(building.orders(ApiRequest::DeleteRoom(room()))), Code::NotFound);
    assert_ne!(building.creates(plan("a")).info.sid, before);
}

#[test]
fn one_who_is_removed_is_out_and_the_others_stay() {
    let mut building = Building::new();
    let (mut ada, mut ben) = (building.enters("a", "ada"), building.enters("a", "ben"));
    assert!(building.orders(ApiRequest::RemoveParticipant(room(), "ada".into())).is_ok());
    let Some(Message::Leave(leave)) = heard(&mut ada).pop() else { panic!("no goodbye") };
    assert_eq!(leave.reason(), proto::DisconnectReason::ParticipantRemoved);
    assert!(is_open(&mut ben));
    for (room, who) in [("a", "ada"), ("nowhere", "ben")] {
        assert_eq!(code(building.orders(ApiRequest::RemoveParticipant(room.into(), who.into()))), Code::NotFound);
    }
}

#[test]
fn what_a_program_says_about_somebody_everybody_sees() {
    let mut building = Building::new();
    let (mut ada, mut ben) = (building.enters("a", "ada"), building.enters("a", "ben"));
    building.connects(&ada);
    heard(&mut ada);
    heard(&mut ben);
    let change = MetadataChange { name: Some("Dr. Ada".into()), ..MetadataChange::default() };
    let silent = Grants { can_publish: false, ..Grants::default() };
    let api_call = ApiRequest::UpdateParticipant(room(), "ada".into(), change, Some(silent));
    let Ok(ApiResponse::Participant(info)) = building.orders(api_call) else { panic!("no participant") };
    assert_eq!((info.name.as_str(), info.grants.can_publish), ("Dr. Ada", false));
    for joined in [&mut ada, &mut ben] {
        let input_to = heard(joined);
        let [Message::Update(update)] = &input_to[..] else { panic!("{input_to:?}") };
        assert_eq!(update.participants[0].name, "Dr. Ada");
    }
}

#[test]
fn the_words_about_a_room_reach_everybody_in_it() {
    let mut building = Building::new();
    let mut ada = building.enters("a", "ada");
    heard(&mut ada);
    let api_call = ApiRequest::UpdateRoomMetadata(room(), "floor 2".into());
    assert!(matches!(building.orders(api_call), Ok(ApiResponse::Room(room)) if room.info.metadata == "floor 2"));
    let input_to = heard(&mut ada);
    assert!(matches!(&input_to[..], [Message::RoomUpdate(u)] if u.room.as_ref().unwrap().metadata == "floor 2"));
    assert_eq!(code(building.orders(ApiRequest::UpdateRoomMetadata("b".into(), String::new()))), Code::NotFound);
}

#[test]
fn a_track_that_nobody_sends_cannot_be_muted() {
    let mut building = Building::new();
    building.enters("a", "ada");
    let mute = |who: &str| ApiRequest::MutePublishedTrack(room(), who.into(), "TR_x".into());
    assert_eq!(building.orders(mute("ada")).err(), Some(ApiError::TrackNotFound));
    assert_eq!(building.orders(mute("ben")).err(), Some(ApiError::ParticipantNotFound));
}

#[test]
fn a_question_ends_with_a_fault_when_nobody_understands_it() {
    let mut building = Building::new();
    let ada = building.enters("a", "ada");
    let call = |timeout_ms| RpcCall { method: "ask".into(), payload: String::new(), timeout_ms };
    let perform_rpc = |timeout_ms| ApiRequest::PerformRpc(room(), "ada".into(), call(timeout_ms));
    let begun = building.now;
    let mut patient = building.api_call(perform_rpc(0), true);
    let mut delay_answer = building.api_call(perform_rpc(500), true);
    building.ticks(begun + Duration::from_millis(500));
    assert_eq!(code(delay_answer.try_recv().unwrap()), Code::DeadlineExceeded);
    assert!(patient.try_recv().is_err());
    building.ticks(begun + Duration::from_secs(7));
    assert_eq!(code(patient.try_recv().unwrap()), Code::DeadlineExceeded);
    let mut unheard = building.api_call(perform_rpc(0), true);
    building.request(&ada.session, ClientRequest::Leave(DisconnectReason::Left));
    assert_eq!(code(unheard.try_recv().unwrap()), Code::Unavailable);
    assert_eq!(code(building.orders(perform_rpc(0))), Code::NotFound);
}

#[test]
fn data_for_nobody_who_is_there_goes_to_nobody() {
    let announcement = ServerData {
        reliable: true,
        to: ["ada".into()].into(),
        sids: Default::default(),
        topic: None,
        payload: vec![],
        nonce: vec![],
    };
    assert!(announcement.is_for(&"PA_1".into(), &"ada".into()));
    assert!(!announcement.is_for(&"PA_2".into(), &"ben".into()));
    let to_all = ServerData { to: Default::default(), ..announcement.clone() };
    assert!(to_all.is_for(&"PA_2".into(), &"ben".into()));
    let to_a_stay = ServerData { sids: ["PA_1".into()].into(), ..to_all };
    assert!(to_a_stay.is_for(&"PA_1".into(), &"ada".into()) && !to_a_stay.is_for(&"PA_2".into(), &"ben".into()));
    let mut building = Building::new();
    building.enters("a", "ada");
    assert!(building.orders(ApiRequest::SendData(room(), announcement.clone())).is_ok());
    assert_eq!(code(building.orders(ApiRequest::SendData("b".into(), announcement))), Code::NotFound);
}

#[test]
fn programs_are_told_what_happens_in_the_order_in_which_it_happened() {
    let mut building = Building::new();
    let (tell, mut events) = mpsc::unbounded_channel();
    let fresh = Building::new();
    building.rooms = fresh.rooms.with_webhooks(tell);
    let ada = building.enters("a", "ada");
    building.request(&ada.session, ClientRequest::Leave(DisconnectReason::Left));
    building.waits();
    building.creates(plan("b"));
    building.orders(ApiRequest::DeleteRoom("b".into())).ok().unwrap();
    building.enters("c", "cem");
    building.command(Command::Panic { room: "c".to_owned() });
    let input_to = std::iter::from_fn(|| events.try_recv().ok());
    let input_to: Vec<_> = input_to.map(|events| (events.room.info.name.clone(), event_name(&events.event))).collect();
    let expected = [
        ("a", "room_started"),
        ("a", "participant_connection_aborted"),
        ("a", "room_finished"),
        ("b", "room_started"),
        ("b", "room_finished"),
        ("c", "room_started"),
        ("c", "room_finished"),
    ];
    assert_eq!(input_to, expected.map(|(room, event)| (room.to_owned(), event)));
}
