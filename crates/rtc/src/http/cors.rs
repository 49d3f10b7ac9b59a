//! CORS: pages of any origin may read our responses; tokens decide, not origins.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Adds the headers to every response, errors included: without them a client reports that the server is unreachable.
/// The request's origin is returned, as LiveKit's server does.
pub(crate) async fn allow_any_origin(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.unwrap_or(HeaderValue::from_static("*")));
    // `*` does not cover `Authorization` (Fetch, section 3.3.2).
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*, Authorization"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    response
}
