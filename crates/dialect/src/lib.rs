//! Wire formats of other clients, one module each. Pure.
//!
//! Bytes become inputs of a room and outputs of a room become bytes. Translates, never decides.
#![deny(clippy::indexing_slicing, clippy::unwrap_used)]

pub mod livekit;
