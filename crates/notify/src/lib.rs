//! Wording, templates, calendar files, and the channels that carry them: mail today, others beside it later.
//!
//! Says nothing that a letter did not bring along, and logs none of it.

mod calendar;
mod config;
mod mail;
mod message;
mod trouble;
mod words;

pub mod mailbox;

pub use config::{Config, ConfigError, Login, Security, Server};
pub use mail::Mail;
pub use trouble::Trouble;

#[cfg(test)]
mod tests;
