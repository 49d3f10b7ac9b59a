//! One live room as a state machine: participants, publications, subscriptions and permissions.
//!
//! Pure: no media packet, socket, clock or randomness. Events are [`Input`]s, the instant is an argument, ids
//! come with the inputs. Data messages pass through in neutral form, with the bytes of the sender's wire
//! attached. Subscriptions are decided in `room/subscribe.rs`.
//! Contract: one [`Room::handle`], then [`Room::poll`] until `None`, then the next.

mod active_speakers;
mod connection_quality;
mod ids;
mod input;
mod message;
mod output;
mod participant;
mod room;
mod session;
mod track;

pub use connection_quality::QualityLevel;
pub use ids::{Identity, ParticipantSid, Source, TrackKind, TrackSid};
pub use input::{Input, MetadataChange, NewParticipant, SubscriptionPermission, TrackUpdate};
pub use message::{DataKind, DataMessage, WireData};
pub use output::{ConnectionQuality, Denial, DeniedRequest, Output, Speaker};
pub use participant::{DisconnectReason, Grants, Participant, ParticipantState};
pub use room::{Limits, Room, RoomUnavailable};
pub use track::{AddTrack, Track, TrackEncoding, TrackOptions, VideoLayer};

#[cfg(test)]
mod tests;
