//! One live room as a state machine: who is in, who publishes what, who may receive it.
//!
//! Decides only. It never sees a packet, a socket, a clock or chance: what happens is an [`Input`],
//! the instant is an argument, random parts of names come with the inputs.
//! Contract: one [`Room::handle`], then [`Room::poll`] until `None`, then the next.

mod active_speakers;
mod connection_quality;
mod ids;
mod input;
mod output;
mod participant;
mod room;
mod session;
mod track;

pub use connection_quality::Quality;
pub use ids::{Identity, Kind, ParticipantSid, Source, TrackSid};
pub use input::{Audience, Description, Input, Newcomer, Refinement};
pub use output::{Denial, Line, Output, Request, Speaker};
pub use participant::{Grants, Participant, Program, Reason, State};
pub use room::{Limits, NoRoom, Room};
pub use track::{Details, Draft, Encoding, Layer, Track};

#[cfg(test)]
mod tests;
