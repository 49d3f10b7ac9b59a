//! Every error of the HTTP server: a status and a code for API clients, a sentence for people.
//!
//! [`content_negotiation`] decides whether it is rendered as a page or as `problem+json` (RFC 9457).

pub(crate) mod content_negotiation;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use anteroom_app::{Error, VideoError};
use anteroom_domain::{FieldError, Refusal};
use anteroom_l10n::Catalogue;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;

/// One error response before it is rendered.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: Detail,
    pub(crate) opens_at: Option<Timestamp>,
    pub(crate) fields: Vec<(Cow<'static, str>, FieldError)>,
    retry_after: Option<Duration>,
}

/// What happened, before its language is known.
#[derive(Debug, Clone)]
pub(crate) enum Detail {
    /// A message of the catalogue.
    Sentence(fn(&Catalogue) -> String),
    Refusal(Refusal),
    /// For operators: what a part of the server reports, in English.
    Technical(String),
}

impl Detail {
    pub(crate) fn in_words(&self, words: &Catalogue) -> String {
        match self {
            Self::Sentence(sentence) => sentence(words),
            Self::Refusal(refusal) => words.refusal(refusal),
            Self::Technical(text) => text.clone(),
        }
    }
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, sentence: fn(&Catalogue) -> String) -> Self {
        Self::with_detail(status, code, Detail::Sentence(sentence))
    }

    fn with_detail(status: StatusCode, code: &'static str, detail: Detail) -> Self {
        let (opens_at, fields, retry_after) = (None, Vec::new(), None);
        Self { status, code, detail, opens_at, fields, retry_after }
    }

    /// The resource does not exist, or this caller may not see it. Both are answered alike, to hide what exists.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", Catalogue::problem_not_found)
    }

    /// A personal link or token that is not valid: mistyped, replaced or guessed.
    pub(crate) fn unknown_link() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown_link", Catalogue::problem_unknown_link)
    }

    pub(crate) fn not_logged_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_logged_in", Catalogue::problem_not_logged_in)
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", Catalogue::problem_forbidden)
    }

    /// A write that another site made this browser send (CSRF).
    pub(crate) fn foreign_origin() -> Self {
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", Catalogue::problem_foreign_origin)
    }

    /// Set-up without the code of the setup link.
    pub(crate) fn wrong_setup_code() -> Self {
        Self::new(StatusCode::FORBIDDEN, "wrong_setup_code", Catalogue::problem_wrong_setup_code)
    }

    pub(crate) fn bad_request(code: &'static str, sentence: fn(&Catalogue) -> String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, sentence)
    }

    /// Invalid input; all errors at once, by field.
    pub(crate) fn invalid(fields: Vec<(Cow<'static, str>, FieldError)>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", Catalogue::problem_invalid);
        Self { fields, ..problem }
    }

    /// Replaces the error of `field` by a more exact one.
    pub(crate) fn with_field_error(mut self, field: &'static str, reason: FieldError) -> Self {
        self.fields.retain(|(name, _)| name != field);
        self.fields.push((field.into(), reason));
        self
    }

    pub(crate) fn unsupported_media_type() -> Self {
        let sentence = Catalogue::problem_unsupported_media_type;
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", sentence)
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", Catalogue::problem_method_not_allowed)
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", Catalogue::problem_too_large)
    }

    pub(crate) fn too_many(wait: Duration) -> Self {
        let problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", Catalogue::problem_too_many_requests);
        Self { retry_after: Some(wait.max(Duration::from_secs(1))), ..problem }
    }

    pub(crate) fn busy() -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", Catalogue::problem_busy);
        Self { retry_after: Some(Duration::from_secs(1)), ..problem }
    }

    /// Not handled in time, or the database did not answer in time.
    pub(crate) fn overloaded() -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", Catalogue::problem_overloaded);
        Self { retry_after: Some(Duration::from_secs(5)), ..problem }
    }

    /// For operators: a load balancer reads the status, a person the reason.
    pub(crate) fn media_unhealthy(error: &VideoError) -> Self {
        let reason = error.0.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        tracing::warn!(%reason, "health check failed: media");
        let detail = format!("The media server does not work{reason}.");
        Self::with_detail(StatusCode::SERVICE_UNAVAILABLE, "media_unhealthy", Detail::Technical(detail))
    }

    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", Catalogue::problem_internal)
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
            Refusal::TooManyWrites => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::CONFLICT,
        };
        let is_of_load = matches!(refusal, Refusal::LoginQueueFull | Refusal::TooManyWrites);
        let retry_after = is_of_load.then_some(Duration::from_secs(2));
        let opens_at = match refusal {
            Refusal::TooEarly { opens_at } => Some(opens_at),
            _ => None,
        };
        Self { opens_at, retry_after, ..Self::with_detail(status, refusal.code(), Detail::Refusal(refusal)) }
    }
}

impl From<Error> for Problem {
    /// The only mapping from use-case errors to HTTP. Internal causes are logged here, once.
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Forbidden => Self::new(StatusCode::FORBIDDEN, "forbidden", Catalogue::problem_not_permitted),
            Error::Invalid(fields) => Self::invalid(fields.iter().map(|(name, error)| (name.into(), error)).collect()),
            Error::Refused(refusal) => refusal.into(),
            Error::Busy => Self::busy(),
            Error::Video(source) => {
                tracing::warn!(error = &source as &dyn std::error::Error, "media server unavailable");
                let sentence = Catalogue::problem_video_unavailable;
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "video_unavailable", sentence);
                Self { retry_after: Some(Duration::from_secs(5)), ..problem }
            }
            Error::Unavailable(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a request was answered 503");
                Self::overloaded()
            }
            Error::Store(_) | Error::Internal(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "request failed");
                match error.code() {
                    "internal" => Self::internal(),
                    code => Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, Catalogue::problem_unreadable),
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
    /// The reason phrase of the status, in the language of the response.
    title: String,
    status: u16,
    /// Stable, for API clients: `too_early`, `ended`, `not_found`, …
    #[schema(example = "too_early")]
    code: &'static str,
    /// One sentence for people, in the language of the response: see `Accept-Language` and `Content-Language`.
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
    /// One sentence for people, in the language of the response.
    message: String,
}

impl ProblemBody {
    pub(crate) fn of(problem: &Problem, words: &Catalogue) -> Self {
        let field = |error: FieldError| FieldProblem { code: error.code(), message: words.field_error(&error) };
        Self {
            kind: "about:blank",
            title: title(problem.status, words),
            status: problem.status.as_u16(),
            code: problem.code,
            detail: problem.detail.in_words(words),
            opens_at: problem.opens_at,
            fields: problem.fields.iter().map(|(name, error)| (name.clone(), field(*error))).collect(),
        }
    }
}

fn title(status: StatusCode, words: &Catalogue) -> String {
    match status {
        StatusCode::BAD_REQUEST => words.title_bad_request(),
        StatusCode::UNAUTHORIZED => words.title_unauthorized(),
        StatusCode::FORBIDDEN => words.title_forbidden(),
        StatusCode::NOT_FOUND => words.title_not_found(),
        StatusCode::METHOD_NOT_ALLOWED => words.title_method_not_allowed(),
        StatusCode::CONFLICT => words.title_conflict(),
        StatusCode::PAYLOAD_TOO_LARGE => words.title_payload_too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => words.title_unsupported_media_type(),
        StatusCode::UNPROCESSABLE_ENTITY => words.title_unprocessable_entity(),
        StatusCode::TOO_MANY_REQUESTS => words.title_too_many_requests(),
        StatusCode::INTERNAL_SERVER_ERROR => words.title_internal_server_error(),
        StatusCode::SERVICE_UNAVAILABLE => words.title_service_unavailable(),
        other => other.canonical_reason().unwrap_or("Error").to_owned(),
    }
}
