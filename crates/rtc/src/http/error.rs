//! Why a join is refused, as an HTTP status and a message.
//!
//! Never 404: clients take it for a server without `/rtc/v1` and fall back to `/rtc`.

use anteroom_app::Error;
use anteroom_domain::{Language, WordingPack};
use anteroom_l10n::Catalogue;
use anteroom_livekit::{JoinRequestError, TokenError};
use anteroom_media::OfferError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::allowance::Exceeded;
use super::refused::Refused;
use crate::rooms::JoinRefused;

/// Seconds after which a client tries again that was answered 503.
const RETRY_AFTER: u64 = 2;

#[derive(Debug)]
pub(crate) enum JoinError {
    NoToken,
    Token(TokenError),
    /// The token has no `roomJoin` grant, or names no room.
    NoJoinGrant,
    JoinRequest(JoinRequestError),
    NoJoinRequest,
    NotAWebSocket,
    /// The seat or the client's address has asked for too much, or the offer in the join request is not accepted.
    Message(Refused),
    /// The admission check refused, or failed.
    Admission(Error),
    Refused(JoinRefused),
    Stopped,
}

impl JoinError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::Token(_) | Self::NoJoinGrant => StatusCode::UNAUTHORIZED,
            Self::JoinRequest(JoinRequestError::TooLarge)
            | Self::Message(Refused::Description(OfferError::TooLarge(_))) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::JoinRequest(_) | Self::NoJoinRequest | Self::NotAWebSocket => StatusCode::BAD_REQUEST,
            Self::Message(Refused::Exceeded(_)) => StatusCode::TOO_MANY_REQUESTS,
            Self::Message(_) => StatusCode::BAD_REQUEST,
            Self::Admission(Error::Busy | Error::Unavailable(_) | Error::Video(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Admission(Error::Store(_) | Error::Internal(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Admission(_) => StatusCode::FORBIDDEN,
            Self::Refused(JoinRefused::UnknownRoom) => StatusCode::FORBIDDEN,
            Self::Refused(_) | Self::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The header `Retry-After`, in seconds.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Message(Refused::Exceeded(Exceeded { retry_after })) => Some(retry_after.as_secs_f64().ceil() as u64),
            _ => (self.status() == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoToken => "no token".into(),
            Self::Token(error) => error.to_string(),
            Self::NoJoinGrant => "the token does not grant to join a room".into(),
            Self::JoinRequest(error) => error.to_string(),
            Self::NoJoinRequest => "join_request is missing".into(),
            Self::Message(refused) => refused.to_string(),
            Self::NotAWebSocket => "this endpoint needs a WebSocket".into(),
            Self::Admission(error) => format!("{}: {}", error.code(), sentence(error)),
            Self::Refused(JoinRefused::RoomUnavailable(why)) => why.to_string(),
            Self::Refused(JoinRefused::UnknownRoom) => "the room does not exist".into(),
            Self::Refused(_) => "the server is full".into(),
            Self::Stopped => "the server is going down".into(),
        }
    }
}

/// In English, as all texts of this protocol: it has no language.
fn sentence(error: &Error) -> String {
    let words = Catalogue::of(Language::En, WordingPack::General);
    match error {
        Error::Refused(refusal) => words.refusal(refusal),
        Error::NotFound => words.problem_not_found(),
        Error::Forbidden | Error::Invalid(_) => words.problem_not_permitted(),
        Error::Busy => words.problem_busy(),
        Error::Unavailable(_) => words.problem_overloaded(),
        Error::Video(_) => words.problem_video_unavailable(),
        Error::Store(_) | Error::Internal(_) => words.problem_internal(),
    }
}

impl From<Refused> for JoinError {
    fn from(refused: Refused) -> Self {
        Self::Message(refused)
    }
}

impl IntoResponse for JoinError {
    fn into_response(self) -> Response {
        match &self {
            Self::Admission(error @ (Error::Store(_) | Error::Internal(_))) => {
                tracing::error!(%error, "admission check failed");
            }
            Self::Admission(error @ Error::Unavailable(_)) => {
                tracing::warn!(error = error as &dyn std::error::Error, "a join was answered 503");
            }
            _ => {}
        }
        let mut response = (self.status(), self.message()).into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
