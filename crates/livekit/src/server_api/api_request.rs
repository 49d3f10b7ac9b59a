//! Reads and authorises the body of a request.

use std::collections::BTreeMap;

use anteroom_room::{Identity, MetadataChange, ParticipantSid};
use anteroom_signalling::{ApiRequest, CreateRoom, RpcCall, ServerData};
use livekit_protocol as proto;
use prost::Message;
use serde::de::DeserializeOwned;

use super::caller::Caller;
use super::encoding::Encoding;
use super::limits;
use super::method::Method;
use super::twirp_error::{Code, TwirpError};
use crate::convert;

/// Reads a body and checks that `caller` may make this request.
pub fn read_request(
    method: Method,
    caller: &Caller,
    encoding: Encoding,
    body: &[u8],
) -> Result<ApiRequest, TwirpError> {
    caller.may_call(method)?;
    let body = Body { caller, encoding, body };
    match method {
        Method::CreateRoom => create(body.read()?),
        Method::ListRooms => Ok(ApiRequest::ListRooms(body.read::<proto::ListRoomsRequest>()?.names)),
        Method::DeleteRoom => Ok(ApiRequest::DeleteRoom(body.read::<proto::DeleteRoomRequest>()?.room)),
        Method::ListParticipants => {
            let asked = body.read_for::<proto::ListParticipantsRequest>(|asked| &asked.room)?;
            Ok(ApiRequest::ListParticipants(asked.room))
        }
        Method::GetParticipant => person(&body).map(|(room, who)| ApiRequest::GetParticipant(room, who)),
        Method::RemoveParticipant => person(&body).map(|(room, who)| ApiRequest::RemoveParticipant(room, who)),
        Method::MutePublishedTrack => mute(body.read_for::<proto::MuteRoomTrackRequest>(|asked| &asked.room)?),
        Method::UpdateParticipant => update(body.read_for::<proto::UpdateParticipantRequest>(|asked| &asked.room)?),
        Method::UpdateSubscriptions => {
            subscribe(body.read_for::<proto::UpdateSubscriptionsRequest>(|asked| &asked.room)?)
        }
        Method::SendData => send(body.read_for::<proto::SendDataRequest>(|asked| &asked.room)?),
        Method::UpdateRoomMetadata => {
            let asked = body.read_for::<proto::UpdateRoomMetadataRequest>(|asked| &asked.room)?;
            limits::metadata(&asked.metadata)?;
            Ok(ApiRequest::UpdateRoomMetadata(asked.room, asked.metadata))
        }
        Method::PerformRpc => call(body.read_for::<proto::PerformRpcRequest>(|asked| &asked.room)?),
        Method::ForwardParticipant => {
            let asked: proto::ForwardParticipantRequest = body.read()?;
            caller.check_move(&asked.room, &asked.destination_room)?;
            Err(elsewhere())
        }
        Method::MoveParticipant => {
            let asked: proto::MoveParticipantRequest = body.read()?;
            caller.check_move(&asked.room, &asked.destination_room)?;
            Err(elsewhere())
        }
    }
}

struct Body<'a> {
    caller: &'a Caller,
    encoding: Encoding,
    body: &'a [u8],
}

impl Body<'_> {
    fn read<T: Message + DeserializeOwned + Default>(&self) -> Result<T, TwirpError> {
        self.encoding.read(self.body)
    }

    /// Reads the body of a method whose token must name the room.
    fn read_for<T: Message + DeserializeOwned + Default>(&self, room: fn(&T) -> &String) -> Result<T, TwirpError> {
        let asked = self.read()?;
        self.caller.check_room_admin(room(&asked))?;
        Ok(asked)
    }
}

fn create(asked: proto::CreateRoomRequest) -> Result<ApiRequest, TwirpError> {
    limits::room_name(&asked.name)?;
    limits::metadata(&asked.metadata)?;
    if asked.egress.is_some() {
        return Err(TwirpError::new(Code::Unimplemented, "this server has no livekit.Egress"));
    }
    if !asked.room_preset.is_empty() {
        return Err(TwirpError::new(Code::InvalidArgument, "there is no room preset of this name"));
    }
    Ok(ApiRequest::CreateRoom(CreateRoom {
        name: asked.name,
        sid: String::new(),
        empty_timeout: asked.empty_timeout,
        departure_timeout: asked.departure_timeout,
        max_participants: asked.max_participants,
        metadata: asked.metadata,
    }))
}

fn person(body: &Body<'_>) -> Result<(String, Identity), TwirpError> {
    let asked = body.read_for::<proto::RoomParticipantIdentity>(|asked| &asked.room)?;
    Ok((asked.room, asked.identity.as_str().into()))
}

fn mute(asked: proto::MuteRoomTrackRequest) -> Result<ApiRequest, TwirpError> {
    // Only participants themselves unmute their microphone.
    if !asked.muted {
        return Err(TwirpError::new(Code::FailedPrecondition, "remote unmute not enabled"));
    }
    Ok(ApiRequest::MutePublishedTrack(asked.room, asked.identity.as_str().into(), asked.track_sid.as_str().into()))
}

fn update(asked: proto::UpdateParticipantRequest) -> Result<ApiRequest, TwirpError> {
    let given = |text: String| (!text.is_empty()).then_some(text);
    let attributes: BTreeMap<_, _> = asked.attributes.into_iter().collect();
    limits::participant_name(&asked.name)?;
    limits::metadata(&asked.metadata)?;
    limits::attributes(&attributes)?;
    let change = MetadataChange { name: given(asked.name), metadata: given(asked.metadata), attributes };
    let grants = asked.permission.as_ref().map(convert::grants);
    Ok(ApiRequest::UpdateParticipant(asked.room, asked.identity.as_str().into(), change, grants))
}

fn subscribe(asked: proto::UpdateSubscriptionsRequest) -> Result<ApiRequest, TwirpError> {
    let nested = asked.participant_tracks.iter().flat_map(|tracks| &tracks.track_sids);
    let tracks = asked.track_sids.iter().chain(nested).map(|sid| sid.as_str().into()).collect();
    Ok(ApiRequest::UpdateSubscriptions(asked.room, asked.identity.as_str().into(), tracks, asked.subscribe))
}

#[expect(deprecated, reason = "old clients address participants by sid")]
fn send(asked: proto::SendDataRequest) -> Result<ApiRequest, TwirpError> {
    limits::data(&asked.data)?;
    limits::nonce(&asked.nonce)?;
    let data = ServerData {
        reliable: asked.kind() == proto::data_packet::Kind::Reliable,
        to: asked.destination_identities.iter().map(|name| Identity::from(name.as_str())).collect(),
        sids: asked.destination_sids.iter().map(|sid| ParticipantSid::from(sid.as_str())).collect(),
        topic: asked.topic,
        payload: asked.data,
        nonce: asked.nonce,
    };
    Ok(ApiRequest::SendData(asked.room, data))
}

fn call(asked: proto::PerformRpcRequest) -> Result<ApiRequest, TwirpError> {
    if asked.destination_identity.is_empty() {
        return Err(TwirpError::new(Code::InvalidArgument, "destination identity is required"));
    }
    limits::call(&asked.method, &asked.payload)?;
    let call = RpcCall { method: asked.method, payload: asked.payload, timeout_ms: asked.response_timeout_ms };
    Ok(ApiRequest::PerformRpc(asked.room, asked.destination_identity.as_str().into(), call))
}

/// Participants move between rooms only on LiveKit's multi-server deployments.
fn elsewhere() -> TwirpError {
    TwirpError::new(Code::Unimplemented, "this server does not bring participants from room to room")
}
