//! Demultiplexing and rooms without sockets, threads and clock, for fuzz targets and tests.
//!
//! Behind a feature, because these are internals: what ships is built without it.

mod demux;
mod harness;

pub use demux::{DemuxHarness, FramerHarness, frame};
pub use harness::{Client, MediaEvent, RoomsHarness};

pub use crate::rooms::{Reception, Totals, View};
