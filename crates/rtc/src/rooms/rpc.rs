//! What the server itself says in a room because a program wants it said: data, questions, the room's metadata.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anteroom_livekit::server_api::{ApiResponse, Code, RpcCall, TwirpError};
use anteroom_livekit::{self as livekit, RpcReply, RpcRequest, ServerData};
use anteroom_media::Channel;
use anteroom_room::{Identity, ParticipantSid};

use super::live_room::LiveRoom;
use super::server_api::Reply;
use crate::random_ids::{self, RandomBytes};

/// A participant's program says this soon that it has a question, or never will.
const UNDERSTANDING: Duration = Duration::from_secs(7);
/// What an answer may take when the caller does not say, and at most.
const ANSWERING: Duration = Duration::from_secs(15);
const ANSWERING_AT_MOST: Duration = Duration::from_secs(120);
/// Questions open in one room at once.
const MOST_QUESTIONS: usize = 1_000;
/// So many requests back a repetition is known for one. Programs repeat within seconds.
const REMEMBERED: usize = 256;

/// What the room's server side has said and is waiting to hear.
#[derive(Default)]
pub(super) struct PendingRpcs {
    /// Questions by their names, which only who was asked knows.
    pending: BTreeMap<String, PendingRpc>,
    nonces: VecDeque<Vec<u8>>,
}

struct PendingRpc {
    who: ParticipantSid,
    /// Until they say that they have understood.
    understood_by: Option<Instant>,
    answered_by: Instant,
    reply: Reply,
}

impl PendingRpc {
    fn deadline(&self) -> Instant {
        self.understood_by.map_or(self.answered_by, |at| at.min(self.answered_by))
    }
}

impl LiveRoom {
    /// Says something to everybody it is for, once however often it is ordered.
    pub(super) fn send_server_data(&mut self, now: Instant, announcement: &ServerData) {
        if !self.pending_rpcs.is_new(&announcement.nonce) {
            return;
        }
        let bytes = announcement.bytes();
        let channel = if announcement.reliable { Channel::Reliable } else { Channel::Lossy };
        for (sid, connection) in &self.connections {
            let identity = connection.bearer.identity.as_str().into();
            if announcement.is_for(sid, &identity) {
                self.media.send_data(now, connection.data_pc, channel, &bytes);
            }
        }
    }

    /// The application's own words about the room change; empty ones, too.
    pub(super) fn describe(&mut self, metadata: String) {
        self.facts.metadata = metadata;
        let room = self.snapshot();
        let frame = livekit::room_update(&room.info, room.people, room.publishers);
        for sid in self.connections.keys().cloned().collect::<Vec<_>>() {
            self.say(&sid, frame.clone());
        }
    }

    pub(super) fn perform_rpc(
        &mut self,
        now: Instant,
        who: &Identity,
        call: RpcCall,
        reply: Reply,
        random: &mut RandomBytes,
    ) {
        let asked = self.room.find(who).and_then(|info| self.connections.get_key_value(&info.sid));
        let Some((sid, connection)) = asked else {
            return drop(reply.send(Err(TwirpError::no_participant())));
        };
        if self.pending_rpcs.pending.len() >= MOST_QUESTIONS {
            return drop(reply.send(Err(TwirpError::new(Code::ResourceExhausted, "too many RPC requests at once"))));
        }
        let within = match call.timeout_ms {
            0 => ANSWERING,
            wanted => Duration::from_millis(wanted.into()).min(ANSWERING_AT_MOST),
        };
        let (id, timeout_ms) = (random_ids::letters::<22>(random), within.as_millis() as u32);
        let question = RpcRequest { id: id.clone(), method: call.method, payload: call.payload, timeout_ms };
        self.media.send_data(now, connection.data_pc, Channel::Reliable, &question.bytes());
        let understood_by = Some(now + UNDERSTANDING);
        let asked = PendingRpc { who: sid.clone(), understood_by, answered_by: now + within, reply };
        self.pending_rpcs.pending.insert(id, asked);
    }

    /// True if this packet was for us: a word about a question of ours.
    pub(super) fn is_rpc_reply(&mut self, who: &ParticipantSid, bytes: &[u8]) -> bool {
        !self.pending_rpcs.pending.is_empty()
            && livekit::read_rpc_reply(bytes).is_some_and(|heard| self.pending_rpcs.receive(who, heard))
    }
}

impl PendingRpcs {
    fn is_new(&mut self, nonce: &[u8]) -> bool {
        if nonce.is_empty() {
            return true;
        }
        if self.nonces.iter().any(|known| known == nonce) {
            return false;
        }
        self.nonces.truncate(REMEMBERED - 1);
        self.nonces.push_front(nonce.to_owned());
        true
    }

    /// Only who was asked can answer; what others say of it goes its own way.
    fn receive(&mut self, who: &ParticipantSid, heard: RpcReply) -> bool {
        let (RpcReply::Ack { id } | RpcReply::Response { id, .. }) = &heard;
        let Some(asked) = self.pending.get_mut(id).filter(|asked| asked.who == *who) else { return false };
        match heard {
            RpcReply::Ack { .. } => asked.understood_by = None,
            RpcReply::Response { id, said } => {
                let answer = said.map(ApiResponse::Payload).map_err(|(number, why)| TwirpError::rpc_error(number, why));
                self.close(&id, answer);
            }
        }
        true
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.pending.values().map(PendingRpc::deadline).min()
    }

    /// Gives up what took too long.
    pub(super) fn tick(&mut self, now: Instant) {
        let late = self.pending.iter().filter(|(_, asked)| asked.deadline() <= now);
        for (id, compatible_source) in
            late.map(|(id, asked)| (id.clone(), asked.understood_by.is_none())).collect::<Vec<_>>()
        {
            let fault = if compatible_source {
                TwirpError::rpc_error(1502, "Response timeout")
            } else {
                TwirpError::rpc_error(1501, "Connection timeout")
            };
            self.close(&id, Err(fault));
        }
    }

    /// Whoever was asked is gone.
    pub(super) fn forget(&mut self, who: &ParticipantSid) {
        let theirs = self.pending.iter().filter(|(_, asked)| asked.who == *who);
        for id in theirs.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.close(&id, Err(TwirpError::rpc_error(1503, "Recipient disconnected")));
        }
    }

    fn close(&mut self, id: &str, answer: Result<ApiResponse, TwirpError>) {
        if let Some(asked) = self.pending.remove(id) {
            let _ = asked.reply.send(answer);
        }
    }
}
