//! What went wrong between us and a mail server, told without a word of the letter.
//!
//! A server repeats addresses in its refusals ("550 <ada@guest.example> unknown"), and refusals are logged.
//! What it says about a letter is therefore reduced to its numbers.

use std::time::Duration;

use anteroom_app::MessengerError;
use lettre::transport::smtp;

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Connecting, TLS or the login failed. No letter was mentioned yet, so the cause may be told whole.
    #[error("the mail server cannot be used")]
    Unusable(#[source] smtp::Error),
    /// It kept silent for longer than we wait.
    #[error("the mail server did not answer within {0:?}")]
    Silent(Duration),
    /// It said no, with these numbers (RFC 5321, section 4.2.1; RFC 3463).
    #[error("the mail server answered {0}")]
    Answered(ReplyCode),
    /// The connection ended in the middle of a letter, or what came back was not SMTP.
    #[error("the conversation with the mail server broke off")]
    BrokenOff,
    /// The address, or the server, cannot carry what the letter needs.
    #[error("the message cannot be carried to this address")]
    Undeliverable,
}

/// The numbers of a refusal: `550`, and `5.1.1` where the server gave it.
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
    /// What a server made of a letter.
    pub(crate) fn from_send(error: &smtp::Error) -> Self {
        match error.status() {
            Some(code) => Self::Answered(ReplyCode { code: code.into(), status: status(error) }),
            // Said by our side before anything was sent: the server lacks an extension this letter needs.
            None if error.is_client() => Self::Undeliverable,
            None => Self::BrokenOff,
        }
    }

    /// Whether another try could end differently.
    const fn is_transient(&self) -> bool {
        match self {
            Self::Unusable(_) | Self::Silent(_) | Self::BrokenOff => true,
            Self::Answered(ReplyCode { code, .. }) => *code < 500,
            Self::Undeliverable => false,
        }
    }
}

impl From<MailError> for MessengerError {
    fn from(trouble: MailError) -> Self {
        if trouble.is_transient() { Self::Unreachable(trouble.into()) } else { Self::Refused(trouble.into()) }
    }
}

/// The first word of the answer, if it is three numbers and nothing else.
fn status(error: &smtp::Error) -> Option<String> {
    let said = std::error::Error::source(error)?.to_string();
    let word = said.split_whitespace().next()?;
    let numbers: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (numbers.len() == 3 && numbers.iter().all(is_number)).then(|| word.to_owned())
}
