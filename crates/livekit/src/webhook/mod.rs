//! Webhooks: room events as signed HTTP bodies (LiveKit's `WebhookEvent`).
//!
//! The whole body is signed: a token in the `Authorization` header has its SHA-256.

use anteroom_room::DisconnectReason;
use anteroom_signalling::{Event, PublishedTrack, RoomEvent, RoomSnapshot};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use livekit_protocol as proto;
use sha2::{Digest, Sha256};

use super::convert;
use super::token::{Claims, Keys};

/// Receivers must check the signature before they parse the body; a type other than plain JSON enforces that.
pub const CONTENT_TYPE: &str = "application/webhook+json";
/// Validity of a signature, in seconds. A retried delivery is signed again.
const VALID_FOR: i64 = 300;

/// The `event` field of the body.
pub const fn event_name(event: &Event) -> &'static str {
    match event {
        Event::RoomStarted => "room_started",
        Event::RoomFinished(_) => "room_finished",
        Event::ParticipantJoined(_) => "participant_joined",
        Event::ParticipantLeft(_) => "participant_left",
        Event::ParticipantConnectionAborted(_) => "participant_connection_aborted",
        Event::TrackPublished(_) => "track_published",
        Event::TrackUnpublished(_) => "track_unpublished",
    }
}

/// The body. `id` is the same for every retry, `at` is when it happened (seconds since 1970), `dropped` is how many
/// earlier events failed permanently.
#[expect(deprecated, reason = "receivers still read num_dropped; there is nothing newer")]
pub fn body(of: &RoomEvent, id: &str, at: i64, dropped: u32) -> Vec<u8> {
    let mut message = proto::WebhookEvent {
        event: event_name(&of.event).to_owned(),
        id: id.to_owned(),
        created_at: at,
        num_dropped: i32::try_from(dropped).unwrap_or(i32::MAX),
        ..proto::WebhookEvent::default()
    };
    match &of.event {
        Event::RoomStarted => message.room = Some(convert::room_snapshot(&of.room)),
        Event::RoomFinished(reason) => {
            message.room = Some(convert::room_snapshot(&of.room));
            message.room_end_reason = end_reason(*reason).into();
        }
        Event::ParticipantJoined(info) | Event::ParticipantLeft(info) | Event::ParticipantConnectionAborted(info) => {
            message.room = Some(convert::room_snapshot(&of.room));
            message.participant = Some(convert::participant(info));
        }
        // Ids only: events about tracks do not repeat metadata of the room and the participant.
        Event::TrackPublished(publication) | Event::TrackUnpublished(publication) => {
            message.room = Some(room_in_short(&of.room));
            message.participant = Some(publisher(publication));
            message.track = Some(convert::track(&publication.track));
        }
    }
    serde_json::to_vec(&message).expect("the keys of all maps are strings")
}

fn room_in_short(room: &RoomSnapshot) -> proto::Room {
    let info = &room.info;
    proto::Room { sid: info.sid.clone(), name: info.name.clone(), ..proto::Room::default() }
}

fn publisher(of: &PublishedTrack) -> proto::ParticipantInfo {
    proto::ParticipantInfo {
        sid: of.sid.to_string(),
        identity: of.identity.to_string(),
        ..proto::ParticipantInfo::default()
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
