//! What happened in a room, for webhooks and status callbacks.

use std::sync::Arc;

use anteroom_room::{DisconnectReason, Identity, Participant, ParticipantSid, Track};

use crate::room_info::RoomSnapshot;

/// Something that happened in a room.
#[derive(Clone)]
pub struct RoomEvent {
    /// The room when it happened.
    pub room: RoomSnapshot,
    /// What happened.
    pub event: Event,
}

/// The kinds of events.
#[derive(Clone)]
pub enum Event {
    /// The room has opened.
    RoomStarted,
    /// The room has closed; the reason, if it was closed and did not just stay empty.
    RoomFinished(Option<DisconnectReason>),
    /// The media of a participant is connected.
    ParticipantJoined(Arc<Participant>),
    /// A participant whose media had been connected has left.
    ParticipantLeft(Arc<Participant>),
    /// A participant has left whose media never connected.
    ParticipantConnectionAborted(Arc<Participant>),
    /// A track can be received from now on.
    TrackPublished(PublishedTrack),
    /// A track is no longer published.
    TrackUnpublished(PublishedTrack),
}

/// A track and its publisher.
#[derive(Clone)]
pub struct PublishedTrack {
    /// The publisher's session.
    pub sid: ParticipantSid,
    /// The publisher.
    pub identity: Identity,
    /// The track.
    pub track: Track,
}
