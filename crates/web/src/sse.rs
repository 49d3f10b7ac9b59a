//! Server-sent events: sends the current state when a stream opens and again after each change.
//!
//! Every event is loaded with the current rights of the caller: when they are revoked, the stream ends.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use anteroom_app::Watch;
use axum::http::HeaderName;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::future::select_all;
use futures_util::stream;
use tokio_util::sync::CancellationToken;

use crate::request::rate_limit::StreamSlot;

/// Proxies close idle connections after 60 s, some after 30 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What an open stream holds.
pub(crate) struct Watcher {
    /// Must be subscribed before the first load, or a change in between is lost.
    pub watches: Vec<Watch>,
    /// The stream's slot in the limit of its address.
    pub slot: StreamSlot,
    pub shutdown: CancellationToken,
}

/// Sends what `load` returns, at once and after each change; ends when `load` returns `None` or at shutdown.
pub(crate) fn stream<F, R>(watcher: Watcher, load: F) -> Response
where
    F: Fn() -> R + Send + 'static,
    R: Future<Output = Option<Event>> + Send + 'static,
{
    let Watcher { watches, slot, shutdown } = watcher;
    let events = stream::unfold((watches, false, (slot, load)), move |(mut watches, started, held)| {
        let shutdown = shutdown.clone();
        async move {
            if started {
                tokio::select! {
                    () = any_change(&mut watches) => {}
                    () = shutdown.cancelled() => return None,
                }
            }
            let event = held.1().await?;
            Some((Ok::<_, Infallible>(event), (watches, true, held)))
        }
    });
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Without this header nginx buffers the events.
    ([(HeaderName::from_static("x-accel-buffering"), "no")], sse).into_response()
}

async fn any_change(watches: &mut [Watch]) {
    if watches.is_empty() {
        return std::future::pending().await;
    }
    select_all(watches.iter_mut().map(|watch| Box::pin(watch.changed()))).await;
}
