//! For tests alone: a real site on a file of its own, people who do things on it, a clock that obeys.
//!
//! Everything is the program's own except the outside: [`ManualClock`], [`SeededRng`], [`FakeVideo`], [`FakeMessenger`].
//! A [`TestSite`] that is dropped looks around: nothing owed to anybody, no error in the log, and nothing personal.

mod clock;
mod logs;
mod messenger;
mod participant;
mod persona;
mod rng;
mod site;
mod staff;
mod video;

#[cfg(test)]
mod tests;

pub use clock::{ManualClock, hours, minutes, seconds};
pub use logs::Logs;
pub use messenger::FakeMessenger;
pub use participant::TestParticipant;
pub use persona::Persona;
pub use rng::SeededRng;
pub use site::TestSite;
pub use staff::TestStaff;
pub use video::{FakeVideo, VideoRequest};
