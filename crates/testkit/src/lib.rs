//! For tests only: a real site on its own database, actors who use it, a manual clock.
//!
//! Everything is the program's own code except the ports: [`ManualClock`], [`SeededRng`], [`FakeVideo`],
//! [`FakeMessenger`]. Dropping a [`TestSite`] checks for undelivered notices, logged errors and logged personal data.

mod clock;
mod logs;
mod long_list;
mod messenger;
mod participant;
mod persona;
mod rng;
mod site;
mod site_database;
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
