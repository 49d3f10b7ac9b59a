//! Events that receivers have not got and will not get, since the start: for staff and for the metrics.

use std::sync::{Arc, Mutex, PoisonError};

use anteroom_app::WebhookLoss;
use jiff::Timestamp;
use reqwest::Url;

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
