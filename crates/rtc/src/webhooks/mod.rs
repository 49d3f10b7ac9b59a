//! The courier: carries what happens in the rooms to the addresses the operator named.
//!
//! In order within a room, each address for itself. A slow or absent receiver costs memory up to a bound and
//! then letters, never anything of the rooms.

mod delivery;
mod queue;

use std::sync::Arc;
use std::time::Duration;

use anteroom_app::Clock;
use anteroom_livekit::Keys;
use anteroom_livekit::webhook::RoomEvent;
use reqwest::Url;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::random_ids::{self, RandomBytes};
pub(crate) use delivery::RetryPolicy;
use delivery::{WebhookClient, WebhookEvent};
use queue::Outbox;

/// What the last letters may take when the program ends.
const PARTING: Duration = Duration::from_secs(5);

pub(crate) struct WebhookSender {
    hurry: CancellationToken,
    task: JoinHandle<()>,
}

impl WebhookSender {
    /// Starts to carry what comes out of `news`; needs a runtime.
    pub(crate) fn start(
        urls: Vec<Url>,
        keys: Keys,
        clock: Arc<dyn Clock>,
        random: RandomBytes,
        patience: RetryPolicy,
        events: mpsc::UnboundedReceiver<RoomEvent>,
    ) -> reqwest::Result<Self> {
        let hurry = CancellationToken::new();
        let post = WebhookClient { http: delivery::http()?, keys, clock, patience, hurry: hurry.clone() };
        let addresses = urls.into_iter().map(|url| Address { url, outbox: Outbox::new() }).collect();
        let round = Dispatcher { addresses, post, random, posted: JoinSet::new() };
        #[expect(clippy::disallowed_methods, reason = "joined in `finish`; ends by itself when the rooms does")]
        let task = tokio::spawn(round.walk(events));
        Ok(Self { hurry, task })
    }

    /// What has been told until now is tried once more, and then no more.
    pub(crate) async fn finish(self) {
        self.hurry.cancel();
        if timeout(PARTING, self.task).await.is_err() {
            tracing::warn!("the last webhooks were given up");
        }
    }
}

struct Address {
    url: Url,
    outbox: Outbox<Arc<WebhookEvent>>,
}

struct Dispatcher {
    addresses: Vec<Address>,
    post: WebhookClient,
    random: RandomBytes,
    /// Which address, which room, how many events were lost.
    posted: JoinSet<(usize, String, u32)>,
}

impl Dispatcher {
    async fn walk(mut self, mut events: mpsc::UnboundedReceiver<RoomEvent>) {
        let hurry = self.post.hurry.clone();
        let mut room_id = true;
        loop {
            self.post_what_may_go();
            tokio::select! {
                input_to = events.recv(), if room_id => match input_to {
                    Some(input_to) => self.write(input_to),
                    None => room_id = false,
                },
                Some(back) = self.posted.join_next() => {
                    if let Ok((address, room, lost)) = back && let Some(address) = self.addresses.get_mut(address) {
                        address.outbox.came_back(&room, lost);
                    }
                }
                // What was told before is still carried; what comes later is not.
                () = hurry.cancelled(), if !events.is_closed() => events.close(),
                else => return,
            }
        }
    }

    fn write(&mut self, events: RoomEvent) {
        let room = events.room.info.name.clone();
        let id = format!("EV_{}", random_ids::letters::<12>(&mut self.random));
        let letter = Arc::new(WebhookEvent { events, id, at: self.post.clock.now().as_second() });
        for address in &mut self.addresses {
            address.outbox.put(&room, Arc::clone(&letter));
        }
    }

    fn post_what_may_go(&mut self) {
        for (number, address) in self.addresses.iter_mut().enumerate() {
            while let Some((room, letter, dropped)) = address.outbox.take() {
                let delivery = self.post.clone().deliver(address.url.clone(), letter, dropped);
                self.posted.spawn(async move { (number, room, delivery.await) });
            }
        }
    }
}

#[cfg(test)]
mod tests;
