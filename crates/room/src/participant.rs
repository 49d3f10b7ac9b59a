//! A participant as the others see them, and the reasons for a disconnect.

use std::collections::BTreeMap;
use std::fmt;

use crate::ids::{Identity, ParticipantSid, Source, TrackSid};
use crate::message::WireData;
use crate::track::Track;

/// Public info of one session (LiveKit's `ParticipantInfo`). A value: it does not change once sent.
#[derive(Clone, PartialEq)]
pub struct Participant {
    /// The session.
    pub sid: ParticipantSid,
    /// The person.
    pub identity: Identity,
    /// Display name. Personal, hence not printed.
    pub name: String,
    /// Application-defined text. Personal, hence not printed.
    pub metadata: String,
    /// Application-defined key-value pairs. Personal, hence not printed.
    pub attributes: BTreeMap<String, String>,
    /// Permissions.
    pub grants: Grants,
    /// Connection state.
    pub state: ParticipantState,
    /// Rises with every change, so that a late message never undoes a newer one.
    pub version: u32,
    /// Join time, in milliseconds since 1970.
    pub joined_at_ms: i64,
    /// What the client reports about itself (LiveKit's `ClientInfo`), for clients on the same wire.
    pub client: WireData,
    /// Published tracks; never a pending one.
    pub tracks: Vec<Track>,
    /// Whether anything was ever published, even if nothing is at present.
    pub has_published: bool,
    /// Set with [`ParticipantState::Disconnected`].
    pub disconnect_reason: Option<DisconnectReason>,
}

impl Participant {
    /// Approximate size of the listing on the wire, in bytes.
    pub fn size(&self) -> usize {
        let attributes = self.attributes.iter().map(|(key, value)| key.len() + value.len() + 8);
        let tracks = self.tracks.iter().map(|track| track.request.len() + 200);
        let texts = self.identity.as_str().len() + self.name.len() + self.metadata.len() + self.client.len();
        texts + attributes.sum::<usize>() + tracks.sum::<usize>()
    }

    /// The published track with this id.
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

/// Connection state of a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParticipantState {
    /// Admitted; media is not connected yet.
    Joined,
    /// Media is connected.
    Active,
    /// The session has ended. Sent once, last.
    Disconnected,
}

/// Permissions of a participant (LiveKit's `ParticipantPermission`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// May publish tracks.
    pub can_publish: bool,
    /// May subscribe to tracks.
    pub can_subscribe: bool,
    /// May send data packets.
    pub can_publish_data: bool,
    /// Sources that may be published; empty means all.
    pub sources: Vec<Source>,
    /// May change their own name, metadata and attributes.
    pub can_update_metadata: bool,
    /// Not visible to other participants.
    pub hidden: bool,
}

impl Grants {
    /// Whether a track from this source may be published.
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

/// Why a session ended (LiveKit's `DisconnectReason`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The participant left.
    Left,
    /// The same identity joined again; the newer session replaces this one.
    DuplicateIdentity,
    /// Removed through the server API.
    Removed,
    /// The room was deleted.
    RoomDeleted,
    /// The consultation has ended.
    RoomClosed,
    /// Media never connected.
    NeverConnected,
    /// Media was lost and did not reconnect.
    MediaLost,
    /// Signalling was lost and did not reconnect.
    SignalLost,
    /// The client violated the protocol.
    ProtocolError,
    /// Client and server disagree about the session's state: the client should rejoin.
    StateMismatch,
    /// The server shuts down.
    Shutdown,
    /// The server shuts down and another replaces it: the client should rejoin there.
    Draining,
}
