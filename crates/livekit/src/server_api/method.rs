//! The methods by name, and what a token must grant for each.

use super::twirp_error::{Code, Fault};

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

/// What a token must grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// `roomCreate`.
    Create,
    /// `roomList`.
    List,
    /// `roomAdmin`, and `room` is the room the request names.
    Admin,
}

const ROOM_SERVICE: &str = "livekit.RoomService";

const METHODS: &[(&str, Method, Needs)] = &[
    ("CreateRoom", Method::CreateRoom, Needs::Create),
    ("ListRooms", Method::ListRooms, Needs::List),
    ("DeleteRoom", Method::DeleteRoom, Needs::Create),
    ("ListParticipants", Method::ListParticipants, Needs::Admin),
    ("GetParticipant", Method::GetParticipant, Needs::Admin),
    ("RemoveParticipant", Method::RemoveParticipant, Needs::Admin),
    ("MutePublishedTrack", Method::MutePublishedTrack, Needs::Admin),
    ("UpdateParticipant", Method::UpdateParticipant, Needs::Admin),
    ("UpdateSubscriptions", Method::UpdateSubscriptions, Needs::Admin),
    ("SendData", Method::SendData, Needs::Admin),
    ("UpdateRoomMetadata", Method::UpdateRoomMetadata, Needs::Admin),
    ("PerformRpc", Method::PerformRpc, Needs::Admin),
    ("ForwardParticipant", Method::ForwardParticipant, Needs::Admin),
    ("MoveParticipant", Method::MoveParticipant, Needs::Admin),
];

/// Services whose programs (recorders, telephone bridges, agents) we do not have.
const ABSENT: &[&str] = &[
    "livekit.AgentDispatchService",
    "livekit.Connector",
    "livekit.Egress",
    "livekit.Ingress",
    "livekit.PhoneNumberService",
    "livekit.SIP",
];

impl Method {
    /// The method behind `POST /twirp/{service}/{name}`.
    pub fn named(service: &str, name: &str) -> Result<Self, Fault> {
        if ABSENT.contains(&service) {
            return Err(Fault::new(Code::Unimplemented, format!("this server has no {service}")));
        }
        let known = METHODS.iter().find(|(known, ..)| service == ROOM_SERVICE && *known == name);
        known.map(|(_, method, _)| *method).ok_or_else(|| {
            let path = format!("/twirp/{service}/{name}");
            Fault::bad_route("POST", &path, format!("no handler for path \"{path}\""))
        })
    }

    /// What a token must grant for it.
    pub fn needs(self) -> Needs {
        METHODS.iter().find(|(_, method, _)| *method == self).map_or(Needs::Admin, |(_, _, needs)| *needs)
    }
}
