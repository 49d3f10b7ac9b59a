//! Data packets that the server sends for an API client, and the replies to its remote procedure calls.

use anteroom_signalling::{RpcReply, RpcRequest, ServerData};
use livekit_protocol as proto;
use livekit_protocol::data_packet::{Kind, Value};
use prost::Message;

/// The packet of a data message of the server.
#[expect(deprecated, reason = "old clients read these")]
pub(crate) fn write_server_data(data: &ServerData) -> Vec<u8> {
    let kind = if data.reliable { Kind::Reliable } else { Kind::Lossy };
    let to: Vec<String> = data.to.iter().map(ToString::to_string).collect();
    let user = proto::UserPacket {
        payload: data.payload.clone(),
        destination_identities: to.clone(),
        topic: data.topic.clone(),
        nonce: data.nonce.clone(),
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

/// The packet of a remote procedure call, for the reliable channel.
#[expect(deprecated, reason = "old clients read these")]
pub(crate) fn write_rpc_request(request: &RpcRequest) -> Vec<u8> {
    let rpc = proto::RpcRequest {
        id: request.id.clone(),
        method: request.method.clone(),
        payload: request.payload.clone(),
        response_timeout_ms: request.timeout_ms,
        version: 1,
        ..proto::RpcRequest::default()
    };
    let packet = proto::DataPacket {
        kind: Kind::Reliable.into(),
        participant_identity: request.id.clone(),
        value: Some(Value::RpcRequest(rpc)),
        ..proto::DataPacket::default()
    };
    packet.encode_to_vec()
}

/// The reply to a remote procedure call that a packet holds; `None` for any other packet.
pub(crate) fn rpc_reply(value: &Value) -> Option<RpcReply> {
    use proto::rpc_response::Value as Response;
    match value {
        Value::RpcAck(ack) => Some(RpcReply::Ack { id: ack.request_id.clone() }),
        Value::RpcResponse(response) => {
            let result = match response.value.as_ref()? {
                Response::Payload(payload) => Ok(payload.clone()),
                Response::Error(error) => Err((error.code, error.message.clone())),
                Response::CompressedPayload(_) => return None,
            };
            Some(RpcReply::Response { id: response.request_id.clone(), result })
        }
        _ => None,
    }
}
