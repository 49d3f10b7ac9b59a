//! Server-sent events: the state of a page when its stream opens, after each change, and when time alone changes it.
//!
//! Every event is loaded with the current rights of the caller ([`StreamCaller`]): when they are revoked, the stream
//! ends. A failing database does not end it: the page is notified that it is out of date, and the state is loaded again.
//! A beat every few seconds lets the page notice a dead connection and a proxy that buffers.

mod caller;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::Clock;
use axum::http::HeaderName;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

pub(crate) use self::caller::StreamCaller;
use crate::WebState;
use crate::consultation::seat_streams::SeatStream;
use crate::problem::Problem;
use crate::request::rate_limit::StreamSlot;

/// Interval of the beats. Pages take a stream for dead after one and a half (`ui/protocol/status-stream.ts`).
const BEAT: Duration = Duration::from_secs(8);
/// A stream loads at most once in this time; changes in between count as one.
const LOAD_INTERVAL: Duration = Duration::from_millis(250);
/// Pause before a failed load is tried again; it doubles each time.
const RETRY_AFTER: Duration = Duration::from_secs(1);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(8);

/// What a stream sends.
pub(crate) trait Live: Send + 'static {
    /// The data of a beat. Not empty: browsers drop events without data.
    fn beat(&self) -> String {
        "ok".to_owned()
    }

    /// Waits until the state may have changed. Dropped and called again at every beat: no change may be lost by that, nor
    /// one that is made before the first load.
    fn changed(&mut self) -> impl Future<Output = ()> + Send;

    /// The current state, for the current rights of the caller. A client error ends the stream.
    fn load(&mut self) -> impl Future<Output = Result<Update, Problem>> + Send;
}

/// The result of a load.
pub(crate) struct Update {
    /// `None` if the page has this state already.
    pub event: Option<Event>,
    /// When the state changes without a write: the join window opens, the day ends.
    pub changes_at: Option<Timestamp>,
}

/// What an open stream holds.
pub(crate) struct Watcher {
    clock: Arc<dyn Clock>,
    /// Up to two seconds: the rooms of all appointments at eleven open at the same moment.
    delay: Duration,
    shutdown: CancellationToken,
    /// The stream's slot in the limit of its address.
    _slot: StreamSlot,
    /// Its place among the streams of its seat.
    seat: Option<SeatStream>,
}

impl Watcher {
    pub(crate) fn new(web: &WebState, slot: StreamSlot) -> Self {
        let mut random = [0; 2];
        web.app.rng.fill(&mut random);
        let delay = Duration::from_millis(u64::from(u16::from_le_bytes(random) % 2_000));
        Self { clock: web.app.clock.clone(), delay, shutdown: web.shutdown.clone(), _slot: slot, seat: None }
    }

    /// The stream ends when there are too many newer ones of its seat.
    pub(crate) fn with_seat(self, seat: SeatStream) -> Self {
        Self { seat: Some(seat), ..self }
    }
}

/// Sends the state at once and after each change. Fails if it cannot be loaded at once.
pub(crate) async fn stream(watcher: Watcher, mut live: impl Live) -> Result<Response, Problem> {
    let Update { event, changes_at } = live.load().await?;
    let now = Instant::now();
    let open = OpenStream { live, watcher, changes_at, loaded_at: now, beat_at: now, failures: 0, has_ended: false };
    let events = stream::unfold((event, open), |(first, mut open)| async move {
        let event = match first {
            Some(first) => first, // then a beat at once: the page answers it
            None => open.next().await?,
        };
        Some((Ok::<_, Infallible>(event), (None, open)))
    });
    // Without this header nginx buffers the events.
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], Sse::new(events)).into_response())
}

struct OpenStream<L> {
    live: L,
    watcher: Watcher,
    changes_at: Option<Timestamp>,
    loaded_at: Instant,
    beat_at: Instant,
    /// Failed loads in a row.
    failures: u32,
    /// The last event was sent.
    has_ended: bool,
}

/// Why a stream stopped waiting.
enum Wake {
    Load,
    Beat,
    Superseded,
    Shutdown,
}

impl<L: Live> OpenStream<L> {
    /// The next event; `None` at shutdown, after the last event, and when the caller has lost their rights.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.has_ended {
                return None;
            }
            match self.wait().await {
                Wake::Shutdown => return None,
                Wake::Superseded => {
                    self.has_ended = true;
                    return Some(Event::default().event("superseded").data("too_many_streams"));
                }
                Wake::Beat => {
                    // Also while other events are sent: a page that answers no beat is not there.
                    self.beat_at = Instant::now() + BEAT;
                    return Some(Event::default().event("beat").data(self.live.beat()));
                }
                Wake::Load => {}
            }
            self.loaded_at = Instant::now();
            match self.live.load().await {
                Ok(update) => {
                    (self.failures, self.changes_at) = (0, update.changes_at);
                    if update.event.is_some() {
                        return update.event;
                    }
                }
                Err(problem) if problem.status.is_server_error() => {
                    self.failures += 1;
                    if self.failures == 1 {
                        return Some(Event::default().event("stale").data(problem.code));
                    }
                }
                Err(_) => return None,
            }
        }
    }

    async fn wait(&mut self) -> Wake {
        let load_at = self.load_at();
        tokio::select! {
            biased; // a beat that is due comes first
            () = self.watcher.shutdown.cancelled() => return Wake::Shutdown,
            () = superseded(self.watcher.seat.as_ref()) => return Wake::Superseded,
            () = sleep_until(self.beat_at) => return Wake::Beat,
            () = self.live.changed() => {}
            () = sleep_until(load_at) => return Wake::Load,
        }
        // Not in the select: a change that was taken there and then interrupted by a beat would be lost.
        sleep_until(self.loaded_at + LOAD_INTERVAL).await;
        Wake::Load
    }

    /// When to load without a change. The clock may be set in the meantime, so this is calculated again at each beat.
    fn load_at(&self) -> Instant {
        let never = Instant::now() + 2 * BEAT;
        if self.failures > 0 {
            let pause = RETRY_AFTER.saturating_mul(1 << (self.failures - 1).min(8));
            return self.loaded_at + pause.min(RETRY_AFTER_MAX);
        }
        let Some(changes_at) = self.changes_at else { return never };
        let left = changes_at.duration_since(self.watcher.clock.now());
        let left = Duration::try_from(left).unwrap_or_default(); // negative: it is time
        never.min(Instant::now() + left.saturating_add(self.watcher.delay))
    }
}

async fn superseded(seat: Option<&SeatStream>) {
    match seat {
        Some(seat) => seat.superseded().await,
        None => std::future::pending().await,
    }
}
