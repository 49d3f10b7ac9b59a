//! Errors of the use cases, independent of the transport. Each transport maps them once.

use anteroom_domain::{FieldError, FieldErrors, Refusal};

use crate::VideoError;

/// Error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Missing, or not visible to the actor: the two are not distinguished.
    #[error("not found")]
    NotFound,
    /// Visible to the actor, but not permitted.
    #[error("not allowed")]
    Forbidden,
    /// Invalid form fields.
    #[error("invalid input")]
    Invalid(FieldErrors),
    /// Refused by a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Changed concurrently.
    #[error("changed meanwhile, please try again")]
    Busy,
    /// The media server did not respond.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// The database is unreachable, full or overloaded: the same may succeed later.
    #[error("the database is unavailable")]
    Unavailable(#[source] anteroom_store::Error),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] anteroom_store::Error),
    /// A broken invariant.
    #[error("{0}")]
    Internal(&'static str),
}

impl Error {
    /// An error in one field.
    pub fn field(name: &'static str, error: FieldError) -> Self {
        Self::Invalid(FieldErrors::from((name, error)))
    }

    /// Stable code for API clients.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::Invalid(_) => "invalid",
            Self::Refused(refusal) => refusal.code(),
            Self::Busy => "busy",
            Self::Video(_) => "video_unavailable",
            Self::Unavailable(_) => "overloaded",
            Self::Store(anteroom_store::Error::Corrupt { .. }) => "unreadable",
            Self::Store(_) | Self::Internal(_) => "internal",
        }
    }

    /// Whether a retry may succeed although nothing else changes.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Busy | Self::Video(_) | Self::Unavailable(_) => true,
            Self::Store(error) => !matches!(error, anteroom_store::Error::Corrupt { .. }),
            Self::NotFound | Self::Forbidden | Self::Invalid(_) | Self::Refused(_) | Self::Internal(_) => false,
        }
    }
}

impl From<anteroom_store::Error> for Error {
    fn from(error: anteroom_store::Error) -> Self {
        match error {
            // Taken: two requests did the same at once. On a retry the loser gets the specific error.
            anteroom_store::Error::Busy | anteroom_store::Error::Taken => Self::Busy,
            anteroom_store::Error::Unavailable(_) => Self::Unavailable(error),
            other => Self::Store(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_newer_version_has_an_error_of_its_own() {
        let error = Error::from(anteroom_store::Error::Corrupt { column: "appointments.status" });
        assert_eq!(error.code(), "unreadable");
        assert_eq!(Error::from(anteroom_store::Error::Poisoned).code(), "internal");
    }
}
