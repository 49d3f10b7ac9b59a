//! Extractors for forms, JSON bodies, path and query. Every failure is a named [`Problem`].

use std::time::Duration;

use anteroom_domain::FieldError;
use anteroom_l10n::Catalogue;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::problem::Problem;

/// Time allowed for a body of at most [`crate::security::MAX_BODY_BYTES`]: enough for 26 kbit/s. Less than the deadline
/// of the request.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// A form, `application/x-www-form-urlencoded`. Unknown fields are ignored; `T` decides about missing ones.
pub(crate) struct Form<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !has_content_type(request.headers(), "application/x-www-form-urlencoded") {
            return Err(Problem::bad_request("malformed", Catalogue::problem_not_a_form));
        }
        let body = read_body(request, state).await?;
        let malformed = |_| Problem::bad_request("malformed", Catalogue::problem_broken_form);
        serde_urlencoded::from_bytes(&body).map(Self).map_err(malformed)
    }
}

/// A JSON body. Unknown fields are ignored; a wrong type names its field; broken JSON is 400.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !has_content_type(request.headers(), "application/json") {
            return Err(Problem::unsupported_media_type());
        }
        let body = read_body(request, state).await?;
        // serde would accept an array for a struct, its values in the order of the fields.
        if body.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
            return Err(Problem::bad_request("malformed", Catalogue::problem_not_an_object));
        }
        let mut reader = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let field = error.path().to_string();
            match error.inner().classify() {
                serde_json::error::Category::Data if field == "." => {
                    Problem::bad_request("malformed", Catalogue::problem_not_an_object)
                }
                serde_json::error::Category::Data => Problem::invalid(vec![(field.into(), FieldError::Malformed)]),
                _ => Problem::bad_request("broken_json", Catalogue::problem_broken_json),
            }
        })?;
        reader.end().map_err(|_| Problem::bad_request("broken_json", Catalogue::problem_broken_json))?;
        Ok(Self(value))
    }
}

/// Path parameters. A parameter that does not parse is answered as 404, like an id that does not exist.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Problem::not_found())
    }
}

/// The query. A name that occurs twice is refused: ignoring the whole query would answer with everything, as if there
/// were no filter. Unknown names are ignored.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default());
        let malformed = |_| Problem::bad_request("malformed", Catalogue::problem_broken_address);
        query.map(Self).map_err(malformed)
    }
}

fn has_content_type(headers: &HeaderMap, wanted: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let incomplete = || Problem::bad_request("malformed", Catalogue::problem_incomplete);
    let body = timeout(BODY_TIMEOUT, Bytes::from_request(request, state)).await.map_err(|_| incomplete())?;
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => incomplete(),
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn unfinished_body_times_out() {
        for kind in ["application/json", "application/x-www-form-urlencoded"] {
            let never = Body::from_stream(stream::pending::<Result<Bytes, std::convert::Infallible>>());
            let request = || Request::builder().header(header::CONTENT_TYPE, kind);
            let (json, request) = (kind.ends_with("json"), request().body(never).unwrap());
            let read = async {
                if json {
                    Json::<Vec<()>>::from_request(request, &()).await.map(drop)
                } else {
                    Form::<Vec<()>>::from_request(request, &()).await.map(drop)
                }
            };
            let rejection = timeout(2 * BODY_TIMEOUT, read).await.expect("reading an unfinished body has a timeout");
            assert_eq!(rejection.err().map(|problem| problem.status), Some(StatusCode::BAD_REQUEST), "{kind}");
        }
    }
}
