//! Content negotiation for errors: an HTML page for browsers, `application/problem+json` for API clients, in the
//! language of the account or that the request asks for. Also turns panics of handlers into a 500.

use std::any::Any;

use anteroom_l10n::Catalogue;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::WebState;
use crate::problem::{Problem, ProblemBody};
use crate::request::auth::login_secret;
use crate::request::language::RequestedLanguage;
use crate::view::Html;
use crate::view::error::ErrorPage;

/// Middleware: renders the [`Problem`] of a response in the format that the request accepts.
pub(crate) async fn render_problem(State(web): State<WebState>, request: Request, next: Next) -> Response {
    let as_html = wants_html(request.uri().path(), request.headers());
    let language = RequestedLanguage::of(request.uri(), request.headers());
    let login = login_secret(request.headers(), &web);
    let return_to = (request.method() == Method::GET).then(|| request.uri().to_string());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let as_html = as_html && response.extensions_mut().remove::<AsJson>().is_none();
    if as_html && problem.status == StatusCode::UNAUTHORIZED {
        return redirect_to_login(return_to);
    }
    let language = language.of_login(login.as_ref(), problem.status, &web).await;
    let words = web.words(language, problem.status).await;
    with_body(response, if as_html { html(&problem, words) } else { json(&problem, words) })
}

/// The status and headers of `problem` with the body of `rendered`.
fn with_body(problem: Response, rendered: Response) -> Response {
    let (mut parts, _) = problem.into_parts();
    let (rendered, body) = rendered.into_parts();
    parts.headers.extend(rendered.headers);
    Response::from_parts(parts, body)
}

/// Middleware for routes that only scripts call (the API, the call element): errors are JSON whatever `Accept` says.
pub(crate) async fn ask_for_json(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(AsJson);
    response
}

/// In the extensions of a response: a problem is rendered as JSON.
#[derive(Clone)]
struct AsJson;

/// Middleware that renders the [`Problem`] of a response as JSON.
pub(crate) async fn render_problem_as_json(State(web): State<WebState>, request: Request, next: Next) -> Response {
    let language = RequestedLanguage::of(request.uri(), request.headers());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => with_body(response, json(&problem, web.words(language, problem.status).await)),
        None => response,
    }
}

/// Answers 500 for a handler that panicked; other requests are not affected.
pub(crate) fn panic_response(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = message.unwrap_or("?"), "a handler panicked");
    Problem::internal().into_response()
}

/// Redirects to the login page, which redirects back to `return_to`.
fn redirect_to_login(return_to: Option<String>) -> Response {
    let query = return_to.and_then(|next| serde_urlencoded::to_string([("next", next)]).ok());
    Redirect::to(&query.map_or_else(|| "/login".to_owned(), |query| format!("/login?{query}"))).into_response()
}

fn html(problem: &Problem, words: &'static Catalogue) -> Response {
    (content_language(words), Html(ErrorPage::of(problem, words))).into_response()
}

fn json(problem: &Problem, words: &Catalogue) -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    let body = axum::Json(ProblemBody::of(problem, words));
    let mut response = ([kind], content_language(words), body).into_response();
    if problem.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn content_language(words: &Catalogue) -> [(HeaderName, HeaderValue); 1] {
    [(header::CONTENT_LANGUAGE, HeaderValue::from_static(words.lang()))]
}

/// Outside of the API, and read by programs whatever they accept.
const MACHINE_PATHS: [&str; 2] = ["/healthz", "/metrics"];

/// Browsers name `text/html` when a person navigates; scripts and API clients do not, and often send `*/*` or nothing.
fn wants_html(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !path.starts_with("/api/") && !MACHINE_PATHS.contains(&path) && accepts.contains("text/html")
}

#[cfg(test)]
mod tests {
    use anteroom_testkit::TestSite;
    use axum::body::Body;
    use axum::routing::get;
    use axum::{Router, middleware};
    use http_body_util::BodyExt;
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;
    use crate::{Config, Web};

    async fn fetch_response(path: &str, accept: &str) -> (StatusCode, String, String) {
        async fn panics() {
            panic!("a hidden detail")
        }
        let site = TestSite::empty().await;
        let config = Config::new("https://meet.example.org".parse().unwrap());
        let Web { web, .. } = Web::new(site.app.clone(), config, CancellationToken::new());
        let router = Router::new()
            .route("/page", get(panics))
            .route("/api/v1/thing", get(panics))
            .route("/fine", get(async || "fine"))
            .layer(CatchPanicLayer::custom(panic_response))
            .layer(middleware::from_fn_with_state(web, render_problem));
        let request = Request::get(path).header("accept", accept).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        site.logs.clear_errors(); // the panic
        let kind = response.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
        let (status, body) = (response.status(), response.into_body().collect().await.unwrap().to_bytes());
        (status, kind, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn panicking_handler_answers_500_without_details() {
        for (path, accept, kind) in [
            ("/page", "text/html,*/*", "text/html; charset=utf-8"),
            ("/page", "application/json", "application/problem+json"),
            ("/page", "*/*", "application/problem+json"),
            ("/api/v1/thing", "text/html", "application/problem+json"),
        ] {
            let (status, content_type, body) = fetch_response(path, accept).await;
            assert_eq!((status, content_type.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, kind), "{path}");
            assert!(body.contains("Something went wrong on our side") && !body.contains("a hidden detail"), "{body}");
        }
        assert_eq!(fetch_response("/fine", "*/*").await.2, "fine");
    }
}
