//! Inputs of a room.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ids::{Identity, ParticipantSid, TrackSid};
use crate::message::{DataMessage, WireData};
use crate::participant::{DisconnectReason, Grants};
use crate::track::{AddTrack, TrackEncoding};

/// A participant whose admission was granted.
#[derive(Clone)]
pub struct NewParticipant {
    /// Id of this session; new for every join.
    pub sid: ParticipantSid,
    /// The person. A session with the same identity is replaced.
    pub identity: Identity,
    /// Display name.
    pub name: String,
    /// Application-defined text about the participant.
    pub metadata: String,
    /// Application-defined key-value pairs about the participant.
    pub attributes: BTreeMap<String, String>,
    /// Permissions, from the token.
    pub grants: Grants,
    /// What the client reports about itself (LiveKit's `ClientInfo`), for clients on the same wire.
    pub client: WireData,
    /// Subscribe to every track without a request.
    pub auto_subscribe: bool,
    /// Join time, in milliseconds since 1970.
    pub joined_at_ms: i64,
}

impl fmt::Debug for NewParticipant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewParticipant({}, {})", self.sid, self.identity)
    }
}

/// One event. After each one drain [`crate::Room::poll`].
#[derive(Clone, Debug)]
pub enum Input {
    /// A participant joins. A session with the same identity ends first.
    Join(Box<NewParticipant>),
    /// The peer connection connected or reconnected.
    MediaUp(ParticipantSid),
    /// The peer connection was lost.
    MediaDown(ParticipantSid),
    /// The client closed its peer connection itself.
    MediaClosed(ParticipantSid),
    /// The signalling socket was lost.
    SignalDown(ParticipantSid),
    /// The client resumed the session on a new signalling socket.
    SignalUp(ParticipantSid),
    /// The client will publish a track (LiveKit's `AddTrackRequest`).
    Publish {
        /// The publisher.
        who: ParticipantSid,
        /// The track as requested.
        request: AddTrack,
        /// Id of the track, unless the track is pending or published already.
        sid: TrackSid,
    },
    /// A pending track got its media section: from now on it can be received.
    Negotiated {
        /// The publisher.
        who: ParticipantSid,
        /// The pending track.
        track: TrackSid,
        /// The `mid` of the publisher's media section (RFC 8843).
        mid: String,
        /// The codec, as `video/VP8`.
        mime: String,
    },
    /// A track is now also sent in its second codec.
    BackupCodecPublished {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// The second encoding.
        encoding: TrackEncoding,
    },
    /// A track is no longer sent in its second codec.
    BackupCodecUnpublished {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
    },
    /// A track is no longer sent.
    Unpublish {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
    },
    /// The publisher muted or unmuted a track.
    Mute {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// Whether it is muted from now on.
        muted: bool,
    },
    /// The publisher changed the description of a track.
    UpdateTrack {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// The change.
        update: TrackUpdate,
    },
    /// The client subscribes to or unsubscribes from tracks (LiveKit's `UpdateSubscription`).
    UpdateSubscription {
        /// The subscriber.
        who: ParticipantSid,
        /// The tracks.
        tracks: Vec<TrackSid>,
        /// Whether they are wanted.
        wanted: bool,
    },
    /// The publisher limits who may subscribe to their tracks (LiveKit's `SubscriptionPermission`).
    SetSubscriptionPermission {
        /// The publisher.
        who: ParticipantSid,
        /// The rule, replaces the previous one.
        permission: SubscriptionPermission,
    },
    /// The participant changes their own metadata (LiveKit's `UpdateParticipantMetadata`).
    UpdateMetadata {
        /// The participant.
        who: ParticipantSid,
        /// Request id, repeated in the answer.
        request: u32,
        /// The change.
        change: MetadataChange,
    },
    /// The participant sends a data message (LiveKit's `DataPacket`).
    SendData {
        /// The sender.
        who: ParticipantSid,
        /// The message.
        message: Arc<DataMessage>,
    },
    /// Audio level of a track over the last interval.
    AudioLevel {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// The loudest level, in decibels below full scale: 0 is loudest, 127 is silence (RFC 6464).
        level: u8,
        /// Share of packets that carried audio, in percent.
        active: u8,
    },
    /// Report the participant as speaking, for a test of the client (LiveKit's `SimulateScenario`).
    SimulateSpeaker {
        /// The participant.
        who: ParticipantSid,
        /// For how long.
        duration: Duration,
    },
    /// A new connection score.
    ConnectionScore {
        /// The participant.
        who: ParticipantSid,
        /// From 0, nothing arrives, to 100, no loss or delay.
        score: u8,
    },
    /// The participant leaves, or is disconnected because of the connection.
    Leave {
        /// The participant.
        who: ParticipantSid,
        /// The reason.
        reason: DisconnectReason,
    },
    /// The server API removes a participant.
    Remove(Identity),
    /// The server API mutes a track.
    ServerMute {
        /// The publisher.
        identity: Identity,
        /// The track.
        track: TrackSid,
        /// Whether it is muted from now on.
        muted: bool,
    },
    /// The server API changes metadata or permissions of a participant.
    UpdateParticipant {
        /// The participant.
        identity: Identity,
        /// The change of metadata.
        change: MetadataChange,
        /// Permissions that replace the current ones, except `hidden`, which is fixed at the join.
        grants: Option<Grants>,
    },
    /// Disconnects everybody and closes the room.
    Close(DisconnectReason),
    /// Time passed; see [`crate::Room::deadline`].
    Tick,
}

/// A change of a published or pending track (LiveKit's `UpdateLocalAudioTrack` and `UpdateLocalVideoTrack`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackUpdate {
    /// Features of the track that only its wire reads.
    Features(WireData),
    /// Width and height of the video, in pixels.
    Size(u32, u32),
}

/// Who may subscribe to a publisher's tracks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SubscriptionPermission {
    /// Everybody in the room.
    #[default]
    All,
    /// Only these identities; `None` means all tracks, otherwise only those listed.
    Only(BTreeMap<Identity, Option<Vec<TrackSid>>>),
}

/// A change of a participant's description; absent fields stay as they are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MetadataChange {
    /// New display name.
    pub name: Option<String>,
    /// New metadata.
    pub metadata: Option<String>,
    /// Attributes to set; an empty value removes one.
    pub attributes: BTreeMap<String, String>,
}

impl fmt::Debug for MetadataChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetadataChange(‹private›)")
    }
}
