//! Every error of the HTTP server: a status and a code for API clients, a sentence for people.
//!
//! [`content_negotiation`] decides whether it is rendered as a page or as `problem+json` (RFC 9457).

pub(crate) mod content_negotiation;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use anteroom_app::{Error, VideoError};
use anteroom_domain::{FieldError, Refusal};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

/// One error response before it is rendered.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    pub(crate) opens_at: Option<Timestamp>,
    pub(crate) fields: Vec<(Cow<'static, str>, FieldError)>,
    retry_after: Option<Duration>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let (opens_at, fields, retry_after) = (None, Vec::new(), None);
        Self { status, code, detail: detail.into(), opens_at, fields, retry_after }
    }

    /// The resource does not exist, or this caller may not see it. Both are answered alike, to hide what exists.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// A personal link or token that is not valid: mistyped, replaced or guessed.
    pub(crate) fn unknown_link() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_link", "This link does not open anything (any more).")
    }

    pub(crate) fn not_logged_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_logged_in", "Please log in first.")
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is for the administrators of the practice.")
    }

    /// A write that another site made this browser send (CSRF).
    pub(crate) fn foreign_origin() -> Self {
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", "This came from another site, so nothing was done.")
    }

    /// Set-up without the code of the setup link.
    pub(crate) fn wrong_setup_code() -> Self {
        let detail = "This server is not set up yet. It needs the link that it printed at its start.";
        Self::new(StatusCode::FORBIDDEN, "wrong_setup_code", detail)
    }

    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// Invalid input; all errors at once, by field.
    pub(crate) fn invalid(fields: Vec<(Cow<'static, str>, FieldError)>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Please check the marked fields.");
        Self { fields, ..problem }
    }

    /// Replaces the error of `field` by a more exact one.
    pub(crate) fn with_field_error(mut self, field: &'static str, reason: FieldError) -> Self {
        self.fields.retain(|(name, _)| name != field);
        self.fields.push((field.into(), reason));
        self
    }

    pub(crate) fn unsupported_media_type() -> Self {
        let detail = "Please send JSON, with `content-type: application/json`.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This cannot be done here.")
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "This is more than we can take at once.")
    }

    pub(crate) fn too_many(wait: Duration) -> Self {
        let problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "That was a lot at once. Please wait a moment.",
        );
        Self { retry_after: Some(wait.max(Duration::from_secs(1))), ..problem }
    }

    pub(crate) fn busy() -> Self {
        let problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Somebody changed this at the same moment. Please try again.",
        );
        Self { retry_after: Some(Duration::from_secs(1)), ..problem }
    }

    /// Not handled in time.
    pub(crate) fn overloaded() -> Self {
        let detail = "There is too much to do at once. Please try again.";
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail);
        Self { retry_after: Some(Duration::from_secs(5)), ..problem }
    }

    /// For operators: a load balancer reads the status, a person the reason.
    pub(crate) fn media_unhealthy(error: &VideoError) -> Self {
        let reason = error.0.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        tracing::warn!(%reason, "health check failed: media");
        let detail = format!("The media server does not work{reason}.");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "media_unhealthy", detail)
    }

    pub(crate) fn internal() -> Self {
        let detail = "Something went wrong on our side. It was written down for the people who run this server.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::WrongLogin => StatusCode::UNAUTHORIZED,
            Refusal::HostOnly
            | Refusal::GuestOnly
            | Refusal::ScopeMissing
            | Refusal::PersonOnly
            | Refusal::WrongPassword => StatusCode::FORBIDDEN,
            Refusal::LoginQueueFull => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::CONFLICT,
        };
        let retry_after = (refusal == Refusal::LoginQueueFull).then_some(Duration::from_secs(2));
        let opens_at = match refusal {
            Refusal::TooEarly { opens_at } => Some(opens_at),
            _ => None,
        };
        Self { opens_at, retry_after, ..Self::new(status, refusal.code(), refusal.to_string()) }
    }
}

impl From<Error> for Problem {
    /// The only mapping from use-case errors to HTTP. Internal causes are logged here, once.
    fn from(error: Error) -> Self {
        let sentence = error.sentence();
        match error {
            Error::NotFound => Self::not_found(),
            Error::Forbidden => Self::new(StatusCode::FORBIDDEN, "forbidden", sentence),
            Error::Invalid(fields) => Self::invalid(fields.iter().map(|(name, error)| (name.into(), error)).collect()),
            Error::Refused(refusal) => refusal.into(),
            Error::Busy => Self::busy(),
            Error::Video(source) => {
                tracing::warn!(error = &source as &dyn std::error::Error, "media server unavailable");
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "video_unavailable", sentence);
                Self { retry_after: Some(Duration::from_secs(5)), ..problem }
            }
            Error::Store(_) | Error::Internal(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "request failed");
                match error.code() {
                    "internal" => Self::internal(),
                    code => Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, sentence),
                }
            }
        }
    }
}

impl Problem {
    /// The header `Retry-After`, in seconds.
    pub(crate) fn retry_after(&self) -> Option<[(HeaderName, HeaderValue); 1]> {
        let wait = self.retry_after?;
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Some([(header::RETRY_AFTER, HeaderValue::from(seconds))])
    }
}

impl IntoResponse for Problem {
    /// Status and headers only; [`content_negotiation`] takes the problem from the extensions and renders the body.
    fn into_response(self) -> Response {
        let mut response = (self.status, self.retry_after(), ()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The body of a problem, as RFC 9457 has it, with a stable `code`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: use `code` to distinguish problems.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The reason phrase of the status.
    title: &'static str,
    status: u16,
    /// Stable, for API clients: `too_early`, `ended`, `not_found`, …
    #[schema(example = "too_early")]
    code: &'static str,
    /// One sentence, for people.
    detail: String,
    /// With `too_early`: when the join window opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    opens_at: Option<Timestamp>,
    /// With `invalid`: the errors by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<Cow<'static, str>, FieldProblem>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = FieldProblem)]
pub(crate) struct FieldProblem {
    #[schema(example = "time_skipped")]
    code: &'static str,
    message: &'static str,
}

impl From<&Problem> for ProblemBody {
    fn from(problem: &Problem) -> Self {
        let field = |error: FieldError| FieldProblem { code: error.code(), message: error.sentence() };
        Self {
            kind: "about:blank",
            title: problem.status.canonical_reason().unwrap_or("Error"),
            status: problem.status.as_u16(),
            code: problem.code,
            detail: problem.detail.clone(),
            opens_at: problem.opens_at,
            fields: problem.fields.iter().map(|(name, error)| (name.clone(), field(*error))).collect(),
        }
    }
}
