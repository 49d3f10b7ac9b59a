//! Which packets move: the peers of one room, and what each of them receives.
//!
//! A [`Media`] is a state machine without clock, socket or thread. It is fed with [`Input`] and an
//! instant, and drained of [`Output`]. It decides nothing about people: who may receive what is said
//! from outside by [`Media::connect`], and a packet goes where that table says and nowhere else.
//!
//! The only crate that knows RTP, and the only one that touches str0m.
#![deny(clippy::indexing_slicing, clippy::unwrap_used)]

mod allocation;
mod answer;
mod bandwidth;
mod capture;
mod config;
mod contained;
mod demand;
mod descriptor;
mod dtls;
mod early;
mod forward;
mod heard;
mod held;
mod io;
mod keyframe;
mod level;
mod media;
mod muting;
mod negotiation;
mod offer;
mod offering;
mod peer;
mod preference;
mod quality;
mod rate;
mod red;
mod sink;
mod source;
mod table;
mod timeline;
mod voice;
mod vp8;
mod writing;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests read their own data")]
mod tests;

pub use answer::{Answer, Codec, Direction, Kind, Msid, OfferError, Section, reachable_by};
pub use config::{Config, ConfigError, IceCreds};
pub use io::{Channel, Input, Output, Stats, Transport};
pub use media::Media;
pub use offering::{Change, Proposal};
pub use preference::preferring;
pub use str0m::media::{Mid, Rid};
pub use voice::{Voice, voiced};

/// One device's media leg in a room. Chosen by the caller, never reused within a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);
