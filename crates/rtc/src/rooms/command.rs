//! What the rest of the program asks of the rooms, and what it gets.

use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_room::{
    AddTrack, DisconnectReason, Identity, NewParticipant, Participant, ParticipantSid, RoomUnavailable,
};
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, ClientRequest, SessionDescription, Signalling};
use tokio::sync::{mpsc, oneshot, watch};

use super::socket_queue::FrameReceiver;

/// One signalling socket of a session. What arrives over an older socket of the same session is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionSocket {
    pub(crate) room: u64,
    pub(crate) sid: ParticipantSid,
    pub(crate) socket: u64,
}

/// A participant that `Admission` has let in.
pub(crate) struct Join {
    pub(crate) bearer: Bearer,
    pub(crate) new_participant: NewParticipant,
    /// The signalling state of the client's wire.
    pub(crate) signalling: Box<dyn Signalling>,
    /// The sid of the room, if this join opens it; without one only an open room is joined.
    pub(crate) room_sid: Option<String>,
    pub(crate) add_tracks: Vec<AddTrack>,
    pub(crate) offer: Option<SessionDescription>,
    pub(crate) reply: oneshot::Sender<Result<Joined, JoinRefused>>,
}

/// A participant that `Admission` has let in and that resumes a session over a new socket.
pub(crate) struct Resume {
    pub(crate) bearer: Bearer,
    pub(crate) sid: ParticipantSid,
    pub(crate) offer: Option<SessionDescription>,
    pub(crate) reply: oneshot::Sender<Result<Joined, JoinRefused>>,
}

/// The session is open: what to send to the client, from the first message on. The socket closes at its end.
pub(crate) struct Joined {
    pub(crate) session: SessionSocket,
    pub(crate) frames: FrameReceiver,
    /// The participant as the room has it now.
    pub(crate) info: watch::Receiver<Option<Arc<Participant>>>,
}

/// Why a join or a resume failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinRefused {
    /// The room is full or closed.
    RoomUnavailable(RoomUnavailable),
    /// The room is not open, and a join does not open it.
    UnknownRoom,
    /// There is no such session to resume.
    UnknownSession,
    /// The server has as many rooms as it takes.
    Overloaded,
}

/// A request of an API client and where its response goes.
pub(crate) struct ApiCall {
    pub(crate) request: ApiRequest,
    /// An API client may open this room: it is not a consultation's.
    pub(crate) may_open: bool,
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
    pub(crate) reply: Reply,
}

impl ApiCall {
    /// The room it is for; empty for a request that is for no room and that the directory answers.
    pub(crate) fn room(&self) -> &str {
        match &self.request {
            ApiRequest::CreateRoom(options) => &options.name,
            ApiRequest::ListRooms(_) => "",
            ApiRequest::DeleteRoom(room)
            | ApiRequest::ListParticipants(room)
            | ApiRequest::GetParticipant(room, _)
            | ApiRequest::RemoveParticipant(room, _)
            | ApiRequest::MutePublishedTrack(room, ..)
            | ApiRequest::UpdateParticipant(room, ..)
            | ApiRequest::UpdateSubscriptions(room, ..)
            | ApiRequest::SendData(room, _)
            | ApiRequest::UpdateRoomMetadata(room, _)
            | ApiRequest::PerformRpc(room, ..) => room,
        }
    }
}

pub(crate) type Reply = oneshot::Sender<Result<ApiResponse, ApiError>>;

pub(crate) enum Command {
    Join(Box<Join>),
    Resume(Box<Resume>),
    Request {
        session: SessionSocket,
        request: Box<ClientRequest>,
    },
    /// The signalling socket closed.
    SignalClosed(SessionSocket),
    /// Ends a session from outside of the room.
    Disconnect {
        session: SessionSocket,
        reason: DisconnectReason,
    },
    Close {
        room: String,
        reason: DisconnectReason,
    },
    Remove {
        room: String,
        identity: Identity,
        /// Only with a ticket of a lower number, or without a number.
        older_than: i64,
    },
    Api(Box<ApiCall>),
    /// Dropped once everything before it was handled and its events were handed to the webhooks. For every thread.
    Flush(mpsc::UnboundedSender<()>),
    /// Closes every room. For every thread.
    Shutdown,
    /// Makes a room panic, to show that the others go on.
    #[cfg(test)]
    Panic {
        room: String,
    },
    /// Blocks the room's media thread from `entered` on until `release` is dropped.
    #[cfg(test)]
    Park {
        room: String,
        entered: std::sync::mpsc::Sender<()>,
        release: std::sync::mpsc::Receiver<()>,
    },
    /// Makes the room's media thread panic outside of any room.
    #[cfg(test)]
    PanicThread {
        room: String,
    },
}

/// For the attendance list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attendance {
    Arrived(Bearer),
    Departed(Bearer),
}
