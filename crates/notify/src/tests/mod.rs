//! The promises of a letter: what it says, what it never says, that it arrives, and who is told if it does not.

mod calendar;
mod delivery;
mod header_injection;
mod mailbox;
mod messages;
mod samples;
