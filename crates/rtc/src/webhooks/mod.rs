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
use anteroom_livekit::webhook::News;
use reqwest::Url;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::random_ids::{self, Chance};
pub(crate) use delivery::Patience;
use delivery::{Letter, Post};
use queue::Outbox;

/// What the last letters may take when the program ends.
const PARTING: Duration = Duration::from_secs(5);

pub(crate) struct Courier {
    hurry: CancellationToken,
    task: JoinHandle<()>,
}

impl Courier {
    /// Starts to carry what comes out of `news`; needs a runtime.
    pub(crate) fn start(
        urls: Vec<Url>,
        keys: Keys,
        clock: Arc<dyn Clock>,
        chance: Chance,
        patience: Patience,
        news: mpsc::UnboundedReceiver<News>,
    ) -> reqwest::Result<Self> {
        let hurry = CancellationToken::new();
        let post = Post { http: delivery::http()?, keys, clock, patience, hurry: hurry.clone() };
        let addresses = urls.into_iter().map(|url| Address { url, outbox: Outbox::new() }).collect();
        let round = Round { addresses, post, chance, posted: JoinSet::new() };
        #[expect(clippy::disallowed_methods, reason = "joined in `finish`; ends by itself when the hall does")]
        let task = tokio::spawn(round.walk(news));
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
    outbox: Outbox<Arc<Letter>>,
}

struct Round {
    addresses: Vec<Address>,
    post: Post,
    chance: Chance,
    /// Which address, which room, how many events were lost.
    posted: JoinSet<(usize, String, u32)>,
}

impl Round {
    async fn walk(mut self, mut news: mpsc::UnboundedReceiver<News>) {
        let hurry = self.post.hurry.clone();
        let mut open = true;
        loop {
            self.post_what_may_go();
            tokio::select! {
                told = news.recv(), if open => match told {
                    Some(told) => self.write(told),
                    None => open = false,
                },
                Some(back) = self.posted.join_next() => {
                    if let Ok((address, room, lost)) = back && let Some(address) = self.addresses.get_mut(address) {
                        address.outbox.came_back(&room, lost);
                    }
                }
                // What was told before is still carried; what comes later is not.
                () = hurry.cancelled(), if !news.is_closed() => news.close(),
                else => return,
            }
        }
    }

    fn write(&mut self, news: News) {
        let room = news.room.facts.name.clone();
        let id = format!("EV_{}", random_ids::letters::<12>(&mut self.chance));
        let letter = Arc::new(Letter { news, id, at: self.post.clock.now().as_second() });
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
