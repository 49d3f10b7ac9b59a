//! What API clients ask of the rooms, and how they are answered.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use anteroom_room::{Grants, Identity, MetadataChange, Participant, ParticipantSid, Track, TrackSid};

use crate::room_info::RoomSnapshot;

/// One request of an API client that was authorised.
#[derive(Clone, PartialEq)]
pub enum ApiRequest {
    /// Opens a room, or returns it if it is open.
    CreateRoom(CreateRoom),
    /// Lists all rooms, or those of these names.
    ListRooms(Vec<String>),
    /// Disconnects everybody and closes the room.
    DeleteRoom(String),
    /// Lists the participants of a room.
    ListParticipants(String),
    /// Returns one participant.
    GetParticipant(String, Identity),
    /// Disconnects one participant.
    RemoveParticipant(String, Identity),
    /// Mutes a track of a participant.
    MutePublishedTrack(String, Identity, TrackSid),
    /// Changes the metadata or the grants of a participant.
    UpdateParticipant(String, Identity, MetadataChange, Option<Grants>),
    /// Subscribes a participant to tracks (`true`) or unsubscribes it.
    UpdateSubscriptions(String, Identity, Vec<TrackSid>, bool),
    /// Sends a data message from the server.
    SendData(String, ServerData),
    /// Replaces the metadata of a room.
    UpdateRoomMetadata(String, String),
    /// Calls a method of a participant and waits for its response.
    PerformRpc(String, Identity, RpcCall),
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiRequest(‹private›)")
    }
}

/// The options of a new room; zero and empty mean the defaults.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CreateRoom {
    /// Its name.
    pub name: String,
    /// The sid it gets if it is not open yet, minted by the wire of the API client.
    pub sid: String,
    /// Seconds it waits for its first participant.
    pub empty_timeout: u32,
    /// Seconds it stays open after the last participant has left.
    pub departure_timeout: u32,
    /// Participants at the same time.
    pub max_participants: u32,
    /// The application's metadata.
    pub metadata: String,
}

/// A data message that the server sends for an API client.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerData {
    /// Delivered in order and completely, or at best effort.
    pub reliable: bool,
    /// The addressees; when empty here and in `sids`, everybody.
    pub to: BTreeSet<Identity>,
    /// The addressees by session, as old API clients name them.
    pub sids: BTreeSet<ParticipantSid>,
    /// The topic.
    pub topic: Option<String>,
    /// The content.
    pub payload: Vec<u8>,
    /// The same for every retry of one request; empty from old API clients.
    pub nonce: Vec<u8>,
}

impl ServerData {
    /// Whether this participant is an addressee.
    pub fn is_for(&self, sid: &ParticipantSid, identity: &Identity) -> bool {
        (self.to.is_empty() && self.sids.is_empty()) || self.to.contains(identity) || self.sids.contains(sid)
    }
}

/// A remote procedure call as an API client asks for it.
#[derive(Clone, PartialEq, Eq)]
pub struct RpcCall {
    /// The method.
    pub method: String,
    /// Its argument.
    pub payload: String,
    /// Milliseconds the response may take; zero for the default.
    pub timeout_ms: u32,
}

/// A remote procedure call on its way to a participant.
#[derive(Clone, PartialEq, Eq)]
pub struct RpcRequest {
    /// Known to nobody else; the response is addressed to it.
    pub id: String,
    /// The method.
    pub method: String,
    /// Its argument.
    pub payload: String,
    /// Milliseconds the response may take.
    pub timeout_ms: u32,
}

/// What a participant sends about an [`RpcRequest`].
#[derive(Clone, PartialEq, Eq)]
pub enum RpcReply {
    /// The request has arrived and is being handled.
    Ack {
        /// The request.
        id: String,
    },
    /// The request is done.
    Response {
        /// The request.
        id: String,
        /// The response, or an error's number and message.
        result: Result<String, (u32, String)>,
    },
}

/// What an [`ApiRequest`] returns.
#[derive(Clone)]
pub enum ApiResponse {
    /// Done, without content.
    Done,
    /// A room.
    Room(Box<RoomSnapshot>),
    /// Rooms.
    Rooms(Vec<RoomSnapshot>),
    /// A participant.
    Participant(Arc<Participant>),
    /// Participants.
    Participants(Vec<Arc<Participant>>),
    /// A track.
    Track(Box<Track>),
    /// The response of the called participant.
    Payload(String),
}

/// Why an [`ApiRequest`] failed. Each wire has one mapping to its own codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// There is no such room.
    RoomNotFound,
    /// There is no such participant, or no such room.
    ParticipantNotFound,
    /// The participant has no such track.
    TrackNotFound,
    /// The room of a consultation is opened by its participants alone.
    RoomReserved,
    /// The server has as many rooms as it takes.
    TooManyRooms,
    /// The room has as many open remote procedure calls as it takes.
    TooManyRpcs,
    /// The called participant returned an error, or did not respond; the numbers are those of LiveKit's `RpcError`.
    Rpc(u32, String),
    /// The room panicked and was closed.
    RoomFailed,
}
