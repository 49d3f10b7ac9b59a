//! What LiveKit's clients speak: tokens, the join request, signalling messages, data packets; what its server
//! SDKs speak: the server API and webhooks.
//!
//! The messages are those of the published protobuf files; literal examples are in
//! `docs/protocol/livekit.md` and are tests.

mod announcement;
mod data_channel;
mod facts;
mod join;
mod listening;
mod packet;
mod pictures;
mod reply;
mod request;
mod sections;
pub mod service;
mod session;
mod token;
pub mod webhook;

pub use announcement::{Announcement, Heard, Question, heard};
pub use data_channel::DataChannel;
pub use facts::{RoomFacts, Wording};
pub use join::{Knock, KnockError, Offer};
pub use listening::Plan;
pub use packet::{Packet, address};
pub use pictures::{limit, stream_state, subscribed_quality};
pub use reply::{
    as_json, codec_unsupported, leave, pong, pong_resp, reconnect, refresh_token, room_update, state_mismatch, trickle,
};
pub use request::{Garbage, Request, Scenario, Settings};
pub use session::{Negotiated, Session, Sink};
pub use token::{AnteroomClaim, Claims, Keys, TokenError, VideoGrant};

#[cfg(test)]
mod tests;
