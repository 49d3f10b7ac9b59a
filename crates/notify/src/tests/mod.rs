//! Tests of texts, calendar files, header safety and delivery.

mod calendar;
mod delivery;
mod header_injection;
mod mailbox;
mod messages;
mod samples;
