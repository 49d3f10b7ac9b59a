//! The packet engine (SFU) of one room: peers, publications, subscriptions, simulcast layer selection, bandwidth
//! estimation.
//!
//! A [`Media`] is a state machine without clock, socket or thread. It is fed with [`Drops, Input`] and an instant, and
//! drained of [`Output`]. It knows no participants or permissions: the caller connects publications to subscriptions
//! with [`Media::connect`], and a packet is forwarded along these routes only.
//!
//! Start reading with `room/forward.rs`: a packet from its publisher to its subscribers. The only crate that knows
//! RTP, and the only one that uses str0m.
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
#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests read their own data")]
mod tests;

pub use bwe::allocation::Priority;
pub use config::{Config, ConfigError, IceCreds, MAX_MESSAGE};
pub use ids::{ChannelId, LayerKey, PeerId, PersonId};
pub use io::{ChannelConfig, Drops, Input, Output, Reliability, Stats, Transport};
pub use room::description::Description;
pub use room::media::Media;
pub use sdp::answer::Answer;
pub use sdp::candidates::only_candidates_of;
pub use sdp::codec_order::{with_codec_order, without_codecs};
pub use sdp::error::OfferError;
pub use sdp::opus::{OpusParams, with_opus_params};
pub use sdp::section::{Codec, Direction, Kind, Msid, Section};
pub use sdp::server_offer::{OfferChange, ServerOffer};
pub use sdp::size::{MAX_SECTIONS, SdpLimit};
pub use str0m::media::{Mid, Rid};
pub use str0m::rtp::Ssrc;
