//! Data packets that the server sends for an API client, and the replies to its remote procedure calls.

use std::collections::BTreeSet;

use anteroom_room::{Identity, ParticipantSid};
use livekit_protocol as proto;
use livekit_protocol::data_packet::{Kind, Value};
use prost::Message;

/// A packet from nobody in the room.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerData {
    /// On the reliable channel.
    pub reliable: bool,
    /// For whom; when nobody is named here nor in `stays`, for everybody.
    pub to: BTreeSet<Identity>,
    /// For whom, in old programs.
    pub sids: BTreeSet<ParticipantSid>,
    /// What it is about.
    pub topic: Option<String>,
    /// What is said.
    pub payload: Vec<u8>,
    /// The same for every try of one request; empty in old programs.
    pub nonce: Vec<u8>,
}

impl ServerData {
    /// As it goes out.
    #[expect(deprecated, reason = "old clients read these")]
    pub fn bytes(&self) -> Vec<u8> {
        let kind = if self.reliable { Kind::Reliable } else { Kind::Lossy };
        let to: Vec<String> = self.to.iter().map(ToString::to_string).collect();
        let user = proto::UserPacket {
            payload: self.payload.clone(),
            destination_identities: to.clone(),
            topic: self.topic.clone(),
            nonce: self.nonce.clone(),
            ..proto::UserPacket::default()
        };
        let packet = proto::DataPacket {
            kind: kind.into(),
            destination_identities: to,
            value: Some(Value::User(user)),
            ..proto::DataPacket::default()
        };
        packet.encode_to_vec()
    }

    /// Is it for this one?
    pub fn is_for(&self, sid: &ParticipantSid, identity: &Identity) -> bool {
        (self.to.is_empty() && self.sids.is_empty()) || self.to.contains(identity) || self.sids.contains(sid)
    }
}

/// A remote procedure call, on its way to one participant.
#[derive(Clone, PartialEq, Eq)]
pub struct RpcRequest {
    /// Known to nobody else; it is also whom the answer is addressed to.
    pub id: String,
    /// What is called.
    pub method: String,
    /// With what.
    pub payload: String,
    /// How long the answer may take.
    pub timeout_ms: u32,
}

impl RpcRequest {
    /// As it goes out, on the reliable channel.
    #[expect(deprecated, reason = "old clients read these")]
    pub fn bytes(&self) -> Vec<u8> {
        let request = proto::RpcRequest {
            id: self.id.clone(),
            method: self.method.clone(),
            payload: self.payload.clone(),
            response_timeout_ms: self.timeout_ms,
            version: 1,
            ..proto::RpcRequest::default()
        };
        let packet = proto::DataPacket {
            kind: Kind::Reliable.into(),
            participant_identity: self.id.clone(),
            value: Some(Value::RpcRequest(request)),
            ..proto::DataPacket::default()
        };
        packet.encode_to_vec()
    }
}

/// What a participant says about a question.
#[derive(Clone, PartialEq, Eq)]
pub enum RpcReply {
    /// They have it and think about it.
    Ack {
        /// Which question.
        id: String,
    },
    /// They are done.
    Response {
        /// Which question.
        id: String,
        /// The answer, or number and sentence of what went wrong.
        said: Result<String, (u32, String)>,
    },
}

/// Reads a packet as a reply to a remote procedure call; `None` for any other packet.
pub fn read_rpc_reply(bytes: &[u8]) -> Option<RpcReply> {
    use proto::rpc_response::Value as Said;
    match proto::DataPacket::decode(bytes).ok()?.value? {
        Value::RpcAck(ack) => Some(RpcReply::Ack { id: ack.request_id }),
        Value::RpcResponse(response) => {
            let said = match response.value? {
                Said::Payload(payload) => Ok(payload),
                Said::Error(error) => Err((error.code, error.message)),
                Said::CompressedPayload(_) => return None,
            };
            Some(RpcReply::Response { id: response.request_id, said })
        }
        _ => None,
    }
}
