//! CORS: pages of any origin may read our responses; tokens decide, not origins.

use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Without this header browsers cannot read an error either, and clients report that the server is unreachable.
pub(crate) fn allow_any_origin(mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_HEADERS, any);
    response
}
