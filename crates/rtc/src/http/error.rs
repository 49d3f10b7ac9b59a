//! Why a join is refused, as an HTTP status and a message.
//!
//! Never 404: clients take it for a server without `/rtc/v1` and fall back to `/rtc`.

use anteroom_app::Error;
use anteroom_livekit::{JoinRequestError, TokenError};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::cors::allow_any_origin;
use crate::rooms::JoinRefused;

#[derive(Debug)]
pub(crate) enum JoinError {
    NoToken,
    Token(TokenError),
    /// The token has no `roomJoin` grant, or names no room.
    NoJoinGrant,
    JoinRequest(JoinRequestError),
    NoJoinRequest,
    NotAWebSocket,
    /// The admission check refused, or failed.
    Admission(Error),
    Refused(JoinRefused),
    Stopped,
}

impl JoinError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::Token(_) | Self::NoJoinGrant => StatusCode::UNAUTHORIZED,
            Self::JoinRequest(JoinRequestError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::JoinRequest(_) | Self::NoJoinRequest | Self::NotAWebSocket => StatusCode::BAD_REQUEST,
            Self::Admission(Error::Busy | Error::Video(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Admission(Error::Store(_) | Error::Internal(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Admission(_) => StatusCode::FORBIDDEN,
            Self::Refused(_) | Self::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoToken => "no token".into(),
            Self::Token(error) => error.to_string(),
            Self::NoJoinGrant => "the token does not grant to join a room".into(),
            Self::JoinRequest(error) => error.to_string(),
            Self::NoJoinRequest => "join_request is missing".into(),
            Self::NotAWebSocket => "this endpoint needs a WebSocket".into(),
            Self::Admission(error) => format!("{}: {}", error.code(), error.sentence()),
            Self::Refused(JoinRefused::RoomUnavailable(why)) => why.to_string(),
            Self::Refused(_) => "the server is full".into(),
            Self::Stopped => "the server is going down".into(),
        }
    }
}

impl IntoResponse for JoinError {
    fn into_response(self) -> Response {
        if let Self::Admission(error @ (Error::Store(_) | Error::Internal(_))) = &self {
            tracing::error!(%error, "admission check failed");
        }
        allow_any_origin((self.status(), self.message()).into_response())
    }
}
