//! What a client asks for over its signalling connection.

use std::time::Duration;

use anteroom_media::{Priority, Transport};
use anteroom_room::{
    AddTrack, DisconnectReason, MetadataChange, ParticipantSid, SubscriptionPermission, TrackSid, TrackUpdate,
};

use crate::sections::SessionDescription;

/// One request of a client.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientRequest {
    /// An offer: media sections were added, changed or removed.
    Offer(SessionDescription),
    /// The answer to an offer of the server.
    Answer(SessionDescription),
    /// Announces a track that the client will send.
    AddTrack(AddTrack),
    /// Mutes or unmutes a track of its own.
    Mute {
        /// The track.
        track: TrackSid,
        /// False to unmute.
        muted: bool,
    },
    /// Changes attributes of a track of its own.
    UpdateTrack {
        /// The track.
        track: TrackSid,
        /// The change.
        update: TrackUpdate,
    },
    /// Subscribes to tracks or unsubscribes from them.
    UpdateSubscription {
        /// The tracks.
        tracks: Vec<TrackSid>,
        /// False to unsubscribe.
        wanted: bool,
    },
    /// How subscribed tracks are to be received.
    TrackSettings(TrackSettings),
    /// Who may subscribe to what the client publishes.
    SubscriptionPermission(SubscriptionPermission),
    /// Changes the client's own name, metadata or attributes.
    UpdateMetadata {
        /// The number of the request, for the response.
        request: u32,
        /// The change.
        change: MetadataChange,
    },
    /// After a resume: the client's view of the session.
    SyncState(SyncState),
    /// The session ends, by the client's wish or by a simulated fault.
    Leave(DisconnectReason),
    /// Reports the client as a speaker for this long (a client's self-test).
    SimulateSpeaker(Duration),
    /// From the next join on the client gets candidates of this transport alone (a client's self-test); `None` for all.
    ForceTransport(Option<Transport>),
}

/// How a subscriber wants its tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackSettings {
    /// The tracks.
    pub tracks: Vec<TrackSid>,
    /// Paused by the subscriber: the track is not on its screen.
    pub disabled: bool,
    /// 0 low, 1 medium, 2 high; counts when no size is given.
    pub quality: i32,
    /// Pixels at which the video is rendered; zero for not given.
    pub width: u32,
    /// Pixels at which the video is rendered; zero for not given.
    pub height: u32,
    /// How important the tracks are when the subscriber's bandwidth does not suffice for all; `None` leaves it as it is.
    pub priority: Option<Priority>,
}

/// The client's view of its session after a resume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// The tracks it publishes.
    pub published: Vec<TrackSid>,
    /// The tracks whose subscription differs from the default.
    pub overrides: Vec<TrackSid>,
    /// Whether [`SyncState::overrides`] are subscribed.
    pub wanted: bool,
    /// The last sequence number of reliable messages that it received of each sender.
    pub received: Vec<(ParticipantSid, u32)>,
}
