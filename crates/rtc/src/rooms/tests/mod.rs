//! The rooms without sockets: commands in, frames out.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anteroom_livekit::{DataChannel, JoinRequest};
use anteroom_room::{DisconnectReason, Limits};
use anteroom_signalling::{ClientRequest, SessionDescription};
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use prost::Message as _;

use super::*;
use crate::fuzzing::{Client, MediaEvent, RoomsHarness};
use crate::rooms_port::RoomLoop;
use crate::transport::Counter;

mod hostile;
mod other_wire;
mod server_api;

#[expect(clippy::disallowed_methods, reason = "an origin for virtual time; any will do")]
fn start() -> Instant {
    Instant::now()
}

fn harness() -> RoomsHarness {
    static MEDIA: LazyLock<Arc<anteroom_media::Config>> = LazyLock::new(|| {
        let udp = [SocketAddr::from(([192, 0, 2, 1], 7881))];
        Arc::new(anteroom_media::Config::new(&udp, &[]).unwrap())
    });
    RoomsHarness::new(start(), Arc::clone(&MEDIA), Limits::default())
}

fn join(harness: &mut RoomsHarness, room: &str, identity: &str) -> Client {
    harness.join(room, identity, JoinRequest { auto_subscribe: true, ..JoinRequest::default() }).unwrap()
}

fn messages(client: &mut Client) -> Vec<Message> {
    client.frames().iter().map(|frame| proto::SignalResponse::decode(&**frame).unwrap().message.unwrap()).collect()
}

/// Reads what is queued first: a socket is closed only then.
fn is_open(client: &mut Client) -> bool {
    messages(client);
    !client.is_closed()
}

/// Sid and state of each participant in an update.
fn states(message: &Message) -> Vec<(&str, i32)> {
    match message {
        Message::Update(update) => update.participants.iter().map(|p| (p.sid.as_str(), p.state)).collect(),
        _ => vec![],
    }
}

#[test]
fn first_message_lists_the_other_participants() {
    let mut harness = harness();
    join(&mut harness, "a", "ada");
    let mut ben = join(&mut harness, "a", "ben");
    let first = messages(&mut ben).into_iter().next();
    let Some(Message::Join(join)) = first else { panic!("{first:?}") };
    assert_eq!(join.participant.unwrap().sid, "PA_2");
    assert_eq!(join.other_participants.len(), 1);
    assert!(join.ping_interval > 0 && join.server_info.unwrap().protocol == 17);
}

#[test]
fn panic_in_one_room_closes_only_that_room() {
    let mut harness = harness();
    let (mut ada, mut ben) = (join(&mut harness, "a", "ada"), join(&mut harness, "b", "ben"));
    harness.command(Command::Panic { room: "a".to_owned() });
    assert!(!is_open(&mut ada));
    assert!(is_open(&mut ben));
    assert_eq!(harness.unrouted(), 1, "only the peer of that room");
    let mut cem = join(&mut harness, "b", "cem");
    harness.media_event(&cem, &MediaEvent::Connected);
    assert_eq!(states(&messages(&mut ben)[0]), [("PA_3", 2)]);
    assert!(is_open(&mut cem));
    assert!(matches!(harness.try_resume("a", "ada", "PA_1", None), Err(JoinRefused::UnknownSession)));
    join(&mut harness, "a", "ada");
}

#[test]
fn joining_on_another_device_disconnects_the_old_one() {
    let mut harness = harness();
    let mut ben = join(&mut harness, "a", "ben");
    let mut old = join(&mut harness, "a", "ada");
    harness.media_event(&old, &MediaEvent::Connected);
    messages(&mut ben);
    let mut new = join(&mut harness, "a", "ada");
    harness.media_event(&new, &MediaEvent::Connected);
    let received = messages(&mut old);
    let Some(Message::Leave(leave)) = received.last() else { panic!("{received:?}") };
    assert_eq!(leave.reason(), proto::DisconnectReason::DuplicateIdentity);
    assert!(old.is_closed());
    assert!(is_open(&mut new));
    let received = messages(&mut ben);
    assert_eq!(received.iter().flat_map(states).collect::<Vec<_>>(), [("PA_3", 2)], "no disconnect is reported");
}

#[test]
fn only_the_same_identity_resumes_a_session() {
    let mut harness = harness();
    let mut old = join(&mut harness, "a", "ada");
    assert!(matches!(harness.try_resume("a", "ben", "PA_1", None), Err(JoinRefused::UnknownSession)));
    assert!(matches!(harness.try_resume("b", "ada", "PA_1", None), Err(JoinRefused::UnknownSession)));
    assert!(is_open(&mut old));
    let mut new = harness.resume("a", "ada", "PA_1", None).unwrap();
    assert!(!is_open(&mut old));
    let received = messages(&mut new);
    assert!(
        matches!(received[..], [Message::Reconnect(_), Message::Update(_), Message::RoomUpdate(_)]),
        "{received:?}"
    );
}

#[test]
fn requests_on_a_replaced_socket_are_ignored() {
    let mut harness = harness();
    let old = join(&mut harness, "a", "ada");
    let mut new = harness.resume("a", "ada", "PA_1", None).unwrap();
    harness.request(&old, ClientRequest::Leave(DisconnectReason::Left));
    harness.signal_closed(&old);
    harness.protocol_error(&old);
    assert!(is_open(&mut new));
    harness.request(&new, ClientRequest::Leave(DisconnectReason::Left));
    assert!(!is_open(&mut new));
}

#[test]
fn only_a_client_that_does_not_read_loses_its_socket() {
    let mut harness = harness();
    let (slow, mut ada) = (join(&mut harness, "a", "slow"), join(&mut harness, "a", "ada"));
    for n in 0..1_000 {
        let mut guest = join(&mut harness, "a", "guest");
        messages(&mut guest);
        harness.request(&guest, ClientRequest::Leave(DisconnectReason::Left));
        assert!(is_open(&mut ada), "{n}");
    }
    assert!(slow.is_closed());
}

#[test]
fn closed_room_sends_the_reason_and_is_removed() {
    let mut harness = harness();
    let mut ada = join(&mut harness, "a", "ada");
    harness.command(Command::Close { room: "a".to_owned(), reason: DisconnectReason::RoomClosed });
    let received = messages(&mut ada);
    let Some(Message::Leave(leave)) = received.last() else { panic!("{received:?}") };
    assert_eq!(leave.reason(), proto::DisconnectReason::RoomClosed);
    assert!(harness.rooms.rooms.is_empty() && harness.rooms.by_name.is_empty());
    assert_eq!(harness.rooms.deadline(), None);
}

#[test]
fn messages_lost_before_the_channel_opens_are_counted_and_end_in_a_full_reconnect() {
    let mut harness = harness();
    let (mut ada, ben) = (join(&mut harness, "a", "ada"), join(&mut harness, "a", "ben"));
    let user = proto::UserPacket { payload: vec![7; 60_000], ..Default::default() };
    let packet = proto::DataPacket { value: Some(proto::data_packet::Value::User(user)), ..Default::default() };
    for _ in 0..20 {
        harness.media_event(&ben, &MediaEvent::Data(DataChannel::Reliable, packet.encode_to_vec()));
    }
    assert_eq!(harness.counted(Counter::DroppedEarlyMessage), 20);
    harness.media_event(&ada, &MediaEvent::ChannelOpened { lost_messages: false });
    assert!(is_open(&mut ada));
    harness.media_event(&ada, &MediaEvent::ChannelOpened { lost_messages: true });
    let Some(Message::Leave(leave)) = messages(&mut ada).pop() else { panic!("no leave message") };
    assert_eq!(leave.action(), proto::leave_request::Action::Reconnect);
}

#[test]
fn empty_room_is_removed_after_its_timeout() {
    let mut harness = harness();
    let ada = join(&mut harness, "a", "ada");
    harness.signal_closed(&ada);
    harness.wait(Duration::from_secs(600));
    assert!(harness.rooms.rooms.is_empty());
    assert_eq!(harness.attended(), (0, 0), "a participant that never connected never arrived");
}

#[test]
fn resume_after_closing_media_asks_for_full_reconnect() {
    let mut harness = harness();
    let mut ada = join(&mut harness, "a", "ada");
    let (now, session) = (harness.now, ada.session());
    harness.rooms.within(session.room, |live, _| live.media.remove(now, live.connections[&session.sid].publisher_pc));
    harness.request(&ada, ClientRequest::Offer(SessionDescription { sdp: "v=0\r\n".into(), id: 1 }));
    let Some(Message::Leave(leave)) = messages(&mut ada).pop() else { panic!("no leave message") };
    assert_eq!(leave.action(), proto::leave_request::Action::Reconnect);
}

#[test]
fn invalid_offer_disconnects_only_its_sender() {
    let mut harness = harness();
    let (mut ada, mut eve) = (join(&mut harness, "a", "ada"), join(&mut harness, "a", "eve"));
    let offer = SessionDescription { sdp: "v=0\r\nno sdp".into(), id: 1 };
    harness.request(&eve, ClientRequest::Offer(offer));
    let received = messages(&mut eve);
    assert!(matches!(received.last(), Some(Message::Leave(_))), "{received:?}");
    assert!(is_open(&mut ada));
    harness.wait(Duration::from_secs(1));
    join(&mut harness, "a", "eve");
}
