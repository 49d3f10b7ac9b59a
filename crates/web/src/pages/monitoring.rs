//! Endpoints for load balancers and monitoring.

use anteroom_app::{Error, monitoring};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::BearerToken;

/// The text format of Prometheus.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /healthz`: 200 if the database can be read and every media thread takes its turns.
pub(super) async fn healthz(State(web): State<WebState>) -> Result<&'static str, Problem> {
    match monitoring::check(&web.app).await {
        Ok(()) => Ok("ok\n"),
        Err(Error::Video(error)) => Err(Problem::media_unhealthy(&error)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /metrics`, with an API key.
pub(super) async fn metrics(State(web): State<WebState>, bearer: BearerToken) -> Result<impl IntoResponse, Problem> {
    let text = monitoring::metrics(&web.app, &bearer.actor).await? + &web.config.metrics.text();
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], text))
}
