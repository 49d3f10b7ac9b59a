//! `POST /demo/clock`: lets time pass at once, for stories about tomorrow. Only with `--clock-control`.

use std::sync::Arc;

use anteroom_app::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;

use crate::system::SystemClock;

/// How much time passes.
#[derive(Deserialize)]
struct Advance {
    advance_seconds: i64,
}

/// The one route.
pub(super) fn router(clock: Arc<SystemClock>, app: App) -> Router {
    Router::new().route("/demo/clock", post(advance)).with_state((clock, app))
}

/// Whoever counts down counts from the clock as it was: pages and the outbox have to look again.
async fn advance(State((clock, app)): State<(Arc<SystemClock>, App)>, Json(by): Json<Advance>) -> StatusCode {
    clock.advance(by.advance_seconds);
    app.hub.notify_all();
    app.outbox_ready.notify_one();
    StatusCode::NO_CONTENT
}
