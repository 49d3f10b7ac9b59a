//! Webhooks: room events as signed HTTP bodies (LiveKit's `WebhookEvent`).
//!
//! The whole body is signed: a token in the `Authorization` header has its SHA-256.

use std::sync::Arc;

use anteroom_room::{DisconnectReason, Identity, Participant, ParticipantSid, Track};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use livekit_protocol as proto;
use sha2::{Digest, Sha256};

use super::convert;
use super::server_api::RoomSnapshot;
use super::token::{Claims, Keys};

/// Receivers must check the signature before they parse the body; a type other than plain JSON enforces that.
pub const CONTENT_TYPE: &str = "application/webhook+json";
/// Validity of a signature, in seconds. A retried delivery is signed again.
const VALID_FOR: i64 = 300;

/// Something that happened in a room.
#[derive(Clone)]
pub struct RoomEvent {
    /// The room, as it was then.
    pub room: RoomSnapshot,
    /// What happened.
    pub event: Event,
}

/// What programs are told of.
#[derive(Clone)]
pub enum Event {
    /// The room is there.
    RoomStarted,
    /// The room is no more; why, if somebody ended it.
    RoomFinished(Option<DisconnectReason>),
    /// Their media is connected: only now they are really in.
    ParticipantJoined(Arc<Participant>),
    /// They were in and are gone.
    ParticipantLeft(Arc<Participant>),
    /// They came to the door, and their media never connected.
    ParticipantConnectionAborted(Arc<Participant>),
    /// They send something.
    TrackPublished(PublishedTrack),
    /// They no longer do.
    TrackUnpublished(PublishedTrack),
}

/// A track and who sends it.
#[derive(Clone)]
pub struct PublishedTrack {
    /// The publisher's stay.
    pub sid: ParticipantSid,
    /// The publisher.
    pub identity: Identity,
    /// The track.
    pub track: Track,
}

impl Event {
    /// As programs know it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RoomStarted => "room_started",
            Self::RoomFinished(_) => "room_finished",
            Self::ParticipantJoined(_) => "participant_joined",
            Self::ParticipantLeft(_) => "participant_left",
            Self::ParticipantConnectionAborted(_) => "participant_connection_aborted",
            Self::TrackPublished(_) => "track_published",
            Self::TrackUnpublished(_) => "track_unpublished",
        }
    }
}

impl RoomEvent {
    /// The body. `id` is the same for every try, `at` is when it happened (seconds since 1970), `dropped` is how many
    /// events before this one were given up.
    #[expect(deprecated, reason = "programs still read num_dropped; there is nothing newer")]
    pub fn body(&self, id: &str, at: i64, dropped: u32) -> Vec<u8> {
        let mut message = proto::WebhookEvent {
            event: self.event.name().to_owned(),
            id: id.to_owned(),
            created_at: at,
            num_dropped: i32::try_from(dropped).unwrap_or(i32::MAX),
            ..proto::WebhookEvent::default()
        };
        match &self.event {
            Event::RoomStarted => message.room = Some(self.room.message()),
            Event::RoomFinished(reason) => {
                message.room = Some(self.room.message());
                message.room_end_reason = end_reason(*reason).into();
            }
            Event::ParticipantJoined(info)
            | Event::ParticipantLeft(info)
            | Event::ParticipantConnectionAborted(info) => {
                message.room = Some(self.room.message());
                message.participant = Some(convert::participant(info));
            }
            // Only who and where: a track is no occasion to repeat what is said about people.
            Event::TrackPublished(publication) | Event::TrackUnpublished(publication) => {
                message.room = Some(self.room_in_short());
                message.participant = Some(publication.publisher());
                message.track = Some(convert::track(&publication.track));
            }
        }
        serde_json::to_vec(&message).expect("our own messages have no map with odd keys")
    }

    fn room_in_short(&self) -> proto::Room {
        let info = &self.room.info;
        proto::Room { sid: info.sid.clone(), name: info.name.clone(), ..proto::Room::default() }
    }
}

impl PublishedTrack {
    fn publisher(&self) -> proto::ParticipantInfo {
        proto::ParticipantInfo {
            sid: self.sid.to_string(),
            identity: self.identity.to_string(),
            ..proto::ParticipantInfo::default()
        }
    }
}

/// The `Authorization` header of a body: a bare token, without `Bearer`. `now` is in seconds since 1970.
pub fn sign(body: &[u8], keys: &Keys, now: i64) -> String {
    let sha256 = STANDARD.encode(Sha256::digest(body));
    // No `nbf`: a receiver whose clock is a second behind would reject the signature.
    keys.mint(&Claims { exp: Some((now + VALID_FOR) as f64), sha256, ..Claims::default() })
}

fn end_reason(reason: Option<DisconnectReason>) -> proto::RoomEndReason {
    match reason {
        None => proto::RoomEndReason::RoomEndIdleTimeout,
        Some(DisconnectReason::Shutdown | DisconnectReason::Draining) => proto::RoomEndReason::RoomEndServerShutdown,
        Some(_) => proto::RoomEndReason::RoomEndApiDelete,
    }
}

#[cfg(test)]
mod tests;
