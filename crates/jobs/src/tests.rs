//! The worker tells what is owed, when it is owed, whatever else is slow.

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

/// A mail server that says when a letter arrives, and answers when it is allowed to.
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

/// The site's app with such a mail server, and the letters as they arrive there.
fn with_postbox(site: &TestSite, answers: usize) -> (App, Arc<Postbox>, mpsc::UnboundedReceiver<Message>) {
    let (arrived, messages) = mpsc::unbounded_channel();
    let postbox = Arc::new(Postbox { arrived, answers: Semaphore::new(answers) });
    let messenger = Arc::clone(&postbox) as Arc<dyn Messenger>;
    (App { messenger, ..site.app.clone() }, postbox, messages)
}

/// The worker at work while something happens; then it is asked to go, and goes.
async fn while_working<T>(app: App, story: impl Future<Output = T>) -> T {
    let end = CancellationToken::new();
    let story = async {
        let delivered = story.await;
        end.cancel();
        delivered
    };
    tokio::join!(crate::run(app, end.clone()), story).1
}

/// Waits until something is so; what never becomes so fails the test instead of stopping it.
async fn until(so: impl AsyncFn() -> bool) {
    let wait = async {
        while !so().await {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), wait).await.expect("it becomes so");
}

#[tokio::test]
async fn both_people_get_their_letter_as_soon_as_it_is_owed() {
    let (site, host) = TestSite::start().await;
    let (app, _postbox, mut messages) = with_postbox(&site, 2);
    while_working(app, async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        // Sooner than the worker would have looked by itself.
        timeout(crate::MAX_WAIT / 2, messages.recv()).await.unwrap().unwrap();
        messages.recv().await.unwrap();
    })
    .await;
    assert_eq!(site.drain_outbox().await, 0, "nothing is delivered twice");
}

#[tokio::test]
async fn a_room_closes_however_long_the_mail_server_takes() {
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
async fn what_is_due_later_is_told_when_its_time_has_come() {
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
async fn a_letter_that_could_not_go_out_goes_out_later() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_down(true);
    while_working(site.app.clone(), async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        until(async || site.logs.lines().iter().filter(|line| line.contains("will be tried again")).count() == 2).await;
        site.messenger.set_down(false);
        site.clock.advance(seconds(6));
        site.app.outbox_ready.notify_one();
        until(async || site.messenger.messages().len() == 2).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_is_asked_to_go_finishes_what_is_in_hand() {
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
