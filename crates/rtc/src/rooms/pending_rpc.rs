//! Remote procedure calls of API clients that wait for a participant's response, and the nonces of data they sent.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use anteroom_room::ParticipantSid;
use anteroom_signalling::{ApiError, ApiResponse, RpcReply};

use super::command::Reply;

/// Time allowed for an acknowledgement (`RpcAck`).
const ACK_TIMEOUT: Duration = Duration::from_secs(7);
/// Open calls in one room.
const MAX_CALLS: usize = 1_000;
/// How many recent nonces are remembered, to drop retried `SendData` requests. API clients retry within seconds.
const MAX_NONCES: usize = 256;

/// LiveKit's `RpcError` codes for calls that end without a response.
const CONNECTION_TIMEOUT: u32 = 1501;
const RESPONSE_TIMEOUT: u32 = 1502;
const RECIPIENT_DISCONNECTED: u32 = 1503;

#[derive(Default)]
pub(super) struct PendingRpcs {
    /// By ids that only the called participant knows.
    calls: BTreeMap<String, PendingRpc>,
    nonces: VecDeque<Vec<u8>>,
}

struct PendingRpc {
    who: ParticipantSid,
    /// `None` once acknowledged.
    ack_by: Option<Instant>,
    respond_by: Instant,
    reply: Reply,
}

impl PendingRpc {
    fn deadline(&self) -> Instant {
        self.ack_by.map_or(self.respond_by, |at| at.min(self.respond_by))
    }
}

impl PendingRpcs {
    pub(super) fn is_full(&self) -> bool {
        self.calls.len() >= MAX_CALLS
    }

    pub(super) fn insert(&mut self, now: Instant, id: String, who: ParticipantSid, timeout: Duration, reply: Reply) {
        let (ack_by, respond_by) = (Some(now + ACK_TIMEOUT), now + timeout);
        self.calls.insert(id, PendingRpc { who, ack_by, respond_by, reply });
    }

    /// False for a nonce that came before: the request is a retry.
    pub(super) fn is_new(&mut self, nonce: &[u8]) -> bool {
        if nonce.is_empty() {
            return true;
        }
        if self.nonces.iter().any(|known| known == nonce) {
            return false;
        }
        self.nonces.truncate(MAX_NONCES - 1);
        self.nonces.push_front(nonce.to_owned());
        true
    }

    /// True if the reply is to one of these calls and comes from the participant that was called.
    pub(super) fn receive(&mut self, who: &ParticipantSid, reply: &RpcReply) -> bool {
        let (RpcReply::Ack { id } | RpcReply::Response { id, .. }) = reply;
        let Some(call) = self.calls.get_mut(id).filter(|call| call.who == *who) else { return false };
        match reply {
            RpcReply::Ack { .. } => call.ack_by = None,
            RpcReply::Response { id, result } => {
                let response = result.clone().map(ApiResponse::Payload);
                self.close(id, response.map_err(|(number, why)| ApiError::Rpc(number, why)));
            }
        }
        true
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.calls.values().map(PendingRpc::deadline).min()
    }

    /// Ends the calls whose time is up.
    pub(super) fn tick(&mut self, now: Instant) {
        let late = self.calls.iter().filter(|(_, call)| call.deadline() <= now);
        let late: Vec<_> = late.map(|(id, call)| (id.clone(), call.ack_by.is_none())).collect();
        for (id, is_acknowledged) in late {
            let error = if is_acknowledged {
                ApiError::Rpc(RESPONSE_TIMEOUT, "Response timeout".to_owned())
            } else {
                ApiError::Rpc(CONNECTION_TIMEOUT, "Connection timeout".to_owned())
            };
            self.close(&id, Err(error));
        }
    }

    /// Ends the calls to a participant that has disconnected.
    pub(super) fn disconnected(&mut self, who: &ParticipantSid) {
        let theirs = self.calls.iter().filter(|(_, call)| call.who == *who);
        for id in theirs.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.close(&id, Err(ApiError::Rpc(RECIPIENT_DISCONNECTED, "Recipient disconnected".to_owned())));
        }
    }

    fn close(&mut self, id: &str, response: Result<ApiResponse, ApiError>) {
        if let Some(call) = self.calls.remove(id) {
            let _ = call.reply.send(response);
        }
    }
}
