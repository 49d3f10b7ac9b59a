//! Events that receivers have not got and will not get, since the start: for staff, the metrics and the log.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anteroom_app::WebhookLoss;
use jiff::Timestamp;
use reqwest::Url;

/// Between two lines of the log about one receiver: an absent one loses an event with everything that happens.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// The losses of each URL. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct WebhookLosses(Arc<Vec<ReceiverLosses>>);

struct ReceiverLosses {
    /// Without the rest of the URL, which may contain a password.
    host: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    events: u64,
    last: Option<(Timestamp, String)>,
    /// When a line was logged, and how many events were lost by then.
    logged: Option<(Timestamp, u64)>,
}

impl State {
    /// How many losses a line is to report now, if one is due.
    fn due_report(&mut self, at: Timestamp) -> Option<u64> {
        let (last_at, reported) = self.logged.unzip();
        let is_due = last_at.is_none_or(|last| at.duration_since(last).unsigned_abs() >= LOG_INTERVAL);
        is_due.then(|| {
            self.logged = Some((at, self.events));
            self.events - reported.unwrap_or(0)
        })
    }
}

impl WebhookLosses {
    pub(super) fn of(urls: &[Url]) -> Self {
        let receiver =
            |url: &Url| ReceiverLosses { host: url.host_str().unwrap_or_default().to_owned(), state: Mutex::default() };
        Self(Arc::new(urls.iter().map(receiver).collect()))
    }

    /// Adds events that the receiver with this number has missed.
    pub(super) fn add(&self, receiver: usize, events: u64, at: Timestamp, cause: String) {
        let Some(receiver) = self.0.get(receiver) else { return };
        if events > 0 {
            let mut state = receiver.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.events += events;
            if let Some(events) = state.due_report(at) {
                tracing::error!(host = receiver.host, events, total = state.events, why = cause, "webhook events lost");
            }
            state.last = Some((at, cause));
        }
    }

    /// The receivers that have missed events.
    pub(crate) fn all(&self) -> Vec<WebhookLoss> {
        let loss = |receiver: &ReceiverLosses| {
            let state = receiver.state.lock().unwrap_or_else(PoisonError::into_inner);
            let (last_at, cause) = state.last.clone()?;
            Some(WebhookLoss { host: receiver.host.clone(), events: state.events, last_at, cause })
        };
        self.0.iter().filter_map(loss).collect()
    }

    /// Host and number of missed events of every receiver.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|receiver| {
            let state = receiver.state.lock().unwrap_or_else(PoisonError::into_inner);
            (receiver.host.as_str(), state.events)
        })
    }
}
