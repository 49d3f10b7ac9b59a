//! Floods by participants who have been admitted, over their own connection.

use std::time::Duration;

use anyhow::Result;
use livekit_protocol as proto;
use prost::Message as _;

use super::datagrams::{Random, packet};
use super::{Abuser, Achieved, Attack, FIRST_ADDRESS};
use crate::client::Client;
use crate::clock::Now;
use crate::event_loop::EventLoop;
use crate::plan::Participant;
use crate::signalling::{JoinMethod, Mode};

/// Bits per second of an abuser's camera: more than one core encrypts.
const FLOOD: u32 = 1_000_000_000;
/// Recipients of a data packet; with their names it is just below the largest message.
const RECIPIENTS: usize = 30_000;
/// Datagrams or messages between two turns of the connection.
const BATCH: usize = 64;
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

pub(super) fn flood(abuser: &Abuser<'_>) -> Result<Achieved> {
    let mut random = Random(abuser.number as u64 + 1);
    let mut achieved = Achieved::default();
    while !abuser.is_over() {
        let Ok(mut clients) = connect(abuser) else {
            achieved.refused += 1;
            continue;
        };
        while !abuser.is_over() && clients.clients().next().is_some() {
            let before = packets(&clients);
            clients.run(Duration::from_millis(1))?;
            achieved.attempts += packets(&clients) - before;
            for client in clients.clients_mut() {
                achieved.attempts += match abuser.flags.attack {
                    Attack::MalformedInside => send_malformed(client, &mut random),
                    Attack::Data => client.connections.publisher.send_data(&data_packet(), BATCH),
                    _ => 0,
                };
            }
        }
        achieved.refused += u64::from(!abuser.is_over());
    }
    Ok(achieved)
}

/// Joins a room that two abusers share, so that the server has to forward.
fn connect(abuser: &Abuser<'_>) -> Result<EventLoop> {
    let (flags, number) = (abuser.flags, abuser.number);
    let mut clients = EventLoop::new(FIRST_ADDRESS + number)?;
    let (room, identity) = (format!("abuse{}", number / 2), format!("abuser{number}"));
    let token = flags.key.token(Now::read().unix, &room, &identity)?;
    let method = JoinMethod::LiveKit { url: &flags.url, token: &token, mode: Mode::Dual };
    clients.join(who(flags.attack, identity), method)?;
    clients
        .run_until(CONNECT_LIMIT, |clients| clients.clients().all(|client| client.connections.publisher.connected))?;
    Ok(clients)
}

/// Media packets sent so far.
fn packets(clients: &EventLoop) -> u64 {
    clients.clients().flat_map(|client| client.connections.devices.sent()).map(|(_, sent)| u64::from(sent)).sum()
}

fn send_malformed(client: &Client, random: &mut Random) -> u64 {
    let sent = (0..BATCH)
        .filter(|_| client.connections.publisher.socket.send(&packet(Attack::MalformedInside, random)).is_ok());
    sent.count() as u64
}

fn who(attack: Attack, identity: String) -> Participant {
    let camera = (attack == Attack::Rtp).then_some(FLOOD);
    Participant { room: u32::MAX, identity, camera, size: (1_280, 720), microphone: Some(40_000), turns: None }
}

fn data_packet() -> Vec<u8> {
    let user = proto::UserPacket { payload: b"x".to_vec(), ..Default::default() };
    let packet = proto::DataPacket {
        // Two bytes each on the wire: an empty name.
        destination_identities: vec![String::new(); RECIPIENTS],
        value: Some(proto::data_packet::Value::User(user)),
        ..Default::default()
    };
    packet.encode_to_vec()
}
