//! Twirp errors: a code, its HTTP status and a message.

use anteroom_signalling::ApiError;
use serde_json::json;

/// The Twirp error codes in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the published protocol")]
pub enum Code {
    BadRoute,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    Malformed,
    NotFound,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Unimplemented,
}

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.as_str())]
pub struct TwirpError {
    /// For API clients.
    pub code: Code,
    /// For people. Never contains any part of the token.
    pub message: String,
    /// Details, by name.
    meta: Option<(&'static str, String)>,
}

impl Code {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRoute => "bad_route",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::FailedPrecondition => "failed_precondition",
            Self::Internal => "internal",
            Self::InvalidArgument => "invalid_argument",
            Self::Malformed => "malformed",
            Self::NotFound => "not_found",
            Self::ResourceExhausted => "resource_exhausted",
            Self::Unauthenticated => "unauthenticated",
            Self::Unavailable => "unavailable",
            Self::Unimplemented => "unimplemented",
        }
    }

    /// The HTTP status of the response.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidArgument | Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::BadRoute | Self::NotFound => 404,
            Self::DeadlineExceeded => 408,
            Self::FailedPrecondition => 412,
            Self::ResourceExhausted => 429,
            Self::Internal => 500,
            Self::Unimplemented => 501,
            Self::Unavailable => 503,
        }
    }
}

impl TwirpError {
    /// An error without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), meta: None }
    }

    /// Unknown path, HTTP method or content type.
    pub fn bad_route(verb: &str, path: &str, message: impl Into<String>) -> Self {
        let meta = Some(("twirp_invalid_route", format!("{verb} {path}")));
        Self { code: Code::BadRoute, message: message.into(), meta }
    }

    /// The called participant answered with an error; the numbers are those of LiveKit's `RpcError`.
    fn rpc_error(number: u32, message: impl Into<String>) -> Self {
        let code = match number {
            1400 | 1402 => Code::InvalidArgument,
            1401 => Code::NotFound,
            1403 | 1404 => Code::Unimplemented,
            1501 | 1502 => Code::DeadlineExceeded,
            1503 => Code::Unavailable,
            _ => Code::Internal,
        };
        Self { code, message: message.into(), meta: Some(("rpc_error_code", number.to_string())) }
    }

    /// The token lacks the grant, or there is no token.
    pub(super) fn request_denied() -> Self {
        Self::new(Code::Unauthenticated, "permissions denied")
    }

    /// The body: always JSON, whatever the encoding of the request.
    pub fn body(&self) -> Vec<u8> {
        let mut body = json!({ "code": self.code.as_str(), "msg": self.message });
        if let (Some(fields), Some((name, detail))) = (body.as_object_mut(), &self.meta) {
            fields.insert("meta".to_owned(), json!({ *name: detail }));
        }
        body.to_string().into_bytes()
    }
}

impl From<ApiError> for TwirpError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::RoomNotFound => Self::new(Code::NotFound, "requested room does not exist"),
            ApiError::ParticipantNotFound => Self::new(Code::NotFound, "participant does not exist"),
            ApiError::TrackNotFound => Self::new(Code::NotFound, "track is not found"),
            ApiError::RoomReserved => {
                Self::new(Code::FailedPrecondition, "the room of a consultation is opened by its participants")
            }
            ApiError::TooManyRooms => Self::new(Code::ResourceExhausted, "the server is full"),
            ApiError::TooManyRpcs => Self::new(Code::ResourceExhausted, "too many RPC requests at once"),
            ApiError::Rpc(number, message) => Self::rpc_error(number, message),
            ApiError::RoomFailed => Self::new(Code::Internal, "the room failed and was closed"),
        }
    }
}
