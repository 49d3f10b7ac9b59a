//! For tests: a client of a media server, on str0m. Sans-IO: the caller moves the datagrams.

mod client;

pub use client::{TestClient, simulcast};
