//! The worker delivers notices when they become due.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::{App, Message, Messenger, MessengerError};
use anteroom_testkit::{TestSite, hours, minutes, seconds};
use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A messenger that reports each message and responds only when permitted.
struct Postbox {
    arrived: mpsc::UnboundedSender<Message>,
    answers: Semaphore,
}

#[async_trait]
impl Messenger for Postbox {
    async fn send(&self, message: &Message) -> Result<(), MessengerError> {
        let _ = self.arrived.send(message.clone());
        self.answers.acquire().await.expect("nobody closes it").forget();
        Ok(())
    }
}

/// The site's app with such a messenger, and the reported messages.
fn with_postbox(site: &TestSite, answers: usize) -> (App, Arc<Postbox>, mpsc::UnboundedReceiver<Message>) {
    let (arrived, messages) = mpsc::unbounded_channel();
    let postbox = Arc::new(Postbox { arrived, answers: Semaphore::new(answers) });
    let messenger = Arc::clone(&postbox) as Arc<dyn Messenger>;
    (App { messenger, ..site.app.clone() }, postbox, messages)
}

/// Runs the worker during a future, then shuts it down.
async fn while_working<T>(app: App, story: impl Future<Output = T>) -> T {
    let end = CancellationToken::new();
    let story = async {
        let delivered = story.await;
        end.cancel();
        delivered
    };
    tokio::join!(crate::run(app, end.clone()), story).1
}

/// Waits for a condition, with a limit, so that a failure does not hang the test.
async fn until(so: impl AsyncFn() -> bool) {
    let wait = async {
        while !so().await {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), wait).await.expect("it becomes so");
}

#[tokio::test]
async fn messages_are_sent_as_soon_as_posted() {
    let (site, host) = TestSite::start().await;
    let (app, _postbox, mut messages) = with_postbox(&site, 2);
    while_working(app, async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        // Sooner than the maximum wait of the worker.
        timeout(crate::MAX_WAIT / 2, messages.recv()).await.unwrap().unwrap();
        messages.recv().await.unwrap();
    })
    .await;
    assert_eq!(site.drain_outbox().await, 0, "nothing is delivered twice");
}

#[tokio::test]
async fn a_slow_mail_server_does_not_delay_closing_a_room() {
    let (site, staff) = TestSite::start().await;
    let found = staff.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.drain_outbox().await;
    let (host, _guest) = site.participants(&found).await;
    host.starts().await.unwrap();
    let (app, postbox, mut messages) = with_postbox(&site, 0);
    while_working(app, async {
        staff.books_and_confirms(&site.persona("Robin"), minutes(60)).await;
        messages.recv().await.unwrap();
        host.ends().await.unwrap();
        until(async || site.video.closed(&host.room) == 1).await;
        postbox.answers.add_permits(2);
    })
    .await;
}

#[tokio::test]
async fn a_later_notice_is_delivered_at_its_due_time() {
    let (site, host, guest) = TestSite::call().await;
    while_working(site.app.clone(), async {
        host.loses_connection().await;
        guest.loses_connection().await;
        assert_eq!(site.video.closed(&host.room), 0);
        site.clock.advance(hours(3));
        site.app.outbox_ready.notify_one();
        until(async || site.video.closed(&host.room) == 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_message_is_sent_later() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_down(true);
    while_working(site.app.clone(), async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        until(async || site.logs.lines().iter().filter(|line| line.contains("will be retried")).count() == 2).await;
        site.messenger.set_down(false);
        site.clock.advance(seconds(6));
        site.app.outbox_ready.notify_one();
        until(async || site.messenger.messages().len() == 2).await;
    })
    .await;
}

#[tokio::test]
async fn shutdown_finishes_the_current_batch() {
    let (site, host) = TestSite::start().await;
    let (app, postbox, mut messages) = with_postbox(&site, 0);
    let end = CancellationToken::new();
    let story = async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        messages.recv().await.unwrap();
        end.cancel();
        postbox.answers.add_permits(2);
    };
    tokio::join!(crate::run(app, end.clone()), story);
    site.clock.advance(hours(1));
    assert_eq!(site.drain_outbox().await, 0, "what was delivered is gone");
}
