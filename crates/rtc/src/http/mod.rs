//! The media doors: where other programs' clients knock. HTTP and WebSocket in front, the hall behind.
//!
//! A token is checked, the house is asked whether its bearer may come in now, and only then the
//! socket opens. Every no is an HTTP status with a sentence, before anything is upgraded.

mod cors;
mod error;
mod join;
mod server_api;
mod signal_socket;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post};

use cors::allow_any_origin;
pub(crate) use state::RtcState;

/// The routes of the LiveKit dialect.
pub(crate) fn router(state: RtcState) -> Router {
    // Clients on other sites ask so whether they are online again.
    let mut router = Router::new().route("/", head(online));
    // Whoever has our address with a slash at its end comes with two at the beginning of the path.
    for slash in ["/", "//"] {
        let validate = || get(join::validate).options(preflight);
        router = router
            .route(&format!("{slash}rtc"), get(join::join_dual_pc))
            .route(&format!("{slash}rtc/validate"), validate())
            .route(&format!("{slash}rtc/v1"), get(join::join))
            .route(&format!("{slash}rtc/v1/validate"), validate())
            .route(
                &format!("{slash}twirp/{{service}}/{{method}}"),
                post(server_api::api_call).options(server_api::preflight).fallback(server_api::method_not_allowed),
            );
    }
    router.with_state(Arc::new(state))
}

/// `HEAD /`: the server can be reached. Nothing else is said.
async fn online() -> Response {
    allow_any_origin(axum::http::StatusCode::OK.into_response())
}

async fn preflight() -> Response {
    allow_any_origin(axum::http::StatusCode::NO_CONTENT.into_response())
}
