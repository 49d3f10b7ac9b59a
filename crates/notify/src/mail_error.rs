//! Errors of mail delivery, without personal data.
//!
//! Mail servers repeat addresses in their responses ("550 <ada@guest.example> unknown"), and errors are logged. A
//! response about a mail is therefore reduced to its status codes.

use std::io;
use std::time::Duration;

use anteroom_app::MessengerError;
use lettre::transport::smtp;
use lettre::transport::smtp::response::Response;

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
    /// This command was rejected with these codes (RFC 5321, section 4.2.1; RFC 3463).
    #[error("the mail server answered {1} to {0}")]
    Rejected(SmtpCommand, ReplyCode),
    /// The connection was closed during delivery, or the response was no possible response to this command.
    #[error("the connection to the mail server was lost at {0}")]
    ConnectionLost(SmtpCommand),
    /// The address is not usable, or the server lacks an extension it requires.
    #[error("the message cannot be sent to this address")]
    Undeliverable,
}

/// A step of a mail that has its own response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpCommand {
    /// The sender.
    Mail,
    /// A recipient.
    Rcpt,
    /// The bytes are to follow.
    Data,
    /// The bytes have been sent.
    EndOfData,
}

impl std::fmt::Display for SmtpCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::EndOfData => "the end of the data",
        })
    }
}

impl SmtpCommand {
    /// A positive code that the command cannot have means that client and server are out of step: nothing that comes
    /// later on this connection can be trusted.
    pub(crate) fn check(self, response: Result<Response, smtp::Error>) -> Result<(), MailError> {
        let code: u16 = response.map_err(|error| MailError::from_send(self, &error))?.code().into();
        let is_expected = if self == Self::Data { code == 354 } else { code / 100 == 2 };
        if is_expected { Ok(()) } else { Err(MailError::ConnectionLost(self)) }
    }
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
    fn from_send(command: SmtpCommand, error: &smtp::Error) -> Self {
        match error.status() {
            Some(code) => Self::Rejected(command, ReplyCode { code: code.into(), status: status(error) }),
            None => Self::ConnectionLost(command),
        }
    }

    /// Whether it says nothing about the mail: the connection is closed, closing (421), or out of step.
    pub(crate) const fn is_of_connection(&self) -> bool {
        matches!(self, Self::ConnectionLost(_) | Self::Rejected(_, ReplyCode { code: 421, .. }))
    }

    /// Whether a new connection may help where a reused one met this. Servers refuse MAIL with many codes for what is
    /// wrong with the connection: its age, its number of mails, a login that has expired.
    pub(crate) const fn may_be_of_reuse(&self) -> bool {
        self.is_of_connection() || matches!(self, Self::Rejected(SmtpCommand::Mail, _))
    }

    /// Whether a retry may succeed.
    const fn is_transient(&self) -> bool {
        match self {
            Self::Network(_) | Self::Tls(_) | Self::Connect(_) | Self::Timeout(_) | Self::ConnectionLost(_) => true,
            Self::Rejected(_, ReplyCode { code, .. }) => *code < 500,
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
