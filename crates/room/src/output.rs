//! What a room answers.

use std::sync::Arc;

use crate::connection_quality::QualityLevel;
use crate::ids::{ParticipantSid, TrackSid};
use crate::message::Message;
use crate::participant::{DisconnectReason, Participant};
use crate::track::{AddTrack, Track};

/// One thing to do or to say. `to` is who is told.
#[derive(Clone, Debug)]
pub enum Output {
    /// First thing a newcomer hears.
    Joined {
        /// The newcomer.
        to: ParticipantSid,
        /// Themselves.
        you: Arc<Participant>,
        /// Who is in already.
        others: Vec<Arc<Participant>>,
    },
    /// Participants came, changed or went.
    ParticipantsUpdated {
        /// Who is told.
        to: ParticipantSid,
        /// As they are now.
        about: Vec<Arc<Participant>>,
    },
    /// A track has its name; it may be sent.
    TrackPending {
        /// The publisher.
        to: ParticipantSid,
        /// The publisher's own name for what they will send: the track's, or that of its second encoding.
        cid: String,
        /// The track.
        track: Track,
    },
    /// Forward this track to them from now on.
    Subscribed {
        /// The subscriber.
        who: ParticipantSid,
        /// The publisher.
        from: ParticipantSid,
        /// The track.
        track: Track,
    },
    /// Stop forwarding this track to them.
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
    /// A track is no more.
    Unpublished {
        /// The publisher, as they were last.
        who: Arc<Participant>,
        /// The track.
        track: Track,
    },
    /// They may no longer send this track: nobody receives it any more.
    PublishRevoked {
        /// The publisher.
        to: ParticipantSid,
        /// The track.
        track: TrackSid,
    },
    /// Somebody receives the publisher's track for the first time.
    FirstSubscribed {
        /// The publisher.
        to: ParticipantSid,
        /// The track.
        track: TrackSid,
    },
    /// A track that is received, or could be, is muted or no longer: nothing of it goes to anybody until then.
    Muted {
        /// The publisher.
        who: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// Silent or dark from now on.
        muted: bool,
    },
    /// The server muted a track of theirs.
    ServerMuted {
        /// The publisher.
        to: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// Silent or dark from now on.
        muted: bool,
    },
    /// A publisher allowed or took away a track.
    SubscriptionPermissionChanged {
        /// The subscriber.
        to: ParticipantSid,
        /// The publisher.
        from: ParticipantSid,
        /// The track.
        track: TrackSid,
        /// Allowed from now on.
        allowed: bool,
    },
    /// What they asked for is refused.
    RequestDenied {
        /// Who asked.
        to: ParticipantSid,
        /// For what.
        request: DeniedRequest,
        /// Why not.
        denial: Denial,
    },
    /// What they asked for is done.
    RequestGranted {
        /// Who asked.
        to: ParticipantSid,
        /// The number of their request.
        request: u32,
    },
    /// There is no track of this name that they could receive.
    TrackNotFound {
        /// Who wanted it.
        to: ParticipantSid,
        /// The name.
        track: TrackSid,
    },
    /// A data message for a participant.
    Data {
        /// The receiver.
        to: ParticipantSid,
        /// The sender.
        from: ParticipantSid,
        /// The message.
        message: Arc<Message>,
    },
    /// Who speaks has changed.
    SpeakersChanged {
        /// Who is told.
        to: ParticipantSid,
        /// Only those who changed.
        changes: Vec<Speaker>,
    },
    /// How good somebody's line is has changed.
    ConnectionQualityChanged {
        /// Who is told.
        to: ParticipantSid,
        /// Whose line, and how good it is.
        quality: ConnectionQuality,
    },
    /// Their media connected for the first time.
    MediaConnected(ParticipantSid),
    /// Their media is lost: they should come back with the same stay.
    ResumeRequested(ParticipantSid),
    /// They are out: tell them why, then let go of their connection.
    Disconnected {
        /// Who.
        who: ParticipantSid,
        /// As they are said to be from now on.
        info: Arc<Participant>,
        /// Why.
        reason: DisconnectReason,
        /// Their media had been connected.
        was_active: bool,
    },
    /// The room is over; nothing follows. Why, if it was ended and did not just stay empty.
    Closed(Option<DisconnectReason>),
}

/// How loud someone is.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    /// Who.
    pub sid: ParticipantSid,
    /// 0 to 1, in steps of an eighth.
    pub level: f32,
}

/// How good someone's line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionQuality {
    /// Whose.
    pub sid: ParticipantSid,
    /// In a word.
    pub quality: QualityLevel,
    /// From 0, nothing gets through, to 100, without a fault.
    pub score: u8,
}

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum DeniedRequest {
    /// To publish.
    Publish(Box<AddTrack>),
    /// To change what is said about them, by number.
    Describe(u32),
}

/// Why somebody's request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Their grants do not hold it.
    NotAllowed,
    /// Too many, or too long.
    TooMuch,
}
