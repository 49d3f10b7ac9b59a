//! The methods by name, and the grant that each requires.

use super::twirp_error::{Code, TwirpError};

/// A method of the room service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the published service")]
pub enum Method {
    CreateRoom,
    ListRooms,
    DeleteRoom,
    ListParticipants,
    GetParticipant,
    RemoveParticipant,
    MutePublishedTrack,
    UpdateParticipant,
    UpdateSubscriptions,
    SendData,
    UpdateRoomMetadata,
    PerformRpc,
    ForwardParticipant,
    MoveParticipant,
}

/// The grant that a method requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredGrant {
    /// `roomCreate`.
    Create,
    /// `roomList`.
    List,
    /// `roomAdmin`, and `room` is the room the request names.
    Admin,
}

const ROOM_SERVICE: &str = "livekit.RoomService";

const METHODS: &[(&str, Method, RequiredGrant)] = &[
    ("CreateRoom", Method::CreateRoom, RequiredGrant::Create),
    ("ListRooms", Method::ListRooms, RequiredGrant::List),
    ("DeleteRoom", Method::DeleteRoom, RequiredGrant::Create),
    ("ListParticipants", Method::ListParticipants, RequiredGrant::Admin),
    ("GetParticipant", Method::GetParticipant, RequiredGrant::Admin),
    ("RemoveParticipant", Method::RemoveParticipant, RequiredGrant::Admin),
    ("MutePublishedTrack", Method::MutePublishedTrack, RequiredGrant::Admin),
    ("UpdateParticipant", Method::UpdateParticipant, RequiredGrant::Admin),
    ("UpdateSubscriptions", Method::UpdateSubscriptions, RequiredGrant::Admin),
    ("SendData", Method::SendData, RequiredGrant::Admin),
    ("UpdateRoomMetadata", Method::UpdateRoomMetadata, RequiredGrant::Admin),
    ("PerformRpc", Method::PerformRpc, RequiredGrant::Admin),
    ("ForwardParticipant", Method::ForwardParticipant, RequiredGrant::Admin),
    ("MoveParticipant", Method::MoveParticipant, RequiredGrant::Admin),
];

/// Services that are not supported (recorders, telephone bridges, agents).
const UNSUPPORTED: &[&str] = &[
    "livekit.AgentDispatchService",
    "livekit.Connector",
    "livekit.Egress",
    "livekit.Ingress",
    "livekit.PhoneNumberService",
    "livekit.SIP",
];

impl Method {
    /// The method behind `POST /twirp/{service}/{name}`.
    pub fn named(service: &str, name: &str) -> Result<Self, TwirpError> {
        if UNSUPPORTED.contains(&service) {
            return Err(TwirpError::new(Code::Unimplemented, format!("this server has no {service}")));
        }
        let known = METHODS.iter().find(|(known, ..)| service == ROOM_SERVICE && *known == name);
        known.map(|(_, method, _)| *method).ok_or_else(|| {
            let path = format!("/twirp/{service}/{name}");
            TwirpError::bad_route("POST", &path, format!("no handler for path \"{path}\""))
        })
    }

    /// The grant that the token needs.
    pub fn required_grant(self) -> RequiredGrant {
        METHODS
            .iter()
            .find(|(_, method, _)| *method == self)
            .map_or(RequiredGrant::Admin, |(_, _, required_grant)| *required_grant)
    }
}
