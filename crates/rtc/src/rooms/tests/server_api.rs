//! What programs may have done in the rooms, and what the rooms tell them.

use anteroom_livekit::Announcement;
use anteroom_livekit::server_api::{Answer, Call, Code, Fault, Order, Plan, RoomNow};
use anteroom_room::Description;

use super::*;

impl Building {
    fn ordered(&mut self, order: Order, may_open: bool) -> oneshot::Receiver<Result<Answer, Fault>> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::Order(Box::new(Ordered { order, may_open, at_ms: 7, reply })));
        answer
    }

    fn orders(&mut self, order: Order) -> Result<Answer, Fault> {
        self.ordered(order, true).try_recv().unwrap()
    }

    fn creates(&mut self, plan: Plan) -> RoomNow {
        let Ok(Answer::Room(room)) = self.orders(Order::CreateRoom(plan)) else { panic!("no room") };
        *room
    }

    fn rooms(&mut self) -> Vec<(String, u32)> {
        let Ok(Answer::Rooms(rooms)) = self.orders(Order::ListRooms(vec![])) else { panic!("no list") };
        rooms.into_iter().map(|room| (room.facts.name, room.people)).collect()
    }

    /// Until nothing more is due.
    fn waits(&mut self) {
        while let Some(at) = self.hall.deadline() {
            self.ticks(at);
        }
    }

    fn ticks(&mut self, at: Instant) {
        self.now = at;
        self.hall.tick(at);
        self.hall.drain(&mut self.wire);
    }
}

fn plan(name: &str) -> Plan {
    Plan { name: name.to_owned(), ..Plan::default() }
}

fn code(result: Result<Answer, Fault>) -> Code {
    result.err().unwrap().code
}

fn room() -> String {
    "a".to_owned()
}

#[test]
fn a_room_can_be_there_before_anybody_is_in_it() {
    let mut building = Building::new();
    let made = building.creates(Plan { empty_timeout: 900, max_participants: 1, metadata: "m".into(), ..plan("a") });
    assert!(made.facts.sid.starts_with("RM_") && made.facts.created_at_ms == 7);
    assert_eq!((made.facts.empty_timeout, made.facts.departure_timeout, made.facts.max_participants), (900, 20, 1));
    let again = building.creates(Plan { empty_timeout: 1, metadata: "other".into(), ..plan("a") });
    assert_eq!((again.facts.sid, again.facts.metadata.as_str()), (made.facts.sid.clone(), "m"));
    let mut ada = building.enters("a", "ada");
    let Some(Message::Join(join)) = heard(&mut ada).into_iter().next() else { panic!("no welcome") };
    assert_eq!(join.room.map(|room| (room.sid, room.metadata)), Some((made.facts.sid, "m".to_owned())));
    assert_eq!(building.rooms(), [("a".to_owned(), 1)]);
}

#[test]
fn a_room_that_nobody_comes_to_lasts_as_long_as_was_asked() {
    let mut building = Building::new();
    let begun = building.now;
    building.creates(Plan { empty_timeout: 900, ..plan("a") });
    building.waits();
    assert_eq!(building.now.duration_since(begun).as_secs(), 900);
    assert!(building.hall.rooms.is_empty() && building.hall.by_name.is_empty());
}

#[test]
fn the_room_of_a_consultation_is_opened_by_nobody_but_its_people() {
    let mut building = Building::new();
    let refused = building.ordered(Order::CreateRoom(plan("a")), false).try_recv().unwrap();
    assert_eq!(code(refused), Code::FailedPrecondition);
    assert!(building.hall.rooms.is_empty());
    building.enters("a", "ada");
    let open = building.ordered(Order::CreateRoom(plan("a")), false).try_recv().unwrap();
    assert!(matches!(open, Ok(Answer::Room(room)) if room.people == 1));
}

#[test]
fn a_deleted_room_is_over_for_everybody_and_its_name_is_free() {
    let mut building = Building::new();
    let before = building.creates(plan("a")).facts.sid;
    let (mut ada, mut ben) = (building.enters("a", "ada"), building.enters("b", "ben"));
    assert!(building.orders(Order::DeleteRoom(room())).is_ok());
    let Some(Message::Leave(leave)) = heard(&mut ada).pop() else { panic!("no goodbye") };
    assert_eq!(leave.reason(), proto::DisconnectReason::RoomDeleted);
    assert!(is_open(&mut ben));
    assert_eq!(code(building.orders(Order::DeleteRoom(room()))), Code::NotFound);
    assert_ne!(building.creates(plan("a")).facts.sid, before);
}

#[test]
fn one_who_is_removed_is_out_and_the_others_stay() {
    let mut building = Building::new();
    let (mut ada, mut ben) = (building.enters("a", "ada"), building.enters("a", "ben"));
    assert!(building.orders(Order::RemoveParticipant(room(), "ada".into())).is_ok());
    let Some(Message::Leave(leave)) = heard(&mut ada).pop() else { panic!("no goodbye") };
    assert_eq!(leave.reason(), proto::DisconnectReason::ParticipantRemoved);
    assert!(is_open(&mut ben));
    for (room, who) in [("a", "ada"), ("nowhere", "ben")] {
        assert_eq!(code(building.orders(Order::RemoveParticipant(room.into(), who.into()))), Code::NotFound);
    }
}

#[test]
fn what_a_program_says_about_somebody_everybody_sees() {
    let mut building = Building::new();
    let (mut ada, mut ben) = (building.enters("a", "ada"), building.enters("a", "ben"));
    building.connects(&ada);
    heard(&mut ada);
    heard(&mut ben);
    let change = Description { name: Some("Dr. Ada".into()), ..Description::default() };
    let silent = Grants { can_publish: false, ..Grants::default() };
    let order = Order::UpdateParticipant(room(), "ada".into(), change, Some(silent));
    let Ok(Answer::Participant(face)) = building.orders(order) else { panic!("no participant") };
    assert_eq!((face.name.as_str(), face.grants.can_publish), ("Dr. Ada", false));
    for entered in [&mut ada, &mut ben] {
        let told = heard(entered);
        let [Message::Update(update)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(update.participants[0].name, "Dr. Ada");
    }
}

#[test]
fn the_words_about_a_room_reach_everybody_in_it() {
    let mut building = Building::new();
    let mut ada = building.enters("a", "ada");
    heard(&mut ada);
    let order = Order::UpdateRoomMetadata(room(), "floor 2".into());
    assert!(matches!(building.orders(order), Ok(Answer::Room(room)) if room.facts.metadata == "floor 2"));
    let told = heard(&mut ada);
    assert!(matches!(&told[..], [Message::RoomUpdate(u)] if u.room.as_ref().unwrap().metadata == "floor 2"));
    assert_eq!(code(building.orders(Order::UpdateRoomMetadata("b".into(), String::new()))), Code::NotFound);
}

#[test]
fn a_track_that_nobody_sends_cannot_be_muted() {
    let mut building = Building::new();
    building.enters("a", "ada");
    let mute = |who: &str| Order::MutePublishedTrack(room(), who.into(), "TR_x".into());
    let fault = building.orders(mute("ada")).err().unwrap();
    assert_eq!((fault.code, fault.message.as_str()), (Code::NotFound, "track is not found"));
    assert_eq!(building.orders(mute("ben")).err().unwrap().message, "participant does not exist");
}

#[test]
fn a_question_ends_with_a_fault_when_nobody_understands_it() {
    let mut building = Building::new();
    let ada = building.enters("a", "ada");
    let call = |timeout_ms| Call { method: "ask".into(), payload: String::new(), timeout_ms };
    let ask = |timeout_ms| Order::PerformRpc(room(), "ada".into(), call(timeout_ms));
    let begun = building.now;
    let mut patient = building.ordered(ask(0), true);
    let mut hasty = building.ordered(ask(500), true);
    building.ticks(begun + Duration::from_millis(500));
    assert_eq!(code(hasty.try_recv().unwrap()), Code::DeadlineExceeded);
    assert!(patient.try_recv().is_err());
    building.ticks(begun + Duration::from_secs(7));
    assert_eq!(code(patient.try_recv().unwrap()), Code::DeadlineExceeded);
    let mut unheard = building.ordered(ask(0), true);
    building.says(&ada.stay, anteroom_livekit::Request::Leave);
    assert_eq!(code(unheard.try_recv().unwrap()), Code::Unavailable);
    assert_eq!(code(building.orders(ask(0))), Code::NotFound);
}

#[test]
fn data_for_nobody_who_is_there_goes_to_nobody() {
    let announcement = Announcement {
        reliable: true,
        to: ["ada".into()].into(),
        stays: Default::default(),
        topic: None,
        payload: vec![],
        nonce: vec![],
    };
    assert!(announcement.is_for(&"PA_1".into(), &"ada".into()));
    assert!(!announcement.is_for(&"PA_2".into(), &"ben".into()));
    let to_all = Announcement { to: Default::default(), ..announcement.clone() };
    assert!(to_all.is_for(&"PA_2".into(), &"ben".into()));
    let to_a_stay = Announcement { stays: ["PA_1".into()].into(), ..to_all };
    assert!(to_a_stay.is_for(&"PA_1".into(), &"ada".into()) && !to_a_stay.is_for(&"PA_2".into(), &"ben".into()));
    let mut building = Building::new();
    building.enters("a", "ada");
    assert!(building.orders(Order::SendData(room(), announcement.clone())).is_ok());
    assert_eq!(code(building.orders(Order::SendData("b".into(), announcement))), Code::NotFound);
}

#[test]
fn programs_are_told_what_happens_in_the_order_in_which_it_happened() {
    let mut building = Building::new();
    let (tell, mut news) = mpsc::unbounded_channel();
    let fresh = Building::new();
    building.hall = fresh.hall.telling(tell);
    let ada = building.enters("a", "ada");
    building.says(&ada.stay, anteroom_livekit::Request::Leave);
    building.waits();
    building.creates(plan("b"));
    building.orders(Order::DeleteRoom("b".into())).ok().unwrap();
    building.enters("c", "cem");
    building.command(Command::Break { room: "c".to_owned() });
    let told = std::iter::from_fn(|| news.try_recv().ok());
    let told: Vec<_> = told.map(|news| (news.room.facts.name.clone(), news.event.name())).collect();
    let expected = [
        ("a", "room_started"),
        ("a", "participant_connection_aborted"),
        ("a", "room_finished"),
        ("b", "room_started"),
        ("b", "room_finished"),
        ("c", "room_started"),
        ("c", "room_finished"),
    ];
    assert_eq!(told, expected.map(|(room, event)| (room.to_owned(), event)));
}
