//! The worker delivers notices when they become due.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use anteroom_app::{Actor, App, Clock, Message, Messenger, MessengerError, sessions};
use anteroom_testkit::{TestSite, hours, minutes, seconds};
use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::yield_now;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A messenger that reports each message and responds only when permitted.
struct ControlledMessenger {
    arrived: mpsc::UnboundedSender<Message>,
    answers: Semaphore,
}

#[async_trait]
impl Messenger for ControlledMessenger {
    async fn send(&self, message: &Message) -> Result<(), MessengerError> {
        let _ = self.arrived.send(message.clone());
        self.answers.acquire().await.expect("nobody closes it").forget();
        Ok(())
    }
}

/// The site's app with such a messenger, and the reported messages.
fn with_controlled_messenger(
    site: &TestSite,
    answers: usize,
) -> (App, Arc<ControlledMessenger>, mpsc::UnboundedReceiver<Message>) {
    let (arrived, messages) = mpsc::unbounded_channel();
    let messenger_control = Arc::new(ControlledMessenger { arrived, answers: Semaphore::new(answers) });
    let messenger = Arc::clone(&messenger_control) as Arc<dyn Messenger>;
    (App { messenger, ..site.app.clone() }, messenger_control, messages)
}

/// Runs the worker during a future, then shuts it down.
async fn with_worker<T>(app: App, scenario: impl Future<Output = T>) -> T {
    let end = CancellationToken::new();
    let scenario = async {
        let delivered = scenario.await;
        end.cancel();
        delivered
    };
    tokio::join!(crate::run(app, end.clone()), scenario).1
}

/// Waits for a condition, with a limit, so that a failure does not hang the test.
async fn eventually(condition: impl AsyncFn() -> bool) {
    let wait = async {
        while !condition().await {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), wait).await.expect("the condition holds in time");
}

#[tokio::test]
async fn messages_are_sent_as_soon_as_posted() {
    let (site, host) = TestSite::start().await;
    let (app, _postbox, mut messages) = with_controlled_messenger(&site, 2);
    with_worker(app, async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        // Sooner than the maximum wait of the worker.
        timeout(crate::MAX_WAIT / 2, messages.recv()).await.unwrap().unwrap();
        messages.recv().await.unwrap();
    })
    .await;
    assert_eq!(site.run_due_jobs().await, 0, "nothing is delivered twice");
}

#[tokio::test]
async fn a_slow_mail_server_does_not_delay_closing_a_room() {
    let (site, staff) = TestSite::start().await;
    let found = staff.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let (host, _guest) = site.participants(&found).await;
    host.starts().await.unwrap();
    let (app, messenger_control, mut messages) = with_controlled_messenger(&site, 0);
    with_worker(app, async {
        staff.books_and_confirms(&site.persona("Robin"), minutes(60)).await;
        messages.recv().await.unwrap();
        host.ends().await.unwrap();
        eventually(async || site.video.closed(&host.room) == 1).await;
        messenger_control.answers.add_permits(2);
    })
    .await;
}

#[tokio::test]
async fn a_later_notice_is_delivered_at_its_due_time() {
    let (site, host, guest) = TestSite::call().await;
    with_worker(site.app.clone(), async {
        host.loses_connection().await;
        guest.loses_connection().await;
        assert_eq!(site.video.closed(&host.room), 0);
        site.clock.advance(hours(3));
        site.app.jobs_ready.notify_one();
        eventually(async || site.video.closed(&host.room) == 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_message_is_sent_later() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_down(true);
    with_worker(site.app.clone(), async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        eventually(async || site.logs.lines().iter().filter(|line| line.contains("will be retried")).count() == 2)
            .await;
        site.messenger.set_down(false);
        site.clock.advance(seconds(6));
        site.app.jobs_ready.notify_one();
        eventually(async || site.messenger.messages().len() == 2).await;
    })
    .await;
}

/// A mail server that accepts connections and never answers must not keep a service manager waiting.
#[tokio::test]
async fn shutdown_leaves_a_job_in_hand_after_the_grace_period() {
    let (site, host) = TestSite::start().await;
    let (app, _messenger_control, mut messages) = with_controlled_messenger(&site, 0);
    let begun = CancellationToken::new();
    let scenario = async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        messages.recv().await.unwrap();
        messages.recv().await.unwrap();
        begun.cancel();
    };
    let shutdown = crate::Shutdown { begun: begun.clone(), grace: Duration::ZERO };
    timeout(Duration::from_secs(60), async { tokio::join!(crate::run_with_grace(app, shutdown), scenario) })
        .await
        .expect("it does not wait for the mail server");
    assert_eq!(site.run_due_jobs().await, 0, "they are still leased");
    site.clock.advance(minutes(5));
    assert_eq!(site.run_due_jobs().await, 2, "and done after the next start");
}

#[tokio::test]
async fn a_recipient_whose_mail_server_is_slow_delays_no_other() {
    let (site, host) = TestSite::start().await;
    let (app, messenger_control, mut messages) = with_controlled_messenger(&site, 0);
    with_worker(app, async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        messages.recv().await.unwrap();
        messages.recv().await.unwrap(); // while the first is not answered
        messenger_control.answers.add_permits(2);
    })
    .await;
}

/// Panics for the first message.
struct PanickingMessenger(AtomicBool);

#[async_trait]
impl Messenger for PanickingMessenger {
    async fn send(&self, _: &Message) -> Result<(), MessengerError> {
        if self.0.swap(false, SeqCst) {
            std::panic::resume_unwind(Box::new("intended panic, without a message"));
        }
        Ok(())
    }
}

/// A defect in one message must not end the workers of all lanes.
#[tokio::test]
async fn a_panic_in_a_job_ends_no_worker() {
    let (site, host) = TestSite::start().await;
    let messenger = Arc::new(PanickingMessenger(AtomicBool::new(true)));
    let app = App { messenger, ..site.app.clone() };
    with_worker(app, async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        eventually(async || site.logs.lines().iter().any(|line| line.contains("it panicked"))).await;
        site.clock.advance(seconds(6));
        site.app.jobs_ready.notify_one();
        eventually(async || {
            let counts = site.app.store.read().await.unwrap().lane_counts(site.clock.now()).await.unwrap();
            counts.iter().all(|(_, counts)| counts.due == 0)
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn without_a_mail_server_messages_wait() {
    let (site, host) = TestSite::start().await;
    site.messenger.set_missing(true);
    let guest = site.persona("Jamie");
    with_worker(site.app.clone(), async {
        host.books_and_confirms(&guest, minutes(60)).await;
        site.clock.advance(minutes(10));
    })
    .await;
    assert_eq!(site.messenger.messages().len(), 0);
    assert!(site.logs.lines().iter().all(|line| !line.contains("job failed")), "nothing was tried");
    site.messenger.set_missing(false);
    assert_eq!(site.run_due_jobs().await, 2);
}

#[tokio::test]
async fn shutdown_finishes_the_jobs_in_hand() {
    let (site, host) = TestSite::start().await;
    let (app, messenger_control, mut messages) = with_controlled_messenger(&site, 0);
    let end = CancellationToken::new();
    let scenario = async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        messages.recv().await.unwrap();
        messages.recv().await.unwrap();
        end.cancel();
        messenger_control.answers.add_permits(2);
    };
    tokio::join!(crate::run(app, end.clone()), scenario);
    site.clock.advance(hours(1));
    assert_eq!(site.run_due_jobs().await, 0, "what was delivered is gone");
}

#[tokio::test]
async fn the_worker_deletes_expired_sessions() {
    let (site, host) = TestSite::start().await;
    let Actor::Staff(user) = host.actor.clone() else { panic!("a host is a person") };
    sessions::open(&site.app, user).await.unwrap();
    site.clock.advance(hours(12));
    let sessions = async || site.app.store.read().await.unwrap().sessions_of(host.id()).await.unwrap();
    assert_eq!(sessions().await.len(), 1);
    with_worker(site.app.clone(), eventually(async || sessions().await.is_empty())).await;
}
