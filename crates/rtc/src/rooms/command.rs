//! What the rest of the program asks of the rooms, and what it gets.

use std::sync::Arc;

use anteroom_app::Bearer;
use anteroom_livekit::{Offer, Request};
use anteroom_room::{Draft, Identity, NoRoom, Participant, ParticipantSid, Reason};
use tokio::sync::{mpsc, oneshot, watch};

use super::server_api::Ordered;

/// One connected socket of one stay. What an older socket of the same stay still says counts for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stay {
    pub(crate) room: u64,
    pub(crate) sid: ParticipantSid,
    pub(crate) socket: u64,
}

/// Someone the door let in.
pub(crate) struct Entering {
    pub(crate) bearer: Bearer,
    pub(crate) newcomer: anteroom_room::Newcomer,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) offer: Option<Offer>,
    /// They receive on a second connection, on which we offer.
    pub(crate) two_connections: bool,
    pub(crate) reply: oneshot::Sender<Result<Entered, NotEntered>>,
}

/// Someone the door let in again, who says that they were in already.
pub(crate) struct Returning {
    pub(crate) bearer: Bearer,
    pub(crate) sid: ParticipantSid,
    pub(crate) offer: Option<Offer>,
    pub(crate) reply: oneshot::Sender<Result<Entered, NotEntered>>,
}

/// They are in: what to say to them, from the first message on. The end of it is the end of their socket.
pub(crate) struct Entered {
    pub(crate) stay: Stay,
    pub(crate) frames: mpsc::Receiver<Vec<u8>>,
    /// Themselves, as the room sees them by now.
    pub(crate) face: watch::Receiver<Option<Arc<Participant>>>,
}

/// They are not in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotEntered {
    /// The room takes nobody more.
    NoRoom(NoRoom),
    /// There is no such stay to return to.
    Unknown,
    /// The server takes nobody more.
    Overloaded,
}

pub(crate) enum Command {
    Enter(Box<Entering>),
    Return(Box<Returning>),
    Say {
        stay: Stay,
        request: Box<Request>,
    },
    /// Their socket closed.
    Hangup(Stay),
    /// They are to go, for a reason of the door's.
    Expel {
        stay: Stay,
        reason: Reason,
    },
    Close {
        room: String,
        reason: Reason,
    },
    Remove {
        room: String,
        identity: Identity,
    },
    /// A program with an API key has something done.
    Order(Box<Ordered>),
    /// Everybody out of every room.
    Shutdown,
    /// A room breaks, to show that the others do not.
    #[cfg(test)]
    Break {
        room: String,
    },
}

/// For the attendance list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attendance {
    Arrived(Bearer),
    Departed(Bearer),
}
