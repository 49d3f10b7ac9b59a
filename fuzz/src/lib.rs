//! Fuzz targets: one per file, each a function of bytes that panics when a promise is broken.
//!
//! `tests/slice.rs` runs a quick slice of each with the other tests; `cargo xtask fuzz` runs one for a given time.

mod browser;
mod demux;
mod fixtures;
mod null_crypto;
mod panic_log;
mod rtp;
mod scenario;
mod sdp;
mod signalling;
mod wire_input;

pub use demux::demux;
pub use rtp::rtp;
pub use sdp::sdp;
pub use signalling::signalling;
pub use wire_input::wire_input;

/// A target and its name.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] =
    &[("demux", demux), ("rtp", rtp), ("sdp", sdp), ("signalling", signalling), ("wire_input", wire_input)];
