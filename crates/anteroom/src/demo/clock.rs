//! `POST /demo/clock`: sets the server's clock forward, for end-to-end tests. Only with `--clock-control`.

use std::sync::Arc;

use anteroom_app::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;

use crate::system::SystemClock;

/// The body of the request.
#[derive(Deserialize)]
struct Advance {
    /// A clock that goes back would break promises that are kept by time.
    advance_seconds: u32,
}

/// The route.
pub(super) fn router(clock: Arc<SystemClock>, app: App) -> Router {
    Router::new().route("/demo/clock", post(advance)).with_state((clock, app))
}

/// Sets the clock forward, and notifies open pages and workers, which compute waiting times from the old one.
async fn advance(State((clock, app)): State<(Arc<SystemClock>, App)>, Json(by): Json<Advance>) -> StatusCode {
    clock.advance(by.advance_seconds.into());
    app.hub.notify_all();
    app.jobs_ready.notify_one();
    StatusCode::NO_CONTENT
}
