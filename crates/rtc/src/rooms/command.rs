//! What the rest of the program asks of the rooms, and what it gets.

use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_livekit::{Request, SessionDescription};
use anteroom_room::{AddTrack, DisconnectReason, Identity, Participant, ParticipantSid, RoomUnavailable};
use tokio::sync::{mpsc, oneshot, watch};

use super::server_api::ApiCall;

/// One connected socket of one stay. What an older socket of the same stay still says counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionSocket {
    pub(crate) room: u64,
    pub(crate) sid: ParticipantSid,
    pub(crate) socket: u64,
}

/// Someone the door let in.
pub(crate) struct Join {
    pub(crate) bearer: Bearer,
    pub(crate) new_participant: anteroom_room::NewParticipant,
    pub(crate) add_tracks: Vec<AddTrack>,
    pub(crate) offer: Option<SessionDescription>,
    /// They receive on a second connection, on which we offer.
    pub(crate) dual_pc: bool,
    pub(crate) reply: oneshot::Sender<Result<Joined, JoinRefused>>,
}

/// Someone the door let in again, who says that they were in already.
pub(crate) struct Resume {
    pub(crate) bearer: Bearer,
    pub(crate) sid: ParticipantSid,
    pub(crate) offer: Option<SessionDescription>,
    pub(crate) reply: oneshot::Sender<Result<Joined, JoinRefused>>,
}

/// They are in: what to say to them, from the first message on. The end of it is the end of their socket.
pub(crate) struct Joined {
    pub(crate) session: SessionSocket,
    pub(crate) frames: mpsc::Receiver<Vec<u8>>,
    /// Themselves, as the room sees them by now.
    pub(crate) info: watch::Receiver<Option<Arc<Participant>>>,
}

/// They are not in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinRefused {
    /// The room takes nobody more.
    RoomUnavailable(RoomUnavailable),
    /// There is no such stay to return to.
    Unknown,
    /// The server takes nobody more.
    Overloaded,
}

pub(crate) enum Command {
    Join(Box<Join>),
    Resume(Box<Resume>),
    Request {
        session: SessionSocket,
        request: Box<Request>,
    },
    /// Their socket closed.
    SignalClosed(SessionSocket),
    /// They are to go, for a reason of the door's.
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
    /// A program with an API key has something done.
    ApiRequest(Box<ApiCall>),
    /// Replies once every earlier command has run, and with it reported its room events.
    Flush(oneshot::Sender<()>),
    /// Everybody out of every room.
    Shutdown,
    /// A room breaks, to show that the others do not.
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
