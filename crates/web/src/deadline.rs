//! The time by which a response begins: an overloaded server answers 503 instead of nothing.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use crate::problem::Problem;

/// Longer than a body may take, and a login that waits because of failures; shorter than the timeout of proxies (60 s).
pub(crate) const DEADLINE: Duration = Duration::from_secs(45);

/// Middleware: answers 503 when the handler has not answered by then. What it does is cancelled. Streams and WebSockets
/// begin in time and last as long as they like.
pub(crate) async fn answer_in_time(
    State(deadline): State<Duration>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let route = request.extensions().get::<MatchedPath>().cloned();
    timeout(deadline, next.run(request)).await.map_err(|_| {
        let route = route.as_ref().map_or("none", MatchedPath::as_str);
        tracing::warn!(route, "a request was not handled in time: answered 503");
        Problem::overloaded()
    })
}
