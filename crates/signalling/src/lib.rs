//! The contract between live rooms and the wire formats of their clients. Pure.
//!
//! A wire crate (`livekit`) implements [`Signalling`], one value per session, and reads its clients' messages into
//! [`ClientRequest`]s. The server API of a wire is read into [`ApiRequest`]s and answered with [`ApiResponse`]s;
//! webhooks are written from [`RoomEvent`]s. The rooms of `rtc` know only these types.
#![deny(clippy::indexing_slicing, clippy::unwrap_used)]

mod api;
mod client_request;
mod data;
mod frame;
mod ids;
mod room_event;
mod room_info;
mod sections;
mod signalling;

pub use api::{ApiError, ApiRequest, ApiResponse, CreateRoom, RpcCall, RpcReply, RpcRequest, ServerData};
pub use client_request::{ClientRequest, SyncState, TrackSettings};
pub use data::{DataFrame, DataInput};
pub use frame::Frame;
pub use ids::letters;
pub use room_event::{Event, PublishedTrack, RoomEvent};
pub use room_info::{RoomInfo, RoomSnapshot};
pub use sections::{Labels, NegotiatedAnswer, SessionDescription, SubscribedSection};
pub use signalling::{PeerRole, Signalling};
