//! Middleware around every handler: security headers, rate limit, body size, same-origin check of writes.

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Origin;
use crate::problem::Problem;
use crate::request::client_address::ClientAddress;
use crate::{WebState, same_origin};

/// Maximum size of a request body, in bytes. The longest form is a tenth of it.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;

/// Adds the security headers to every response, and `no-store`, except where the response has set them itself. What is
/// not stored depends on the language of the request.
pub(crate) async fn add_security_headers(State(web): State<WebState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in web.security_headers.iter() {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Whatever keeps it all the same has to keep it for each language.
        headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    }
    response
}

/// The security headers of every response, built once.
pub(crate) fn security_headers(origin: &Origin) -> HeaderMap {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         media-src 'self' blob:; connect-src 'self' {}; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'",
        origin.socket()
    );
    let policy = HeaderValue::try_from(policy).expect("an origin is visible ASCII");
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"), // the URL of a page can be a secret link
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), \
             speaker-selection=(self), autoplay=(self), fullscreen=(self), picture-in-picture=(self), \
             geolocation=(), payment=(), usb=(), serial=(), browsing-topics=()",
        ),
        ("x-robots-tag", "noindex, nofollow"),
    ];
    let mut headers: HeaderMap = fixed
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if origin.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers
}

/// For pages: refuses requests above the rate limit, oversized bodies and cross-site writes (CSRF).
pub(crate) async fn guard(State(web): State<WebState>, request: Request, next: Next) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let from = admit(&web, &parts, MAX_BODY_BYTES)?;
    // The API ignores cookies, so a cross-site request there has no more rights than its author.
    let is_read = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_read && !parts.uri.path().starts_with("/api/") {
        same_origin::check(&parts, &web.config)?;
    }
    let (method, route) = (parts.method.clone(), parts.extensions.get::<MatchedPath>().cloned());
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(from);
    let response = next.run(request).await;
    // The route pattern, never the URL: the URL can contain a secret link.
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    tracing::debug!(%method, route, status = response.status().as_u16(), "request handled");
    Ok(response)
}

/// The same for routes of other crates, whose callers have tokens: a cross-site request has no more rights than its
/// author.
pub(crate) async fn guard_for_tokens(
    State((web, max_body)): State<(WebState, usize)>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let from = admit(&web, &parts, max_body)?;
    parts.extensions.insert(from.key());
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Takes a request from the rate limit of its client, unless it announces too large a body.
fn admit(web: &WebState, parts: &Parts, max_body: usize) -> Result<ClientAddress, Problem> {
    let from = web.proxies.client(parts);
    if parts.uri.path().starts_with("/assets/") {
        web.limits.asset(from)?;
    } else if parts.uri.path().ends_with("/presence") {
        web.limits.presence(from)?;
    } else {
        web.limits.request(from)?;
    }
    let content_length = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if content_length.is_some_and(|length: usize| length > max_body) {
        return Err(Problem::too_large());
    }
    Ok(from)
}
