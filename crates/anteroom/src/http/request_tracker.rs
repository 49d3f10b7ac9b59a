//! Marks a connection as in use from a request to the end of its response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use anteroom_web::ListenAddress;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use tower::Service;

use super::listener::OpenConnection;

/// The routes, as one connection calls them. Its requests carry the address at which it was accepted.
#[derive(Clone)]
pub(super) struct RequestTracker<S> {
    pub(super) service: S,
    pub(super) connection: Arc<OpenConnection>,
    pub(super) accepted_at: ListenAddress,
}

impl<S, B> Service<Request<B>> for RequestTracker<S>
where
    S: Service<Request<B>, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        request.extensions_mut().insert(self.accepted_at);
        let in_use = InUse::begin(&self.connection);
        let response = self.service.call(request);
        Box::pin(async move { Ok(in_use.until_sent(response.await?)) })
    }
}

/// While this exists, the connection is in use.
struct InUse(Option<Arc<OpenConnection>>);

impl InUse {
    fn begin(connection: &Arc<OpenConnection>) -> Self {
        connection.use_begins();
        Self(Some(Arc::clone(connection)))
    }

    /// Keeps this until the body has been handed over. A WebSocket is in use until its connection closes.
    fn until_sent(mut self, response: Response) -> Response {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            self.0 = None;
            return response;
        }
        response.map(|body| {
            Body::new(body.map_err(move |error| {
                let _in_use = &self;
                error
            }))
        })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        if let Some(connection) = &self.0 {
            connection.use_ends();
        }
    }
}
