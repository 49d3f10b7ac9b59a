//! Messages: their composition from the catalogue, templates, calendar files, and the channels that send them. The only channel so far is mail.
//!
//! Uses only the data in the message, and logs none of it.

mod calendar;
mod config;
mod email;
mod mail_error;
mod mailer;
mod smtp_connection;
mod smtp_stream;
mod wording;

pub mod mailbox;

pub use config::{MailConfig, MailConfigError, MailServer, SmtpLogin, SmtpSecurity};
pub use mail_error::MailError;
pub use mailer::Mailer;

#[cfg(test)]
mod tests;
