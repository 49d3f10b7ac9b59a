//! CORS: pages of any origin may read our responses; tokens decide, not origins.

use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Browsers must be able to read a refusal, or their users are told that we cannot be reached.
pub(crate) fn allow_any_origin(mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_HEADERS, any);
    response
}
