//! The wire and the rooms without sockets, threads and clock, for a program that plays every stranger at once.
//!
//! Behind a feature of its own, because these insides are nobody else's: what ships is built without it.

mod demux;
mod harness;

pub use crate::rooms::{Reception, Totals, View};
pub use demux::{DemuxHarness, FramerHarness, frame};
pub use harness::{Client, MediaEvent, RoomsHarness};
