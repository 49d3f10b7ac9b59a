//! One letter to one address: tried again while that may help, and given up when it no longer does.

use std::sync::Arc;
use std::time::Duration;

use anteroom_app::Clock;
use anteroom_livekit::Keys;
use anteroom_livekit::webhook::{self, RoomEvent};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url, header};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

const CONNECTING: Duration = Duration::from_secs(5);
const ANSWERING: Duration = Duration::from_secs(10);

/// How long a receiver may be away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// Before the second try; doubles with each.
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
    /// After this the letter is given up: a receiver that was redeployed is back by then.
    pub(crate) in_all: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { first_pause: seconds(1), longest_pause: seconds(30), in_all: seconds(300) }
    }
}

/// Something that happened, as it is told.
pub(super) struct WebhookEvent {
    pub(super) events: RoomEvent,
    /// The same for every try and every address.
    pub(super) id: String,
    /// Seconds since 1970.
    pub(super) at: i64,
}

/// What every letter is posted with.
#[derive(Clone)]
pub(super) struct WebhookClient {
    pub(super) http: Client,
    pub(super) keys: Keys,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) patience: RetryPolicy,
    /// From then on nothing is tried again.
    pub(super) hurry: CancellationToken,
}

#[derive(Debug)]
enum Outcome {
    Delivered,
    /// Not now.
    Later(String),
    /// Never.
    Refused(StatusCode),
}

/// A client that goes nowhere but where it was told.
pub(super) fn http() -> reqwest::Result<Client> {
    let server_info = concat!("Anteroom/", env!("CARGO_PKG_VERSION"));
    let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECTING).timeout(ANSWERING);
    client.user_agent(server_info).build()
}

impl WebhookClient {
    /// How many events the receiver has not been told of in the end.
    pub(super) async fn deliver(self, url: Url, letter: Arc<WebhookEvent>, dropped: u32) -> u32 {
        let body = letter.events.body(&letter.id, letter.at, dropped);
        let give_up = Instant::now() + self.patience.in_all;
        let mut pause = self.patience.first_pause;
        loop {
            let why = match self.attempt(&url, &body).await {
                Outcome::Delivered => return 0,
                Outcome::Later(why) => why,
                Outcome::Refused(status) => {
                    self.lost(&url, &letter, status.as_str());
                    return dropped.saturating_add(1);
                }
            };
            let again = Instant::now() + pause;
            if again > give_up || self.hurry.is_cancelled() {
                self.lost(&url, &letter, &why);
                return dropped.saturating_add(1);
            }
            pause = (pause * 2).min(self.patience.longest_pause);
            let _ = timeout_at(again, self.hurry.cancelled()).await;
        }
    }

    async fn attempt(&self, url: &Url, body: &[u8]) -> Outcome {
        let signature = webhook::sign(body, &self.keys, self.clock.now().as_second());
        let request = self.http.post(url.clone()).body(body.to_owned());
        let request = request.header(header::CONTENT_TYPE, webhook::CONTENT_TYPE);
        match request.header(header::AUTHORIZATION, signature).send().await {
            Ok(answer) => judge(answer.status()),
            // Without the address: it may hold a password.
            Err(error) => Outcome::Later(error.without_url().to_string()),
        }
    }

    fn lost(&self, url: &Url, letter: &WebhookEvent, why: &str) {
        let (event, host) = (letter.events.event.name(), url.host_str().unwrap_or_default());
        tracing::warn!(event, id = letter.id, host, why, "a webhook was given up");
    }
}

/// A redirect is a refusal: what happens in our rooms is told to whom the operator named, and to nobody else.
fn judge(status: StatusCode) -> Outcome {
    let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    if status.is_success() {
        Outcome::Delivered
    } else if status.is_server_error() || later.contains(&status) {
        Outcome::Later(status.as_str().to_owned())
    } else {
        Outcome::Refused(status)
    }
}
