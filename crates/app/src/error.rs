//! Why a use case did not do what was asked. Closed, transport-free; each door maps it once.

use anteroom_domain::{FieldError, FieldErrors, Refusal};

use crate::VideoError;

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is not yours to see: from outside the two are the same.
    #[error("not found")]
    NotFound,
    /// Yours to see, not yours to do.
    #[error("not allowed")]
    Forbidden,
    /// What was typed cannot be right.
    #[error("invalid input")]
    Invalid(FieldErrors),
    /// An ordinary no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else changed the same thing at the same moment.
    #[error("changed meanwhile, please try again")]
    Busy,
    /// The media server did not answer.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] anteroom_store::Error),
    /// Something that cannot happen did.
    #[error("{0}")]
    Internal(&'static str),
}

impl Error {
    /// One wrong field.
    pub fn field(name: &'static str, error: FieldError) -> Self {
        Self::Invalid(FieldErrors::from((name, error)))
    }

    /// The stable code, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::Invalid(_) => "invalid",
            Self::Refused(refusal) => refusal.code(),
            Self::Busy => "busy",
            Self::Video(_) => "video_unavailable",
            Self::Store(_) | Self::Internal(_) => "internal",
        }
    }

    /// One sentence, for people. Says nothing of our insides.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFound => "We could not find this.".into(),
            Self::Forbidden => "You are not allowed to do this.".into(),
            Self::Invalid(_) => "Please check the marked fields.".into(),
            Self::Refused(refusal) => refusal.to_string(),
            Self::Busy => "Somebody changed this at the same moment. Please try again.".into(),
            Self::Video(_) => "The video server did not answer. Please try again in a moment.".into(),
            Self::Store(_) | Self::Internal(_) => {
                "Something went wrong on our side. Please try again in a moment.".into()
            }
        }
    }
}

impl From<anteroom_store::Error> for Error {
    fn from(error: anteroom_store::Error) -> Self {
        match error {
            // Taken: two did the same thing at once. Asked again, the loser hears what is wrong by name.
            anteroom_store::Error::Busy | anteroom_store::Error::Taken => Self::Busy,
            other => Self::Store(other),
        }
    }
}
