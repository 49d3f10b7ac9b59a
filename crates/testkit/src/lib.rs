//! For tests alone: a site, its actors, a clock that obeys, a mailbox.
//!
//! The same use cases on the same store, with other outsides: nothing here waits, nothing is left to chance.

mod outside;
mod site;

pub use outside::{ManualClock, PaperVideo, Pigeonholes, SeededRng};
pub use site::{Booked, PASSWORD, TestSite};
