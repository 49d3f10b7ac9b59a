//! What the hall promises, without sockets: commands in, frames out.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom_app::Bearer;
use anteroom_livekit::{ServerInfo, SignalState};
use anteroom_media::Transport;
use anteroom_room::{DisconnectReason, Grants, Input, Limits, NewParticipant, WireData};
use anteroom_signalling::{ClientRequest, Frame, SessionDescription};
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;
use tokio::sync::{mpsc, oneshot};

use super::*;
use crate::random_ids::RandomBytes;
use crate::rooms_port::{RoomLoop, Route, Wire};

mod hostile;
mod server_api;

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
    rooms: Rooms,
    wire: Nowhere,
    now: Instant,
    attendance: mpsc::UnboundedReceiver<Attendance>,
    sessions: u32,
    created: u32,
}

#[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
fn a_moment() -> Instant {
    Instant::now()
}

impl Building {
    fn new() -> Self {
        let udp = [SocketAddr::from(([192, 0, 2, 1], 7881))];
        let media = Arc::new(anteroom_media::Config::new(&udp, &[]).unwrap());
        let (tell, attendance) = mpsc::unbounded_channel();
        let mut next = 0_u8;
        let random: RandomBytes = Box::new(move |bytes| {
            bytes.fill_with(|| {
                next = next.wrapping_add(1);
                next
            });
        });
        let now = a_moment();
        let rooms = Rooms::new(media, Limits::default(), random, tell, now);
        Self { rooms, wire: Nowhere::default(), now, attendance, sessions: 0, created: 0 }
    }

    fn command(&mut self, command: Command) {
        self.rooms.command(self.now, command);
        self.rooms.drain(&mut self.wire);
    }

    fn enters(&mut self, room: &str, identity: &str) -> Joined {
        self.enters_with(room, identity, false)
    }

    fn enters_with(&mut self, room: &str, identity: &str, dual_pc: bool) -> Joined {
        self.sessions += 1;
        let (reply, mut answer) = oneshot::channel();
        let new_participant = NewParticipant {
            sid: format!("PA_{}", self.sessions).as_str().into(),
            identity: identity.into(),
            name: String::new(),
            metadata: String::new(),
            attributes: BTreeMap::new(),
            grants: Grants::default(),
            client: WireData::default(),
            auto_subscribe: true,
            joined_at_ms: 0,
        };
        let bearer = bearer(room, identity);
        let sid = new_participant.sid.clone();
        let signalling = if dual_pc { SignalState::server_offers } else { SignalState::client_offers };
        let server_info = ServerInfo { version: "0".to_owned(), node: "ND_x".to_owned() };
        self.command(Command::Join(Box::new(Join {
            bearer,
            new_participant,
            signalling: Box::new(signalling(sid, server_info)),
            room_sid: anteroom_livekit::room_sid(&self.sessions.to_string()),
            add_tracks: vec![],
            offer: None,
            reply,
        })));
        answer.try_recv().unwrap().unwrap()
    }

    /// Their media is connected: from now on the others see them.
    fn connects(&mut self, joined: &Joined) {
        let (now, session) = (self.now, joined.session.clone());
        self.rooms.within(session.room, |live, _| live.handle(now, Input::MediaUp(session.sid)));
        self.rooms.drain(&mut self.wire);
    }

    fn returns(&mut self, room: &str, identity: &str, sid: &str) -> Result<Joined, JoinRefused> {
        let (reply, mut answer) = oneshot::channel();
        let bearer = bearer(room, identity);
        self.command(Command::Resume(Box::new(Resume { bearer, sid: sid.into(), offer: None, reply })));
        answer.try_recv().unwrap()
    }

    fn request(&mut self, session: &SessionSocket, request: ClientRequest) {
        self.command(Command::Request { session: session.clone(), request: Box::new(request) });
    }
}

fn bearer(room: &str, identity: &str) -> Bearer {
    Bearer { room: room.to_owned(), identity: identity.to_owned(), ticket_number: None }
}

fn heard(joined: &mut Joined) -> Vec<Message> {
    let frames = std::iter::from_fn(|| joined.frames.try_recv().ok());
    let decode = |frame| match frame {
        Frame::Binary(bytes) => proto::SignalResponse::decode(&*bytes).unwrap().message.unwrap(),
        Frame::Text(text) => panic!("{text}"),
    };
    frames.map(decode).collect()
}

fn is_open(joined: &mut Joined) -> bool {
    heard(joined);
    !joined.frames.is_closed()
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
    building.command(Command::Panic { room: "a".to_owned() });
    assert!(!is_open(&mut ada));
    assert!(is_open(&mut ben));
    assert_eq!(building.wire.forgotten.len(), 1);
    let mut cem = building.enters("b", "cem");
    building.connects(&cem);
    assert_eq!(update(&heard(&mut ben)[0]), [("PA_3", 2)]);
    assert!(is_open(&mut cem));
    assert!(matches!(building.returns("a", "ada", "PA_1"), Err(JoinRefused::Unknown)));
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
    let input_to = heard(&mut old);
    let Some(Message::Leave(leave)) = input_to.last() else { panic!("{input_to:?}") };
    assert_eq!(leave.reason(), proto::DisconnectReason::DuplicateIdentity);
    assert!(old.frames.is_closed());
    assert!(is_open(&mut new));
    let input_to = heard(&mut ben);
    assert_eq!(input_to.iter().flat_map(update).collect::<Vec<_>>(), [("PA_3", 2)], "she never was away");
}

#[test]
fn who_comes_back_keeps_their_stay_and_nobody_else_can_take_it() {
    let mut building = Building::new();
    let mut old = building.enters("a", "ada");
    assert!(matches!(building.returns("a", "ben", "PA_1"), Err(JoinRefused::Unknown)));
    assert!(matches!(building.returns("b", "ada", "PA_1"), Err(JoinRefused::Unknown)));
    assert!(is_open(&mut old));
    let mut new = building.returns("a", "ada", "PA_1").ok().unwrap();
    assert!(!is_open(&mut old));
    let input_to = heard(&mut new);
    assert!(
        matches!(input_to[..], [Message::Reconnect(_), Message::Update(_), Message::RoomUpdate(_)]),
        "{input_to:?}"
    );
}

#[test]
fn what_an_old_socket_still_says_counts_for_nothing() {
    let mut building = Building::new();
    let old = building.enters("a", "ada");
    let mut new = building.returns("a", "ada", "PA_1").ok().unwrap();
    building.request(&old.session, ClientRequest::Leave(DisconnectReason::Left));
    building.command(Command::SignalClosed(old.session.clone()));
    building.command(Command::Disconnect { session: old.session, reason: DisconnectReason::ProtocolError });
    assert!(is_open(&mut new));
    building.request(&new.session, ClientRequest::Leave(DisconnectReason::Left));
    assert!(!is_open(&mut new));
}

#[test]
fn a_reader_that_does_not_read_loses_its_socket_and_nobody_else_does() {
    let mut building = Building::new();
    let (slow, mut ada) = (building.enters("a", "slow"), building.enters("a", "ada"));
    for n in 0..1_000 {
        let mut guest = building.enters("a", "guest");
        heard(&mut guest);
        building.request(&guest.session, ClientRequest::Leave(DisconnectReason::Left));
        assert!(is_open(&mut ada), "{n}");
    }
    assert!(slow.frames.is_closed());
}

#[test]
fn a_closed_room_says_so_to_everybody_and_is_gone() {
    let mut building = Building::new();
    let mut ada = building.enters("a", "ada");
    building.command(Command::Close { room: "a".to_owned(), reason: DisconnectReason::RoomClosed });
    let input_to = heard(&mut ada);
    let Some(Message::Leave(leave)) = input_to.last() else { panic!("{input_to:?}") };
    assert_eq!(leave.reason(), proto::DisconnectReason::RoomClosed);
    assert!(building.rooms.rooms.is_empty() && building.rooms.by_name.is_empty());
    assert_eq!(building.rooms.deadline(), None);
}

#[test]
fn a_room_that_nobody_is_in_any_more_is_forgotten_after_a_while() {
    let mut building = Building::new();
    let ada = building.enters("a", "ada");
    building.command(Command::SignalClosed(ada.session));
    for _ in 0..1_000 {
        let Some(at) = building.rooms.deadline() else { break };
        building.now = at;
        building.rooms.tick(at);
        building.rooms.drain(&mut building.wire);
    }
    assert!(building.rooms.rooms.is_empty());
    assert!(building.attendance.try_recv().is_err(), "who never connected never arrived");
}

#[test]
fn who_comes_back_to_a_stay_whose_media_they_closed_is_told_to_come_in_anew() {
    let mut building = Building::new();
    let mut ada = building.enters("a", "ada");
    let (now, session) = (building.now, ada.session.clone());
    building.rooms.within(session.room, |live, _| live.media.remove(now, live.connections[&session.sid].publisher_pc));
    building.request(&ada.session, ClientRequest::Offer(SessionDescription { sdp: "v=0\r\n".to_owned(), id: 1 }));
    let Some(Message::Leave(leave)) = heard(&mut ada).pop() else { panic!("no goodbye") };
    assert_eq!(leave.action(), proto::leave_request::Action::Reconnect);
}

#[test]
fn an_offer_that_is_none_costs_its_sender_the_seat_and_nobody_else_anything() {
    let mut building = Building::new();
    let (mut ada, mut eve) = (building.enters("a", "ada"), building.enters("a", "eve"));
    let offer = SessionDescription { sdp: "v=0\r\nno sdp".to_owned(), id: 1 };
    building.request(&eve.session, ClientRequest::Offer(offer));
    let input_to = heard(&mut eve);
    assert!(matches!(input_to.last(), Some(Message::Leave(_))), "{input_to:?}");
    assert!(is_open(&mut ada));
    building.now += Duration::from_secs(1);
    building.enters("a", "eve");
}
