//! Why the door stays shut, as a status and a sentence.
//!
//! Never 404: clients take it for a server without this door and try an older one.

use anteroom_app::Error;
use anteroom_livekit::{JoinRequestError, TokenError};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::cors::allow_any_origin;
use crate::rooms::JoinRefused;

#[derive(Debug)]
pub(crate) enum Refusal {
    NoToken,
    Token(TokenError),
    /// The token is good for something else.
    RoomUnavailable,
    JoinRequest(JoinRequestError),
    NoJoinRequest,
    NotAWebSocket,
    /// The house says no.
    House(Error),
    Rooms(JoinRefused),
    Stopped,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::Token(_) | Self::RoomUnavailable => StatusCode::UNAUTHORIZED,
            Self::JoinRequest(JoinRequestError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::JoinRequest(_) | Self::NoJoinRequest | Self::NotAWebSocket => StatusCode::BAD_REQUEST,
            Self::House(Error::Busy | Error::Video(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::House(Error::Store(_) | Error::Internal(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::House(_) => StatusCode::FORBIDDEN,
            Self::Rooms(_) | Self::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::NoToken => "no token".into(),
            Self::Token(error) => error.to_string(),
            Self::RoomUnavailable => "the token does not grant to join a room".into(),
            Self::JoinRequest(error) => error.to_string(),
            Self::NoJoinRequest => "join_request is missing".into(),
            Self::NotAWebSocket => "this is a door for WebSockets".into(),
            Self::House(error) => format!("{}: {}", error.code(), error.sentence()),
            Self::Rooms(JoinRefused::RoomUnavailable(why)) => why.to_string(),
            Self::Rooms(_) => "the server is full".into(),
            Self::Stopped => "the server is going down".into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Self::House(error @ (Error::Store(_) | Error::Internal(_))) = &self {
            tracing::error!(%error, "the house could not say who may enter");
        }
        allow_any_origin((self.status(), self.sentence()).into_response())
    }
}
