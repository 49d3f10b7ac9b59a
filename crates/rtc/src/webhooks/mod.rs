//! Webhooks: sends room events to the URLs the operator configured.
//!
//! In order within a room, independently for each URL. A slow or absent receiver costs bounded memory and then events;
//! it never blocks the rooms.

mod delivery;
mod losses;
mod queue;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::Clock;
use anteroom_livekit::Keys;
use anteroom_signalling::RoomEvent;
pub(crate) use delivery::RetryPolicy;
use delivery::{WebhookClient, WebhookEvent};
use futures_util::FutureExt;
pub(crate) use losses::WebhookLosses;
use queue::WebhookQueue;
use reqwest::Url;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::event_queue::Dropped;
use crate::random_ids::{self, RandomBytes};

/// Time allowed for the last deliveries at shutdown.
const FINISH_TIMEOUT: Duration = Duration::from_secs(5);

/// Why an event was dropped that no delivery was tried for.
const QUEUE_FULL: &str = "too many events are waiting";

/// Why an event was dropped whose delivery has a fault of ours.
const PANICKED: &str = "it panicked";

pub(crate) struct WebhookSender {
    pub(crate) losses: WebhookLosses,
    no_retry: CancellationToken,
    task: JoinHandle<()>,
}

impl WebhookSender {
    /// Sends everything received from `events`; needs a Tokio runtime.
    pub(crate) fn start(
        urls: Vec<Url>,
        keys: Keys,
        clock: Arc<dyn Clock>,
        random: RandomBytes,
        retry: RetryPolicy,
        (events, dropped): (mpsc::Receiver<RoomEvent>, Dropped),
    ) -> reqwest::Result<Self> {
        let no_retry = CancellationToken::new();
        let client = WebhookClient { http: delivery::http()?, keys, clock, retry, no_retry: no_retry.clone() };
        let losses = WebhookLosses::of(&urls);
        let endpoints = urls.into_iter().map(|url| Endpoint { url, queue: WebhookQueue::new() }).collect();
        let (in_flight, reported) = (JoinSet::new(), losses.clone());
        let dispatcher = Dispatcher { endpoints, client, random, in_flight, dropped, missed: 0, losses };
        #[expect(clippy::disallowed_methods, reason = "joined in `finish`; ends by itself when the rooms do")]
        let task = tokio::spawn(dispatcher.run(events));
        Ok(Self { losses: reported, no_retry, task })
    }

    /// Tries every queued event once more, without further retries.
    pub(crate) async fn finish(self) {
        self.no_retry.cancel();
        if timeout(FINISH_TIMEOUT, self.task).await.is_err() {
            tracing::warn!("webhooks not sent before shutdown: dropped");
        }
    }
}

struct Endpoint {
    url: Url,
    queue: WebhookQueue<Arc<WebhookEvent>>,
}

struct Dispatcher {
    endpoints: Vec<Endpoint>,
    client: WebhookClient,
    random: RandomBytes,
    in_flight: JoinSet<FinishedDelivery>,
    /// Events that the rooms could not hand over, and how many of them were reported.
    dropped: Dropped,
    missed: u64,
    losses: WebhookLosses,
}

struct FinishedDelivery {
    /// Index of the endpoint.
    endpoint: usize,
    room: String,
    /// How many events dropped before it were reported with it.
    dropped: u32,
    /// Why it was given up.
    result: Result<(), String>,
}

impl Dispatcher {
    async fn run(mut self, mut events: mpsc::Receiver<RoomEvent>) {
        let no_retry = self.client.no_retry.clone();
        let mut open = true;
        loop {
            self.send_ready();
            tokio::select! {
                event = events.recv(), if open => match event {
                    Some(event) => self.enqueue(event),
                    None => open = false,
                },
                Some(done) = self.in_flight.join_next() => done.into_iter().for_each(|done| self.finished(done)),
                // Events received before are still sent; later ones are not accepted.
                () = no_retry.cancelled(), if !events.is_closed() => events.close(),
                else => return,
            }
        }
    }

    fn enqueue(&mut self, room_event: RoomEvent) {
        let room = room_event.room.info.name.clone();
        let id = format!("EV_{}", random_ids::letters::<12>(&mut self.random));
        let event = Arc::new(WebhookEvent { room_event, id, at: self.client.clock.now().as_second() });
        let missed = self.dropped.count();
        let lost = missed - std::mem::replace(&mut self.missed, missed);
        for (number, endpoint) in self.endpoints.iter_mut().enumerate() {
            endpoint.queue.missed(lost);
            let is_queued = endpoint.queue.push(&room, Arc::clone(&event));
            self.losses.add(number, lost + u64::from(!is_queued), self.client.clock.now(), QUEUE_FULL.to_owned());
        }
    }

    fn finished(&mut self, done: FinishedDelivery) {
        let FinishedDelivery { endpoint: number, room, dropped, result } = done;
        let Some(endpoint) = self.endpoints.get_mut(number) else { return };
        match result {
            Ok(()) => endpoint.queue.finished(&room, 0),
            Err(why) => {
                self.losses.add(number, 1, self.client.clock.now(), why);
                endpoint.queue.finished(&room, dropped.saturating_add(1));
            }
        }
    }

    fn send_ready(&mut self) {
        for (number, endpoint) in self.endpoints.iter_mut().enumerate() {
            while let Some((room, event, dropped)) = endpoint.queue.take() {
                let delivery = self.client.clone().deliver(endpoint.url.clone(), event, dropped);
                self.in_flight.spawn(async move {
                    // The room's next event waits for this result, also after a panic.
                    let result = AssertUnwindSafe(delivery).catch_unwind().await;
                    let result = result.unwrap_or_else(|_| Err(PANICKED.to_owned()));
                    FinishedDelivery { endpoint: number, room, dropped, result }
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
