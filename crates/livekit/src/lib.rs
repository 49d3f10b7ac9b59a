//! LiveKit's wire formats: tokens, join requests, signalling messages and data packets of its clients; the server API
//! and webhooks of its server SDKs. Pure: converts between bytes and the neutral types of `signalling`.
//!
//! The messages are those of the published protobuf files. Tests execute the literal examples in
//! `docs/protocol/livekit.md`.
#![deny(clippy::indexing_slicing, clippy::unwrap_used)]

/// The name of this wire in [`anteroom_room::WireData`].
pub(crate) const WIRE: &str = "livekit";

mod client_configuration;
mod client_offers;
mod convert;
mod count_fields;
mod data_channel;
mod data_packet;
mod ids;
mod join_request;
mod limits;
mod media_sections;
pub mod server_api;
mod server_data;
mod server_offers;
mod signal_request;
mod signal_response;
mod signal_state;
mod token;
mod video_layers;
pub mod webhook;

pub use convert::ServerInfo;
pub use data_channel::DataChannel;
pub use data_packet::{read_message, write_message};
pub use ids::{participant_sid, room_sid, track_sid};
pub use join_request::{JoinRequest, JoinRequestError};
pub use signal_request::{MalformedMessage, SignalRequest};
pub use signal_response::{as_json, leave, pong, pong_resp, refresh_token, state_mismatch};
pub use signal_state::SignalState;
pub use token::{AnteroomClaim, Claims, Keys, TokenError, VideoGrant};

#[cfg(test)]
mod tests;
