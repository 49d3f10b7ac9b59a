//! The wire and the rooms without sockets, threads and clock, for a program that plays every stranger at once.
//!
//! Behind a feature of its own, because these insides are nobody else's: what ships is built without it.

mod building;
mod switchboard;

pub use crate::hall::{Held, Reception, View};
pub use building::{Building, Guest, Happening};
pub use switchboard::{Cutter, Switchboard, frame};
