//! What a room is told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ids::{Identity, ParticipantSid, TrackSid};
use crate::message::{Message, WireData};
use crate::participant::{DisconnectReason, Grants};
use crate::track::{AddTrack, TrackEncoding};

/// Someone the door has already let in.
#[derive(Clone)]
pub struct NewParticipant {
    /// The name of this stay; new for every join.
    pub sid: ParticipantSid,
    /// Who they are.
    pub identity: Identity,
    /// For people to read.
    pub name: String,
    /// The application's own words.
    pub metadata: String,
    /// The application's own facts.
    pub attributes: BTreeMap<String, String>,
    /// What they may do.
    pub grants: Grants,
    /// What the client reports about itself, for clients on the same wire.
    pub client: WireData,
    /// They want every track without asking.
    pub auto_subscribe: bool,
    /// Milliseconds since 1970, for the others to read.
    pub joined_at_ms: i64,
}

impl fmt::Debug for NewParticipant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewParticipant({}, {})", self.sid, self.identity)
    }
}

/// One thing that happened. After each one drain [`crate::Room::poll`].
#[derive(Clone, Debug)]
pub enum Input {
    /// Someone comes in. Who was in with the same identity goes, first.
    Join(Box<NewParticipant>),
    /// Their media connected, or connected again.
    MediaUp(ParticipantSid),
    /// Their media was lost.
    MediaDown(ParticipantSid),
    /// They closed their media themselves.
    MediaClosed(ParticipantSid),
    /// Their signalling was lost.
    SignalDown(ParticipantSid),
    /// Their signalling came back: the same stay goes on.
    SignalUp(ParticipantSid),
    /// A participant announces a track.
    Publish {
        /// The publisher.
        who: ParticipantSid,
        /// What they say about it.
        request: AddTrack,
        /// The sid it gets, unless it has one already.
        sid: TrackSid,
    },
    /// A reserved track got its media section: now it can be received.
    Negotiated {
        /// The publisher.
        who: ParticipantSid,
        /// Which of their reserved tracks.
        track: TrackSid,
        /// The media section.
        mid: String,
        /// The codec.
        mime: String,
    },
    /// A track is sent once more, in its second codec.
    BackupCodecPublished {
        /// The publisher.
        who: ParticipantSid,
        /// Which track.
        track: TrackSid,
        /// In which codec and where.
        encoding: TrackEncoding,
    },
    /// A track is sent in its first codec alone again.
    BackupCodecUnpublished {
        /// The publisher.
        who: ParticipantSid,
        /// Which track.
        track: TrackSid,
    },
    /// They no longer send it.
    Unpublish {
        /// The publisher.
        who: ParticipantSid,
        /// Which.
        track: TrackSid,
    },
    /// They muted or unmuted a track of their own.
    Mute {
        /// The publisher.
        who: ParticipantSid,
        /// Which.
        track: TrackSid,
        /// Silent or dark from now on.
        muted: bool,
    },
    /// What they said about a track of their own is different by now.
    UpdateTrack {
        /// The publisher.
        who: ParticipantSid,
        /// Which.
        track: TrackSid,
        /// What changed.
        update: TrackUpdate,
    },
    /// They want, or no longer want, to receive these.
    UpdateSubscription {
        /// The subscriber.
        who: ParticipantSid,
        /// Which.
        tracks: Vec<TrackSid>,
        /// Or not.
        wanted: bool,
    },
    /// They say who may receive what they publish.
    SetSubscriptionPermission {
        /// The publisher.
        who: ParticipantSid,
        /// The rule, in place of the one before.
        permission: SubscriptionPermission,
    },
    /// They change what is said about them.
    UpdateMetadata {
        /// Who.
        who: ParticipantSid,
        /// The number of their request, for the answer.
        request: u32,
        /// What changes.
        change: MetadataChange,
    },
    /// A participant sends a data message.
    SendData {
        /// The sender.
        who: ParticipantSid,
        /// The message.
        message: Arc<Message>,
    },
    /// How loud their microphone was lately.
    AudioLevel {
        /// The speaker.
        who: ParticipantSid,
        /// Through which track.
        track: TrackSid,
        /// The loudest moment, in decibels below full scale: 0 loudest, 127 silence (RFC 6464).
        level: u8,
        /// The share of packets that carried sound, in percent.
        active: u8,
    },
    /// They are to look as if they spoke, for a test of their program's.
    SimulateSpeaker {
        /// Who.
        who: ParticipantSid,
        /// For so long.
        duration: Duration,
    },
    /// How well their line carried media lately.
    ConnectionScore {
        /// Whose.
        who: ParticipantSid,
        /// From 0, nothing gets through, to 100, without a fault.
        score: u8,
    },
    /// They go, or are made to go for a reason of the connection.
    Leave {
        /// Who.
        who: ParticipantSid,
        /// Why.
        reason: DisconnectReason,
    },
    /// Someone with the right to do so removes them.
    Remove(Identity),
    /// Someone with the right to do so mutes a track.
    ServerMute {
        /// Whose.
        identity: Identity,
        /// Which.
        track: TrackSid,
        /// Silent or dark from now on.
        muted: bool,
    },
    /// Someone with the right to do so changes what is said about them, or what they may do.
    UpdateParticipant {
        /// About whom.
        identity: Identity,
        /// What changes.
        change: MetadataChange,
        /// What they may do from now on. Whether others hear of them was settled at the door.
        grants: Option<Grants>,
    },
    /// Everybody out, for good.
    Close(DisconnectReason),
    /// Time passed.
    Tick,
}

/// What changes about a track while it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackUpdate {
    /// Features of the track that only its wire reads.
    Features(WireData),
    /// Pixels of its pictures: width and height.
    Size(u32, u32),
}

/// Who may receive what someone publishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SubscriptionPermission {
    /// Everybody in the room.
    #[default]
    All,
    /// Only these people; with `None` all tracks, else only those named.
    Only(BTreeMap<Identity, Option<Vec<TrackSid>>>),
}

/// What someone changes about themselves; absent means as before.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MetadataChange {
    /// A new name.
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
