//! What the rest of the program asks of the rooms, and what it gets.

use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_room::{
    AddTrack, DisconnectReason, Identity, NewParticipant, Participant, ParticipantSid, RoomUnavailable,
};
use anteroom_signalling::{ApiError, ApiRequest, ApiResponse, ClientRequest, Frame, SessionDescription, Signalling};
use tokio::sync::{mpsc, oneshot, watch};

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
    pub(crate) frames: mpsc::Receiver<Frame>,
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
    },
    Api(Box<ApiCall>),
    /// Answered once everything before it was handled and its events were handed to the webhooks.
    Flush(oneshot::Sender<()>),
    /// Closes every room.
    Shutdown,
    /// Makes a room panic, to show that the others go on.
    #[cfg(test)]
    Panic {
        room: String,
    },
}

/// For the attendance list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attendance {
    Arrived(Bearer),
    Departed(Bearer),
}
