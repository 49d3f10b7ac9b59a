//! The live rooms: commands and datagrams in, signalling messages and packets out.
//!
//! [`registry::Rooms`] finds the room, [`live_room::LiveRoom`] keeps one room in step; its work is in one file for each
//! subject. No file here knows a wire format: clients are reached through `anteroom_signalling::Signalling`.

mod backup_codec;
mod client_requests;
mod command;
mod connection;
mod data;
mod directory;
mod drain;
mod forced_transport;
#[cfg(any(test, feature = "fuzzing"))]
mod inspect;
mod layer_choice;
mod live_room;
mod pending_rpc;
mod publish_listing;
mod registry;
mod resume;
mod room_events;
mod rpc;
mod sent_reliable;
mod server_api;
mod server_offers;
mod socket_queue;
mod video_layers;

pub(crate) use command::{ApiCall, Attendance, Command, Join, JoinRefused, Joined, Resume, SessionSocket};
pub(crate) use directory::RoomDirectory;
#[cfg(any(test, feature = "fuzzing"))]
pub use inspect::{Reception, Totals, View};
pub(crate) use registry::Rooms;

#[cfg(test)]
mod tests;
