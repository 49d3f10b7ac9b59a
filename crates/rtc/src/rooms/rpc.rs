//! Data messages and RPC (remote procedure calls) that API clients send into a room.

use std::time::{Duration, Instant};

use anteroom_room::{Identity, ParticipantSid};
use anteroom_signalling::{ApiError, RoomSnapshot, RpcCall, RpcReply, RpcRequest, ServerData};

use super::command::Reply;
use super::live_room::LiveRoom;
use crate::random_ids::{self, RandomBytes};

/// What a response may take when the caller names no timeout, and at most.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);
const MAX_TIMEOUT: Duration = Duration::from_secs(120);

impl LiveRoom {
    /// Sends a message to its addressees, once however often the request is retried.
    pub(super) fn send_server_data(&mut self, now: Instant, data: &ServerData) {
        if !self.pending_rpcs.is_new(&data.nonce) {
            return;
        }
        let addressees = self.connections.iter().filter(|(sid, connection)| {
            let identity = connection.bearer.identity.as_str().into();
            data.is_for(sid, &identity)
        });
        for who in addressees.map(|(sid, _)| sid.clone()).collect::<Vec<_>>() {
            let frame = self.connections.get_mut(&who).and_then(|connection| connection.signalling.server_data(data));
            self.send_data_frame(now, &who, frame, None);
        }
    }

    /// The metadata of the room changes; it may become empty.
    pub(super) fn update_room_metadata(&mut self, metadata: String) -> RoomSnapshot {
        self.info.metadata = metadata;
        self.publish();
        let room = self.snapshot();
        for sid in self.connections.keys().cloned().collect::<Vec<_>>() {
            self.send_signal(&sid, |signalling| signalling.room_updated(&room));
        }
        room
    }

    pub(super) fn perform_rpc(
        &mut self,
        now: Instant,
        who: &Identity,
        call: RpcCall,
        reply: Reply,
        random: &mut RandomBytes,
    ) {
        let Some(sid) = self.room.find(who).map(|info| info.sid.clone()) else {
            return drop(reply.send(Err(ApiError::ParticipantNotFound)));
        };
        if self.pending_rpcs.is_full() {
            return drop(reply.send(Err(ApiError::TooManyRpcs)));
        }
        let timeout = match call.timeout_ms {
            0 => DEFAULT_TIMEOUT,
            wanted => Duration::from_millis(wanted.into()).min(MAX_TIMEOUT),
        };
        let (id, timeout_ms) = (random_ids::letters::<22>(random), timeout.as_millis() as u32);
        let request = RpcRequest { id: id.clone(), method: call.method, payload: call.payload, timeout_ms };
        let frame = self.connections.get_mut(&sid).and_then(|connection| connection.signalling.rpc_request(&request));
        self.send_data_frame(now, &sid, frame, None);
        self.pending_rpcs.insert(now, id, sid, timeout, reply);
    }

    /// True if a message was a reply to a call of an API client.
    pub(super) fn is_rpc_reply(&mut self, who: &ParticipantSid, reply: &RpcReply) -> bool {
        self.pending_rpcs.receive(who, reply)
    }
}
