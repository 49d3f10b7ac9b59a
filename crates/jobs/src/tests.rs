//! The worker tells what is owed, when it is owed, whatever else is slow.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anteroom_app::{App, Letter, Messenger, MessengerError};
use anteroom_testkit::{TestSite, hours, minutes, seconds};
use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A mail server that says when a letter arrives, and answers when it is allowed to.
struct Postbox {
    arrived: mpsc::UnboundedSender<Letter>,
    answers: Semaphore,
}

#[async_trait]
impl Messenger for Postbox {
    async fn send(&self, letter: &Letter) -> Result<(), MessengerError> {
        let _ = self.arrived.send(letter.clone());
        self.answers.acquire().await.expect("nobody closes it").forget();
        Ok(())
    }
}

/// The site's app with such a mail server, and the letters as they arrive there.
fn with_postbox(site: &TestSite, answers: usize) -> (App, Arc<Postbox>, mpsc::UnboundedReceiver<Letter>) {
    let (arrived, letters) = mpsc::unbounded_channel();
    let postbox = Arc::new(Postbox { arrived, answers: Semaphore::new(answers) });
    let messenger = Arc::clone(&postbox) as Arc<dyn Messenger>;
    (App { messenger, ..site.app.clone() }, postbox, letters)
}

/// The worker at work while something happens; then it is asked to go, and goes.
async fn while_working<T>(app: App, story: impl Future<Output = T>) -> T {
    let end = CancellationToken::new();
    let story = async {
        let told = story.await;
        end.cancel();
        told
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
    let (app, _postbox, mut letters) = with_postbox(&site, 2);
    while_working(app, async {
        host.agrees_with(&site.persona("Jamie"), minutes(60)).await;
        // Sooner than the worker would have looked by itself.
        timeout(crate::REST / 2, letters.recv()).await.unwrap().unwrap();
        letters.recv().await.unwrap();
    })
    .await;
    assert_eq!(site.drain_outbox().await, 0, "nothing is told twice");
}

#[tokio::test]
async fn a_room_closes_however_long_the_mail_server_takes() {
    let (site, staff) = TestSite::start().await;
    let found = staff.agrees_with(&site.persona("Jamie"), minutes(5)).await;
    site.drain_outbox().await;
    let (host, _guest) = site.seats(&found).await;
    host.starts().await.unwrap();
    let (app, postbox, mut letters) = with_postbox(&site, 0);
    while_working(app, async {
        staff.agrees_with(&site.persona("Robin"), minutes(60)).await;
        letters.recv().await.unwrap();
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
        host.loses_the_connection().await;
        guest.loses_the_connection().await;
        assert_eq!(site.video.closed(&host.room), 0);
        site.clock.advance(hours(3));
        site.app.bell.notify_one();
        until(async || site.video.closed(&host.room) == 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_could_not_go_out_goes_out_later() {
    let (site, host) = TestSite::start().await;
    site.mailbox.goes_down(true);
    while_working(site.app.clone(), async {
        host.agrees_with(&site.persona("Jamie"), minutes(60)).await;
        until(async || site.logs.lines().iter().filter(|line| line.contains("will be tried again")).count() == 2).await;
        site.mailbox.goes_down(false);
        site.clock.advance(seconds(6));
        site.app.bell.notify_one();
        until(async || site.mailbox.letters().len() == 2).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_is_asked_to_go_finishes_what_is_in_hand() {
    let (site, host) = TestSite::start().await;
    let (app, postbox, mut letters) = with_postbox(&site, 0);
    let end = CancellationToken::new();
    let story = async {
        host.agrees_with(&site.persona("Jamie"), minutes(60)).await;
        letters.recv().await.unwrap();
        end.cancel();
        postbox.answers.add_permits(2);
    };
    tokio::join!(crate::run(app, end.clone()), story);
    site.clock.advance(hours(1));
    assert_eq!(site.drain_outbox().await, 0, "what was told is gone");
}
