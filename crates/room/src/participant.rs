//! A participant as the others see them, and why they may go.

use std::collections::BTreeMap;
use std::fmt;

use crate::ids::{Identity, ParticipantSid, Source, TrackSid};
use crate::message::WireData;
use crate::track::Track;

/// One person's stay in a room, as told to the others. A value: it does not change once told.
#[derive(Clone, PartialEq)]
pub struct Participant {
    /// This stay.
    pub sid: ParticipantSid,
    /// This person.
    pub identity: Identity,
    /// For people to read. Personal, hence not printed.
    pub name: String,
    /// The application's own words about them. Personal, hence not printed.
    pub metadata: String,
    /// The application's own facts about them. Personal, hence not printed.
    pub attributes: BTreeMap<String, String>,
    /// What they may do.
    pub grants: Grants,
    /// How far in they are.
    pub state: ParticipantState,
    /// Rises with every change, so that a late message never undoes a newer one.
    pub version: u32,
    /// Milliseconds since 1970.
    pub joined_at_ms: i64,
    /// What the client reports about itself, for clients on the same wire.
    pub client: WireData,
    /// What they really send; never a track that nobody could receive yet.
    pub tracks: Vec<Track>,
    /// They have sent something, though they may not just now.
    pub has_published: bool,
    /// Said with [`State::Disconnected`].
    pub disconnect_reason: Option<DisconnectReason>,
}

impl Participant {
    /// Their track of that name.
    pub fn track(&self, sid: &TrackSid) -> Option<&Track> {
        self.tracks.iter().find(|track| track.sid == *sid)
    }
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Participant")
            .field("sid", &self.sid)
            .field("identity", &self.identity)
            .field("state", &self.state)
            .field("version", &self.version)
            .field("tracks", &self.tracks.len())
            .finish_non_exhaustive()
    }
}

/// How far in someone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParticipantState {
    /// Let in; their media is not connected yet.
    Joined,
    /// Their media is connected.
    Active,
    /// Gone. Said once, last.
    Disconnected,
}

/// What someone may do in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// Send media.
    pub can_publish: bool,
    /// Receive media.
    pub can_subscribe: bool,
    /// Send data packets.
    pub can_publish_data: bool,
    /// From which sources; empty means from all.
    pub sources: Vec<Source>,
    /// Change their own name, metadata and attributes.
    pub can_update_metadata: bool,
    /// Nobody else hears of them.
    pub hidden: bool,
}

impl Grants {
    /// May a track from this source be published?
    pub fn may_publish(&self, source: Source) -> bool {
        self.can_publish && (self.sources.is_empty() || self.sources.contains(&source))
    }
}

impl Default for Grants {
    fn default() -> Self {
        Self {
            can_publish: true,
            can_subscribe: true,
            can_publish_data: true,
            sources: Vec::new(),
            can_update_metadata: false,
            hidden: false,
        }
    }
}

/// Why a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectReason {
    /// They left by themselves.
    Left,
    /// The same person came in again; the newer stay counts.
    DuplicateIdentity,
    /// Someone with the right to do so removed them.
    Removed,
    /// The room was deleted while they were in.
    RoomDeleted,
    /// What the room was for has ended.
    RoomClosed,
    /// Their media never connected.
    NeverConnected,
    /// Their media was lost and did not come back.
    MediaLost,
    /// Their signalling was lost and did not come back.
    SignalLost,
    /// They broke the protocol.
    ProtocolError,
    /// They and we disagree about what there is: they should come in anew.
    StateMismatch,
    /// The server is going down for good.
    Shutdown,
    /// The server is going down and another takes its place: they should come in there.
    Draining,
}
