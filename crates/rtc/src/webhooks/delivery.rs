//! Delivers one webhook event to one URL. The retry policy: exponential backoff while a retry may help.

use std::sync::Arc;
use std::time::Duration;

use anteroom_app::Clock;
use anteroom_livekit::{Keys, webhook};
use anteroom_signalling::RoomEvent;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url, header};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

/// When to retry, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// Before the second attempt; doubles with each.
    pub(crate) first_delay: Duration,
    pub(crate) max_delay: Duration,
    /// Then the event is dropped: a receiver that is being redeployed is back by then.
    pub(crate) give_up_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { first_delay: seconds(1), max_delay: seconds(30), give_up_after: seconds(300) }
    }
}

/// One event with what all its deliveries have in common.
pub(super) struct WebhookEvent {
    pub(super) room_event: RoomEvent,
    /// The same for every attempt and every URL.
    pub(super) id: String,
    /// Seconds since 1970.
    pub(super) at: i64,
}

/// What every delivery needs.
#[derive(Clone)]
pub(super) struct WebhookClient {
    pub(super) http: Client,
    pub(super) keys: Keys,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) retry: RetryPolicy,
    /// Once cancelled, nothing is retried.
    pub(super) no_retry: CancellationToken,
}

#[derive(Debug)]
enum Outcome {
    Delivered,
    /// Failed for now.
    RetryLater(String),
    /// A retry would not help.
    Refused(StatusCode),
}

/// A client that follows no redirects.
pub(super) fn http() -> reqwest::Result<Client> {
    let user_agent = concat!("Anteroom/", env!("CARGO_PKG_VERSION"));
    let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_TIMEOUT).timeout(RESPONSE_TIMEOUT);
    client.user_agent(user_agent).build()
}

impl WebhookClient {
    /// Returns why the event was given up, if it was.
    pub(super) async fn deliver(self, url: Url, event: Arc<WebhookEvent>, dropped: u32) -> Result<(), String> {
        let body = webhook::body(&event.room_event, &event.id, event.at, dropped);
        let give_up = Instant::now() + self.retry.give_up_after;
        let mut pause = self.retry.first_delay;
        loop {
            let why = match self.attempt(&url, &body).await {
                Outcome::Delivered => return Ok(()),
                Outcome::RetryLater(why) => why,
                Outcome::Refused(status) => return Err(given_up(&url, &event, status.as_str().to_owned())),
            };
            let again = Instant::now() + pause;
            if again > give_up || self.no_retry.is_cancelled() {
                return Err(given_up(&url, &event, why));
            }
            pause = (pause * 2).min(self.retry.max_delay);
            let _ = timeout_at(again, self.no_retry.cancelled()).await;
        }
    }

    async fn attempt(&self, url: &Url, body: &[u8]) -> Outcome {
        let signature = webhook::sign(body, &self.keys, self.clock.now().as_second());
        let request = self.http.post(url.clone()).body(body.to_owned());
        let request = request.header(header::CONTENT_TYPE, webhook::CONTENT_TYPE);
        match request.header(header::AUTHORIZATION, signature).send().await {
            Ok(answer) => outcome_of(answer.status()),
            // Without the URL: it may contain a password.
            Err(error) => Outcome::RetryLater(error.without_url().to_string()),
        }
    }
}

/// Not a line of the ordinary log: while a receiver is absent there is one for every event. `WebhookLosses` logs those.
fn given_up(url: &Url, event: &WebhookEvent, why: String) -> String {
    let (name, host) = (webhook::event_name(&event.room_event.event), url.host_str().unwrap_or_default());
    tracing::debug!(event = name, id = event.id, host, why, "webhook delivery failed permanently");
    why
}

/// A redirect counts as a refusal: events go only to the URLs the operator configured.
fn outcome_of(status: StatusCode) -> Outcome {
    let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    if status.is_success() {
        Outcome::Delivered
    } else if status.is_server_error() || later.contains(&status) {
        Outcome::RetryLater(status.as_str().to_owned())
    } else {
        Outcome::Refused(status)
    }
}
