//! One live room as a state machine: who is in, who publishes what, who may receive it.
//!
//! Decides only. It never sees a packet, a socket, a clock or chance: what happens is an [`Input`],
//! the instant is an argument, random parts of names come with the inputs.
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
pub use ids::{Identity, Kind, ParticipantSid, Source, TrackSid};
pub use input::{Input, MetadataChange, NewParticipant, SubscriptionPermission, TrackUpdate};
pub use message::{Message, MessageKind, WireData};
pub use output::{ConnectionQuality, Denial, DeniedRequest, Output, Speaker};
pub use participant::{DisconnectReason, Grants, Participant, ParticipantState};
pub use room::{Limits, Room, RoomUnavailable};
pub use track::{AddTrack, Layer, Track, TrackEncoding, TrackOptions};

#[cfg(test)]
mod tests;
