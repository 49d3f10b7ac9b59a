//! The HTTP and WebSocket endpoints of LiveKit's protocol.
//!
//! Verify the token, ask `Admission`, register with a media thread; only then upgrade to a WebSocket. Every refusal
//! is an HTTP status with a message, before the upgrade.

mod allowance;
mod client_address;
mod cors;
mod error;
mod fanout;
mod join;
mod refused;
mod server_api;
mod signal_socket;
mod state;

use std::sync::Arc;

pub(crate) use allowance::Allowances;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, head, post};
use cors::allow_any_origin;
pub(crate) use state::RtcState;

/// Routes that need limits of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoints {
    /// Requests without a body, and WebSockets.
    Signalling,
    /// Calls with a body; some wait for participants, for up to two minutes.
    ServerApi,
}

/// All routes of LiveKit's protocol. `guard` adds what is to be checked before them; its refusals get the headers for
/// other origins, too.
pub(crate) fn router(state: RtcState, guard: impl Fn(Router, Endpoints) -> Router) -> Router {
    // Clients on other origins send `HEAD /` to find out whether they are online again.
    let mut signalling = Router::new().route("/", head(online));
    let mut server_api = Router::new();
    // A server URL configured with a trailing slash leads to paths that begin with two.
    for slash in ["/", "//"] {
        let validate = || get(join::validate).options(preflight);
        signalling = signalling
            .route(&format!("{slash}rtc"), get(join::join_dual_pc))
            .route(&format!("{slash}rtc/validate"), validate())
            .route(&format!("{slash}rtc/v1"), get(join::join))
            .route(&format!("{slash}rtc/v1/validate"), validate());
        server_api = server_api.route(
            &format!("{slash}twirp/{{service}}/{{method}}"),
            post(server_api::api_call).options(server_api::preflight).fallback(server_api::method_not_allowed),
        );
    }
    let state = Arc::new(state);
    let signalling = guard(signalling.with_state(Arc::clone(&state)), Endpoints::Signalling);
    let server_api = guard(server_api.with_state(state), Endpoints::ServerApi);
    signalling.merge(server_api).layer(from_fn(allow_any_origin))
}

/// `HEAD /`: the server is reachable. The response contains nothing else.
async fn online() -> StatusCode {
    StatusCode::OK
}

async fn preflight() -> StatusCode {
    StatusCode::NO_CONTENT
}
