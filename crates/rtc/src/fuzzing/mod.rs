//! The wire and the rooms without sockets, threads and clock, for a program that plays every stranger at once.
//!
//! Behind a feature of its own, because these insides are nobody else's: what ships is built without it.

mod demux;
mod harness;

pub use crate::rooms::{Held, Reception, View};
pub use demux::{Cutter, Switchboard, frame};
pub use harness::{Building, Guest, Happening};
