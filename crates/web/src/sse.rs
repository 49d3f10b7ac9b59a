//! Live status: server-sent events. A watcher is told at once how it stands, and again after each change.
//!
//! Every event is read anew with the watcher's own rights: who lost them is told nothing more.

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

/// Proxies close a silent connection after a minute, some after thirty seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a stream holds while it is open.
pub(crate) struct Watcher {
    /// Subscribe before the first reading, or a change in between is lost.
    pub watches: Vec<Watch>,
    /// The address's place among its open streams.
    pub slot: StreamSlot,
    pub shutdown: CancellationToken,
}

/// A stream of what `load` reads, first at once, then after each change; it ends when there is nothing to read any more.
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
    // nginx would keep the events back to send them in one piece.
    ([(HeaderName::from_static("x-accel-buffering"), "no")], sse).into_response()
}

async fn any_change(watches: &mut [Watch]) {
    if watches.is_empty() {
        return std::future::pending().await;
    }
    select_all(watches.iter_mut().map(|watch| Box::pin(watch.changed()))).await;
}
