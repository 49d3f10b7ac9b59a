//! Outputs of a room.

use std::sync::Arc;

use crate::connection_quality::QualityLevel;
use crate::ids::{ParticipantSid, TrackSid};
use crate::message::DataMessage;
use crate::participant::{DisconnectReason, Participant};
use crate::track::{AddTrack, Track};

/// One effect. `to` is the session that is notified.
#[derive(Clone, Debug)]
pub enum Output {
    /// Answer to a join: the first message of a session.
    Joined {
        /// The session that joined.
        to: ParticipantSid,
        /// Its own participant info.
        you: Arc<Participant>,
        /// The participants that are in already, without hidden ones.
        others: Vec<Arc<Participant>>,
    },
    /// Participants joined, changed or left (LiveKit's `ParticipantUpdate`).
    ParticipantsUpdated {
        /// The receiver.
        to: ParticipantSid,
        /// The participants as they are now.
        about: Vec<Arc<Participant>>,
    },
    /// A track has its id; it may be sent (LiveKit's `TrackPublishedResponse`).
    TrackPending {
        /// The publisher.
        to: ParticipantSid,
        /// The publisher's client id of what it will send: the track's, or that of its second encoding.
        cid: String,
        /// The track.
        track: Track,
    },
    /// Forward this track to the subscriber from now on.
    Subscribed {
        /// The subscriber.
        who: ParticipantSid,
        /// The publisher.
        from: ParticipantSid,
        /// The track.
        track: Track,
    },
    /// Stop forwarding this track to the subscriber.
    Unsubscribed {
        /// The subscriber.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
    },
    /// A track can be received from now on.
    Published {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: Track,
    },
    /// A track can be received in its second codec from now on.
    BackupCodecPublished {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: Track,
    },
    /// A track has ended.
    Unpublished {
        /// The publisher, as they were last.
        who: Arc<Participant>,
        /// The track.
        track: Track,
    },
    /// The permission to send this track was revoked: it is no longer forwarded.
    PublishRevoked {
        /// The publisher.
        to: ParticipantSid,
        /// The track.
        track: TrackSid,
    },
    /// The publisher's track has its first subscriber (LiveKit's `TrackSubscribed`).
    FirstSubscribed {
        /// The publisher.
        to: ParticipantSid,
        /// The track.
        track: TrackSid,
    },
    /// A track was muted or unmuted. While muted, nothing of it is forwarded.
    Muted {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// Whether it is muted from now on.
        muted: bool,
    },
    /// The server API muted a track (LiveKit's `MuteTrackRequest`).
    ServerMuted {
        /// The publisher.
        to: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// Whether it is muted from now on.
        muted: bool,
    },
    /// A publisher allowed or denied a track (LiveKit's `SubscriptionPermissionUpdate`).
    SubscriptionPermissionChanged {
        /// The subscriber.
        to: ParticipantSid,
        /// The publisher.
        from: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// Whether it is allowed from now on.
        allowed: bool,
    },
    /// A request is denied.
    RequestDenied {
        /// The requester.
        to: ParticipantSid,
        /// The request.
        request: DeniedRequest,
        /// The reason.
        denial: Denial,
    },
    /// A request with an id succeeded.
    RequestGranted {
        /// The requester.
        to: ParticipantSid,
        /// The request id.
        request: u32,
    },
    /// A requested track does not exist, or is not visible to the requester.
    TrackNotFound {
        /// The requester.
        to: ParticipantSid,
        /// The requested id.
        track: TrackSid,
    },
    /// A data message to deliver.
    Data {
        /// The receiver.
        to: ParticipantSid,
        /// The sender.
        from: ParticipantSid,
        /// The message.
        message: Arc<DataMessage>,
    },
    /// Active speakers changed (LiveKit's `SpeakersChanged`).
    SpeakersChanged {
        /// The receiver.
        to: ParticipantSid,
        /// Only the speakers that changed.
        changes: Vec<Speaker>,
    },
    /// A participant's connection quality changed (LiveKit's `ConnectionQualityUpdate`).
    ConnectionQualityChanged {
        /// The receiver.
        to: ParticipantSid,
        /// The participant and their quality.
        quality: ConnectionQuality,
    },
    /// The participant's media connected for the first time.
    MediaConnected(ParticipantSid),
    /// Media is lost: ask the client to resume its session.
    ResumeRequested(ParticipantSid),
    /// The session has ended: send the reason, then close the connection.
    Disconnected {
        /// The session.
        who: ParticipantSid,
        /// The participant info with state `Disconnected`.
        info: Arc<Participant>,
        /// The reason.
        reason: DisconnectReason,
        /// Whether its media had ever been connected.
        was_active: bool,
    },
    /// The room is closed; no output follows. `None` when it closed because it was empty.
    Closed(Option<DisconnectReason>),
}

/// Level of an active speaker.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    /// The participant.
    pub sid: ParticipantSid,
    /// 0 (silent) to 1, in steps of 1/8.
    pub level: f32,
}

/// Connection quality of a participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionQuality {
    /// The participant.
    pub sid: ParticipantSid,
    /// The level.
    pub quality: QualityLevel,
    /// From 0, nothing arrives, to 100, no loss or delay.
    pub score: u8,
}

/// The request that was denied.
#[derive(Clone, Debug, PartialEq)]
pub enum DeniedRequest {
    /// Publish a track.
    Publish(Box<AddTrack>),
    /// Change one's own metadata; the request id.
    UpdateMetadata(u32),
}

/// Why a request is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The grants do not allow it.
    NotAllowed,
    /// Too many tracks, or too many bytes.
    TooMuch,
}
