//! What the hall promises, without sockets: commands in, frames out.

use std::collections::BTreeMap;
use std::time::Duration;

use anteroom_app::Bearer;
use anteroom_room::{Grants, Newcomer, Program};
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;
use tokio::sync::oneshot;

use super::*;

mod programs;
mod strangers;

/// Sends nothing, routes nothing, remembers who was forgotten.
#[derive(Default)]
struct Nowhere {
    forgotten: Vec<Route>,
}

impl Wire for Nowhere {
    fn send(&mut self, _: Transport, _: SocketAddr, _: SocketAddr, _: &[u8]) {}
    fn route(&mut self, _: &str, _: Route) {}
    fn unroute(&mut self, to: Route) {
        self.forgotten.push(to);
    }
}

struct Building {
    hall: Hall,
    wire: Nowhere,
    now: Instant,
    attendance: mpsc::UnboundedReceiver<Attendance>,
    stays: u32,
}

#[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
fn a_moment() -> Instant {
    Instant::now()
}

impl Building {
    fn new() -> Self {
        let udp = [SocketAddr::from(([192, 0, 2, 1], 7881))];
        let media = Arc::new(anteroom_media::Config::new(&udp, &[]).unwrap());
        let us = Wording { version: "0".to_owned(), node: "ND_x".to_owned() };
        let (tell, attendance) = mpsc::unbounded_channel();
        let mut next = 0_u8;
        let chance: Chance = Box::new(move |bytes| {
            bytes.fill_with(|| {
                next = next.wrapping_add(1);
                next
            });
        });
        let now = a_moment();
        let hall = Hall::new(media, us, Limits::default(), chance, tell, now);
        Self { hall, wire: Nowhere::default(), now, attendance, stays: 0 }
    }

    fn command(&mut self, command: Command) {
        self.hall.command(self.now, command);
        self.hall.drain(&mut self.wire);
    }

    fn enters(&mut self, room: &str, identity: &str) -> Entered {
        self.enters_with(room, identity, false)
    }

    fn enters_with(&mut self, room: &str, identity: &str, two_connections: bool) -> Entered {
        self.stays += 1;
        let (reply, mut answer) = oneshot::channel();
        let newcomer = Newcomer {
            sid: format!("PA_{}", self.stays).as_str().into(),
            identity: identity.into(),
            name: String::new(),
            metadata: String::new(),
            attributes: BTreeMap::new(),
            grants: Grants::default(),
            program: Program::default(),
            auto_subscribe: true,
            joined_at_ms: 0,
        };
        let bearer = bearer(room, identity);
        self.command(Command::Enter(Box::new(Entering {
            bearer,
            newcomer,
            drafts: vec![],
            offer: None,
            two_connections,
            reply,
        })));
        answer.try_recv().unwrap().unwrap()
    }

    /// Their media is connected: from now on the others see them.
    fn connects(&mut self, entered: &Entered) {
        let (now, stay) = (self.now, entered.stay.clone());
        self.hall.within(stay.room, |live, _| live.tell(now, Input::MediaUp(stay.sid)));
        self.hall.drain(&mut self.wire);
    }

    fn returns(&mut self, room: &str, identity: &str, sid: &str) -> Result<Entered, NotEntered> {
        let (reply, mut answer) = oneshot::channel();
        let bearer = bearer(room, identity);
        self.command(Command::Return(Box::new(Returning { bearer, sid: sid.into(), offer: None, reply })));
        answer.try_recv().unwrap()
    }

    fn says(&mut self, stay: &Stay, request: anteroom_dialect::livekit::Request) {
        self.command(Command::Say { stay: stay.clone(), request: Box::new(request) });
    }
}

fn bearer(room: &str, identity: &str) -> Bearer {
    Bearer { room: room.to_owned(), identity: identity.to_owned(), ticket_number: None }
}

fn heard(entered: &mut Entered) -> Vec<Message> {
    let frames = std::iter::from_fn(|| entered.frames.try_recv().ok());
    frames.map(|frame| proto::SignalResponse::decode(&*frame).unwrap().message.unwrap()).collect()
}

fn is_open(entered: &mut Entered) -> bool {
    heard(entered);
    !entered.frames.is_closed()
}

fn update(message: &Message) -> Vec<(&str, i32)> {
    match message {
        Message::Update(update) => update.participants.iter().map(|p| (p.sid.as_str(), p.state)).collect(),
        _ => vec![],
    }
}

#[test]
fn the_first_thing_a_newcomer_hears_is_who_is_in() {
    let mut building = Building::new();
    building.enters("a", "ada");
    let mut ben = building.enters("a", "ben");
    let first = heard(&mut ben).into_iter().next();
    let Some(Message::Join(join)) = first else { panic!("{first:?}") };
    assert_eq!(join.participant.unwrap().sid, "PA_2");
    assert_eq!(join.other_participants.len(), 1);
    assert!(join.ping_interval > 0 && join.server_info.unwrap().protocol == 17);
}

#[test]
fn a_panic_in_one_room_ends_that_room_and_no_other() {
    let mut building = Building::new();
    let (mut ada, mut ben) = (building.enters("a", "ada"), building.enters("b", "ben"));
    building.command(Command::Break { room: "a".to_owned() });
    assert!(!is_open(&mut ada));
    assert!(is_open(&mut ben));
    assert_eq!(building.wire.forgotten.len(), 1);
    let mut cem = building.enters("b", "cem");
    building.connects(&cem);
    assert_eq!(update(&heard(&mut ben)[0]), [("PA_3", 2)]);
    assert!(is_open(&mut cem));
    assert!(matches!(building.returns("a", "ada", "PA_1"), Err(NotEntered::Unknown)));
    building.enters("a", "ada");
}

#[test]
fn the_same_person_on_another_device_takes_the_seat_and_the_old_device_is_told() {
    let mut building = Building::new();
    let mut ben = building.enters("a", "ben");
    let mut old = building.enters("a", "ada");
    building.connects(&old);
    heard(&mut ben);
    let mut new = building.enters("a", "ada");
    building.connects(&new);
    let told = heard(&mut old);
    let Some(Message::Leave(leave)) = told.last() else { panic!("{told:?}") };
    assert_eq!(leave.reason(), proto::DisconnectReason::DuplicateIdentity);
    assert!(old.frames.is_closed());
    assert!(is_open(&mut new));
    let told = heard(&mut ben);
    assert_eq!(told.iter().flat_map(update).collect::<Vec<_>>(), [("PA_3", 2)], "she never was away");
}

#[test]
fn who_comes_back_keeps_their_stay_and_nobody_else_can_take_it() {
    let mut building = Building::new();
    let mut old = building.enters("a", "ada");
    assert!(matches!(building.returns("a", "ben", "PA_1"), Err(NotEntered::Unknown)));
    assert!(matches!(building.returns("b", "ada", "PA_1"), Err(NotEntered::Unknown)));
    assert!(is_open(&mut old));
    let mut new = building.returns("a", "ada", "PA_1").ok().unwrap();
    assert!(!is_open(&mut old));
    let told = heard(&mut new);
    assert!(matches!(told[..], [Message::Reconnect(_), Message::Update(_), Message::RoomUpdate(_)]), "{told:?}");
}

#[test]
fn what_an_old_socket_still_says_counts_for_nothing() {
    use anteroom_dialect::livekit::Request;
    let mut building = Building::new();
    let old = building.enters("a", "ada");
    let mut new = building.returns("a", "ada", "PA_1").ok().unwrap();
    building.says(&old.stay, Request::Leave);
    building.command(Command::Hangup(old.stay.clone()));
    building.command(Command::Expel { stay: old.stay, reason: Reason::Misbehaved });
    assert!(is_open(&mut new));
    building.says(&new.stay, Request::Leave);
    assert!(!is_open(&mut new));
}

#[test]
fn a_reader_that_does_not_read_loses_its_socket_and_nobody_else_does() {
    use anteroom_dialect::livekit::Request;
    let mut building = Building::new();
    let (slow, mut ada) = (building.enters("a", "slow"), building.enters("a", "ada"));
    for n in 0..1_000 {
        let mut guest = building.enters("a", "guest");
        heard(&mut guest);
        building.says(&guest.stay, Request::Leave);
        assert!(is_open(&mut ada), "{n}");
    }
    assert!(slow.frames.is_closed());
}

#[test]
fn a_closed_room_says_so_to_everybody_and_is_gone() {
    let mut building = Building::new();
    let mut ada = building.enters("a", "ada");
    building.command(Command::Close { room: "a".to_owned(), reason: Reason::RoomClosed });
    let told = heard(&mut ada);
    let Some(Message::Leave(leave)) = told.last() else { panic!("{told:?}") };
    assert_eq!(leave.reason(), proto::DisconnectReason::RoomClosed);
    assert!(building.hall.rooms.is_empty() && building.hall.by_name.is_empty());
    assert_eq!(building.hall.deadline(), None);
}

#[test]
fn a_room_that_nobody_is_in_any_more_is_forgotten_after_a_while() {
    let mut building = Building::new();
    let ada = building.enters("a", "ada");
    building.command(Command::Hangup(ada.stay));
    for _ in 0..1_000 {
        let Some(at) = building.hall.deadline() else { break };
        building.now = at;
        building.hall.tick(at);
        building.hall.drain(&mut building.wire);
    }
    assert!(building.hall.rooms.is_empty());
    assert!(building.attendance.try_recv().is_err(), "who never connected never arrived");
}

#[test]
fn who_comes_back_to_a_stay_whose_media_they_closed_is_told_to_come_in_anew() {
    use anteroom_dialect::livekit::{Offer, Request};
    let mut building = Building::new();
    let mut ada = building.enters("a", "ada");
    let (now, stay) = (building.now, ada.stay.clone());
    building.hall.within(stay.room, |live, _| live.media.let_go(now, live.devices[&stay.sid].peer));
    building.says(&ada.stay, Request::Offer(Offer { sdp: "v=0\r\n".to_owned(), id: 1 }));
    let Some(Message::Leave(leave)) = heard(&mut ada).pop() else { panic!("no goodbye") };
    assert_eq!(leave.action(), proto::leave_request::Action::Reconnect);
}

#[test]
fn an_offer_that_is_none_costs_its_sender_the_seat_and_nobody_else_anything() {
    use anteroom_dialect::livekit::{Offer, Request};
    let mut building = Building::new();
    let (mut ada, mut eve) = (building.enters("a", "ada"), building.enters("a", "eve"));
    let offer = Offer { sdp: "v=0\r\nno sdp".to_owned(), id: 1 };
    building.says(&eve.stay, Request::Offer(offer));
    let told = heard(&mut eve);
    assert!(matches!(told.last(), Some(Message::Leave(_))), "{told:?}");
    assert!(is_open(&mut ada));
    building.now += Duration::from_secs(1);
    building.enters("a", "eve");
}
