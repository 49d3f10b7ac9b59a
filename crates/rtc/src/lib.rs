//! The embedded media server: HTTP and WebSocket endpoints, the media threads, their sockets and timers, webhooks.
//! Implements the `Video` port of `app` and asks its `Admission` at every connect.

mod event_queue;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod media_thread;
mod metrics;
mod random_ids;
mod rooms;
pub mod rooms_port;
mod server;
mod shards;
pub mod transport;
mod webhooks;

pub use http::Endpoints;
pub use reqwest::Url;
pub use server::{Config, Embedded};

/// Levels of the libraries below, for the filter of the logs. At `warn` some write a line for a packet they cannot read,
/// so that a client could fill the disk; what they report about single packets is in the counters of [`transport`].
pub const LOG_FILTER: &str = "str0m=error,is=error,dimpl=error,sctp_proto=off";
