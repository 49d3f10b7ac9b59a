//! The protocols by which participants join and negotiate their connections.

mod janus;
mod janus_socket;
mod livekit;
mod livekit_socket;

use std::os::fd::RawFd;
use std::time::Instant;

use anyhow::{Context, Result};

use self::janus::JanusSession;
use self::livekit::LiveKitSession;
pub(crate) use self::livekit::description;
pub(crate) use self::livekit_socket::{Mode, Signal, source_address};
use crate::client::{Client, ClientConnections};
use crate::clock::Now;
use crate::plan::Participant;

/// One session of a participant.
pub(crate) trait SessionProtocol {
    fn raw_fd(&self) -> RawFd;

    /// Handles all messages that have arrived. An error: the session ended.
    fn receive(&mut self, now: Now, connections: &mut ClientConnections) -> Result<()>;

    /// When [`SessionProtocol::tick`] is to be called next.
    fn due(&self) -> Instant;

    /// Sends what keeps the session alive.
    fn tick(&mut self, now: Now) -> Result<()>;

    /// Ends the session as a browser does.
    fn leave(&mut self) -> Result<()>;
}

/// Where and how a participant joins.
#[derive(Clone, Copy)]
pub(crate) enum JoinMethod<'a> {
    LiveKit {
        url: &'a str,
        token: &'a str,
        mode: Mode,
    },
    /// The room is the participant's, made by the first who joins it.
    Janus {
        url: &'a str,
    },
}

impl JoinMethod<'_> {
    /// Blocks until the server has accepted. On loopback, clients of LiveKit's protocol use the address with this number.
    pub(crate) fn enter(self, now: Now, number: u32, address: usize, who: Participant) -> Result<Client> {
        match self {
            Self::LiveKit { url, token, mode } => {
                let source = source_address(url, address);
                let signal = Signal::connect(url, token, source, mode).with_context(|| who.identity.clone())?;
                let connections = ClientConnections::new(now, number, who, source, mode == Mode::Dual)?;
                Ok(Client::new(now, connections, Box::new(LiveKitSession::new(now, signal))))
            }
            Self::Janus { url } => {
                let mut connections = ClientConnections::new(now, number, who, janus::own_address()?, true)?;
                let session = JanusSession::join(now, url, &mut connections)?;
                Ok(Client::new(now, connections, Box::new(session)))
            }
        }
    }
}

/// Whether the server takes the receiver's estimate: it names REMB and not transport feedback.
fn wants_remb(sdp: &str) -> bool {
    sdp.contains("goog-remb") && !sdp.contains("transport-cc")
}
