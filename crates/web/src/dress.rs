//! Gives a refusal its body: a friendly page for people, `problem+json` for programs. Catches panics on the way.

use std::any::Any;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    problem::{Problem, ProblemBody},
    view::{Html, error::ErrorPage},
};

/// Every refusal passes here on its way out.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let for_people = wants_page(request.method(), request.uri().path(), request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let dressed = if for_people { page(&problem) } else { json(&problem) };
    let (mut parts, _) = response.into_parts();
    let (dress, body) = dressed.into_parts();
    parts.headers.extend(dress.headers);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}

/// A refusal that is JSON whatever the caller accepts: the API's, and the call element's.
pub(crate) struct ApiProblem(pub(crate) Problem);

impl<E: Into<Problem>> From<E> for ApiProblem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let dressed = json(&self.0);
        let mut response = self.0.into_response();
        response.extensions_mut().remove::<Problem>();
        response.headers_mut().extend(dressed.headers().clone());
        *response.body_mut() = dressed.into_body();
        response
    }
}

/// What a panicking handler leaves behind: one sorry answer; everybody else goes on.
pub(crate) fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = message.unwrap_or("?"), "a handler panicked");
    Problem::internal().into_response()
}

fn page(problem: &Problem) -> Response {
    Html(ErrorPage::of(problem)).into_response()
}

fn json(problem: &Problem) -> Response {
    let kind = HeaderValue::from_static("application/problem+json");
    ([(header::CONTENT_TYPE, kind)], axum::Json(ProblemBody::from(problem))).into_response()
}

/// Browsers name `text/html` when a person navigates; scripts and programs do not.
fn wants_page(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    if path.starts_with("/api/") {
        return false;
    }
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    accepts.contains("text/html") || (accepts == "*/*" && matches!(*method, Method::GET | Method::HEAD))
}
