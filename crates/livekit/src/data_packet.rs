//! `DataPacket` of the data channels: to and from the neutral [`DataMessage`].

use std::sync::Arc;

use anteroom_room::{DataKind, DataMessage, Identity, ParticipantSid, WireData};
use anteroom_signalling::RpcReply;
use livekit_protocol as proto;
use livekit_protocol::data_packet::{Kind, Value};
use prost::Message as _;

use crate::server_data::rpc_reply;
use crate::{WIRE, count_fields, limits};

/// The fields of a `DataPacket` that are messages: its value is one of them.
const VALUES: [u32; 13] = [2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18];

/// Reads a packet as [`read_message`] does, and as a reply to a remote procedure call if it is one.
pub(crate) fn read_data(
    bytes: &[u8],
    sid: &ParticipantSid,
    identity: &Identity,
    reliable: bool,
) -> Option<(DataMessage, Option<RpcReply>)> {
    let packet = decode(bytes)?;
    let reply = packet.value.as_ref().and_then(rpc_reply);
    Some((message_of(packet, sid, identity, reliable)?, reply))
}

/// Bytes on a channel of the client's own, without a `DataPacket` around them: a message to all others.
pub(crate) fn plain_message(bytes: &[u8]) -> DataMessage {
    let (kind, payload) = (DataKind::Binary, bytes.into());
    DataMessage { kind, topic: None, to: vec![], reliable: true, sequence: 0, payload, encoded: WireData::default() }
}

/// Reads a `DataPacket` of this sender and overwrites its sender fields with the true sender. `None` for a malformed
/// packet, for one with too many addressees and for packets that clients must not send.
pub fn read_message(bytes: &[u8], sid: &ParticipantSid, identity: &Identity, reliable: bool) -> Option<DataMessage> {
    message_of(decode(bytes)?, sid, identity, reliable)
}

/// Decodes a packet whose lists are not too long. Rooms read it on the thread of their packets.
fn decode(bytes: &[u8]) -> Option<proto::DataPacket> {
    if count_fields::count(bytes, &VALUES)? > limits::PACKET_FIELDS {
        return None;
    }
    proto::DataPacket::decode(bytes).ok()
}

#[expect(deprecated, reason = "old clients read and write these")]
fn message_of(
    mut packet: proto::DataPacket,
    sid: &ParticipantSid,
    identity: &Identity,
    reliable: bool,
) -> Option<DataMessage> {
    packet.kind = kind(reliable);
    packet.participant_sid = sid.to_string();
    packet.participant_identity = identity.to_string();
    let mut to: Vec<&String> = packet.destination_identities.iter().collect();
    let (mut message_kind, mut topic, mut payload) = (DataKind::Opaque, None, Arc::default());
    match &mut packet.value {
        Some(Value::User(user)) => {
            user.participant_sid = sid.to_string();
            user.participant_identity = identity.to_string();
            to.extend(&user.destination_identities);
            (message_kind, topic, payload) = (DataKind::Binary, user.topic.clone(), user.payload.as_slice().into());
        }
        // Only the server reports active speakers.
        Some(Value::Speaker(_)) | None => return None,
        Some(_) => {}
    }
    if to.len() > limits::ADDRESSEES {
        return None;
    }
    let to = to.iter().map(|identity| identity.as_str().into()).collect();
    let (kind, sequence) = (message_kind, packet.sequence);
    let encoded = WireData::new(WIRE, packet.encode_to_vec());
    Some(DataMessage { kind, topic, to, reliable, sequence, payload, encoded })
}

/// The packet for a client on this wire. `None` for an opaque message of another wire.
#[expect(deprecated, reason = "old clients read these")]
pub fn write_message(sid: &ParticipantSid, identity: &Identity, message: &DataMessage) -> Option<Arc<[u8]>> {
    if let Some(encoded) = message.encoded.for_wire(WIRE) {
        return Some(Arc::clone(encoded));
    }
    if message.kind == DataKind::Opaque {
        return None;
    }
    let user = proto::UserPacket {
        participant_sid: sid.to_string(),
        participant_identity: identity.to_string(),
        payload: message.payload.to_vec(),
        topic: message.topic.clone(),
        ..proto::UserPacket::default()
    };
    let packet = proto::DataPacket {
        kind: kind(message.reliable),
        participant_sid: sid.to_string(),
        participant_identity: identity.to_string(),
        sequence: message.sequence,
        value: Some(Value::User(user)),
        ..proto::DataPacket::default()
    };
    Some(packet.encode_to_vec().into())
}

fn kind(reliable: bool) -> i32 {
    if reliable { Kind::Reliable.into() } else { Kind::Lossy.into() }
}
