//! Which packets move: the peers of one room, and what each of them receives.
//!
//! A [`Media`] is a state machine without clock, socket or thread. It is fed with [`Input`] and an
//! instant, and drained of [`Output`]. It decides nothing about people: who may receive what is said
//! from outside by [`Media::connect`], and a packet goes where that table says and nowhere else.
//!
//! The only crate that knows RTP, and the only one that touches str0m.
#![deny(clippy::indexing_slicing, clippy::unwrap_used)]

mod bwe;
mod config;
mod ids;
mod io;
mod peer;
mod publication;
mod room;
mod rtp;
mod sdp;
mod subscription;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests read their own data")]
mod tests;

pub use config::{Config, ConfigError, IceCreds};
pub use ids::PeerId;
pub use io::{Channel, Input, Output, Stats, Transport};
pub use room::media::Media;
pub use sdp::answer::Answer;
pub use sdp::candidates::only_candidates_of;
pub use sdp::codec_order::with_codec_order;
pub use sdp::error::OfferError;
pub use sdp::opus::{OpusParams, with_opus_params};
pub use sdp::section::{Codec, Direction, Kind, Msid, Section};
pub use sdp::server_offer::{OfferChange, ServerOffer};
pub use str0m::media::{Mid, Rid};
