//! Wording, templates, calendar files, and the channels that carry them: mail today, others beside it later.
//!
//! Says nothing that a letter did not bring along, and logs none of it.

mod calendar;
mod config;
mod email;
mod mail_error;
mod mailer;
mod wording;

pub mod mailbox;

pub use config::{MailConfig, MailConfigError, MailServer, SmtpLogin, SmtpSecurity};
pub use mail_error::MailError;
pub use mailer::Mailer;

#[cfg(test)]
mod tests;
