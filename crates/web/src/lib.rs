//! The HTTP server: pages, API and live status (SSE). Contains no rules: a handler extracts, calls one use case of
//! `app` and answers.

mod api;
mod assets;
mod config;
mod consultation;
mod deadline;
#[cfg(feature = "gallery")]
mod gallery;
mod pages;
mod problem;
mod request;
mod routes;
mod same_origin;
mod security;
mod setup_code;
mod sse;
mod view;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::App;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Method};
use axum::{Router, middleware};
pub use config::{Config, ConfigError, MetricsSource, Network, Origin, Quota, Quotas};
#[cfg(feature = "gallery")]
pub use gallery::gallery;
pub use same_origin::ListenAddress;
pub use setup_code::SetupCode;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::consultation::seat_streams::SeatStreams;
use crate::problem::{Problem, content_negotiation};
use crate::request::client_address::{ClientAddress, Proxies};
use crate::request::language::PracticeWords;
use crate::request::login_limits::LoginLimits;
use crate::request::rate_limit::RateLimits;
use crate::routes::RouteTable;

/// The login cookie without TLS.
const LOGIN_COOKIE: &str = "anteroom";

/// Shared state of all handlers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct WebState {
    pub app: App,
    pub config: Arc<Config>,
    pub limits: Arc<RateLimits>,
    pub proxies: Arc<Proxies>,
    pub login_limits: LoginLimits,
    pub seat_streams: SeatStreams,
    /// For the sentences of errors.
    pub practice_words: Arc<PracticeWords>,
    /// The headers added to every response.
    pub security_headers: Arc<HeaderMap>,
    /// The OpenAPI document, serialised once.
    pub openapi_json: Arc<str>,
    /// Cancelled at shutdown: ends the SSE streams, which would otherwise keep the server running.
    pub shutdown: CancellationToken,
}

impl WebState {
    /// `__Host-` binds the cookie to this host and to TLS; browsers reject the name without TLS.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.config.origin.is_secure() { "__Host-anteroom" } else { LOGIN_COOKIE }
    }

    /// The cookie of a browser that has logged in before. It is no credential.
    pub(crate) fn device_cookie_name(&self) -> &'static str {
        if self.config.origin.is_secure() { "__Host-anteroom-device" } else { "anteroom-device" }
    }
}

/// The HTTP server: all routes, and the limits that they share.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`: without addresses all clients share one rate
/// limit.
pub struct Web {
    web: WebState,
    routes: RouteTable,
}

/// Limits of the requests to some routes.
#[derive(Debug, Clone, Copy)]
pub struct RequestLimits {
    /// Bytes.
    pub max_body: usize,
    /// When the response must have begun.
    pub deadline: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self { max_body: security::MAX_BODY_BYTES, deadline: deadline::DEADLINE }
    }
}

impl Web {
    /// SSE streams end when `shutdown` is cancelled.
    pub fn new(app: App, config: Config, shutdown: CancellationToken) -> Self {
        assets::warn_if_missing();
        let (routes, openapi) = all_routes();
        let web = WebState {
            app,
            limits: Arc::new(RateLimits::new(&config.quotas)),
            proxies: Arc::new(Proxies::new(config.trusted_proxies.clone())),
            login_limits: LoginLimits::new(&config.quotas),
            seat_streams: SeatStreams::default(),
            practice_words: Arc::default(),
            security_headers: Arc::new(security::security_headers(&config.origin)),
            openapi_json: api::openapi_json(openapi),
            config: Arc::new(config),
            shutdown,
        };
        Self { web, routes }
    }

    /// Applies rate limit, body limit and deadline to routes of another crate, whose callers have tokens, not cookies.
    /// Each request carries the client's address, behind trusted proxies too, as an [`IpAddr`] in its extensions.
    pub fn guard(&self, routes: Router, limits: RequestLimits) -> Router {
        let guard = middleware::from_fn_with_state((self.web.clone(), limits.max_body), security::guard_for_tokens);
        routes
            .layer(guard)
            .layer(middleware::from_fn_with_state(limits.deadline, deadline::answer_in_time))
            .layer(CatchPanicLayer::custom(content_negotiation::panic_response))
            .layer(middleware::from_fn_with_state(self.web.clone(), content_negotiation::render_problem_as_json))
    }

    /// All routes: those of this crate, `pages` of another crate, treated alike, and `guarded` ones.
    pub fn router(self, pages: Router, guarded: Router) -> Router {
        let Self { web, routes } = self;
        routes
            .router
            .merge(pages.with_state(()))
            .fallback(async || Problem::not_found())
            .method_not_allowed_fallback(async || Problem::method_not_allowed())
            .layer(DefaultBodyLimit::max(security::MAX_BODY_BYTES))
            .layer(middleware::from_fn_with_state(web.clone(), security::guard))
            .layer(middleware::from_fn_with_state(deadline::DEADLINE, deadline::answer_in_time))
            .layer(CatchPanicLayer::custom(content_negotiation::panic_response))
            .layer(middleware::from_fn_with_state(web.clone(), content_negotiation::render_problem))
            .merge(guarded.with_state(()))
            .layer(middleware::from_fn_with_state(web.clone(), security::add_security_headers))
            .with_state(web)
    }
}

/// All routes of this crate, see [`Web`].
pub fn router(app: App, config: Config, shutdown: CancellationToken) -> Router {
    Web::new(app, config, shutdown).router(Router::new(), Router::new())
}

/// The address by which limits count a client: all of an IPv6 /64 are one.
pub fn client_key(address: IpAddr) -> IpAddr {
    ClientAddress::new(address).key()
}

/// Every route, for the authorization table of the tests.
pub fn listed_routes() -> Vec<(Method, String)> {
    all_routes().0.listed
}

/// The OpenAPI document of the API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    all_routes().1
}

fn all_routes() -> (RouteTable, utoipa::openapi::OpenApi) {
    api::routes(consultation::routes(pages::routes()))
}
