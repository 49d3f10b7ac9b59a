//! Errors of mail delivery, without personal data.
//!
//! Mail servers repeat addresses in their responses ("550 <ada@guest.example> unknown"), and errors are logged. A
//! response about a mail is therefore reduced to its status codes.

use std::io;
use std::time::Duration;

use anteroom_app::MessengerError;
use lettre::transport::smtp;

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Connecting, TLS or login failed. Before any mail data, so the cause can be logged in full.
    #[error("the mail server cannot be used")]
    Connect(#[source] smtp::Error),
    /// No connection to the mail server.
    #[error("the mail server cannot be reached")]
    Network(#[source] io::Error),
    /// No TLS with the mail server: its certificate is not trusted, or of another name.
    #[error("no secure connection to the mail server: {0}")]
    Tls(io::Error),
    /// No response within the timeout.
    #[error("the mail server did not answer within {0:?}")]
    Timeout(Duration),
    /// Rejected with these codes (RFC 5321, section 4.2.1; RFC 3463).
    #[error("the mail server answered {0}")]
    Rejected(ReplyCode),
    /// The connection was closed during delivery, or the response was not SMTP.
    #[error("the connection to the mail server was lost")]
    ConnectionLost,
    /// The address is not usable, or the server lacks an extension it requires.
    #[error("the message cannot be sent to this address")]
    Undeliverable,
}

/// Codes of a response: `550`, and `5.1.1` if the server sent one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyCode {
    /// The reply code.
    pub code: u16,
    /// The enhanced status code.
    pub status: Option<String>,
}

impl std::fmt::Display for ReplyCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.status {
            Some(status) => write!(f, "{} {status}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

impl MailError {
    /// From an error while sending a mail.
    pub(crate) fn from_send(error: &smtp::Error) -> Self {
        match error.status() {
            Some(code) => Self::Rejected(ReplyCode { code: code.into(), status: status(error) }),
            // Raised by the client before sending: the server lacks an extension the mail requires.
            None if error.is_client() => Self::Undeliverable,
            None => Self::ConnectionLost,
        }
    }

    /// Whether it says nothing about the mail: the connection is closed, closing (421), or out of step.
    pub(crate) const fn is_of_connection(&self) -> bool {
        matches!(self, Self::ConnectionLost | Self::Rejected(ReplyCode { code: 421, .. }))
    }

    /// Whether a retry may succeed.
    const fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) | Self::Tls(_) | Self::Connect(_) | Self::Timeout(_) | Self::ConnectionLost => true,
            Self::Rejected(ReplyCode { code, .. }) => *code < 500,
            Self::Undeliverable => false,
        }
    }
}

impl From<MailError> for MessengerError {
    fn from(trouble: MailError) -> Self {
        if trouble.is_transient() { Self::Unreachable(trouble.into()) } else { Self::Refused(trouble.into()) }
    }
}

/// The first word of the response, if it is an enhanced status code.
fn status(error: &smtp::Error) -> Option<String> {
    let response = std::error::Error::source(error)?.to_string();
    let word = response.split_whitespace().next()?;
    let numbers: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (numbers.len() == 3 && numbers.iter().all(is_number)).then(|| word.to_owned())
}
