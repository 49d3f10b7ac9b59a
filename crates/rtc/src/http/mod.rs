//! The media doors: where other programs' clients knock. HTTP and WebSocket in front, the hall behind.
//!
//! A token is checked, the house is asked whether its bearer may come in now, and only then the
//! socket opens. Every no is an HTTP status with a sentence, before anything is upgraded.

mod error;
mod join;
mod server_api;
mod signal_socket;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anteroom_app::{Admission, Clock};
use anteroom_livekit::Keys;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post};

use crate::media_thread::Handle;
use crate::random_ids::RandomBytes;
use crate::rooms::Command;

/// What every knock is answered with.
pub(crate) struct RtcState {
    pub(crate) keys: Keys,
    pub(crate) rooms: Handle<Command>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) admission: Arc<dyn Admission>,
    pub(crate) random: std::sync::Mutex<RandomBytes>,
    /// Rises before anybody is put out of a room: whoever was asked about before must be asked about again.
    pub(crate) evictions: Arc<AtomicU64>,
}

/// The routes of the LiveKit dialect.
pub(crate) fn router(state: RtcState) -> Router {
    // Clients on other sites ask so whether they are online again.
    let mut router = Router::new().route("/", head(awake));
    // Whoever has our address with a slash at its end comes with two at the beginning of the path.
    for slash in ["/", "//"] {
        let validate = || get(join::validate).options(preflight);
        router = router
            .route(&format!("{slash}rtc"), get(join::enter_as_before))
            .route(&format!("{slash}rtc/validate"), validate())
            .route(&format!("{slash}rtc/v1"), get(join::enter))
            .route(&format!("{slash}rtc/v1/validate"), validate())
            .route(
                &format!("{slash}twirp/{{service}}/{{method}}"),
                post(server_api::api_call).options(server_api::preflight).fallback(server_api::wrong_verb),
            );
    }
    router.with_state(Arc::new(state))
}

/// Browsers must be able to read a refusal, or their users are told that we cannot be reached.
pub(crate) fn open_to_all(mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_HEADERS, any);
    response
}

/// `HEAD /`: the server can be reached. Nothing else is said.
async fn awake() -> Response {
    open_to_all(axum::http::StatusCode::OK.into_response())
}

async fn preflight() -> Response {
    open_to_all(axum::http::StatusCode::NO_CONTENT.into_response())
}
