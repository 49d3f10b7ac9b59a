//! The worker delivers notices when they become due.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use anteroom_app::{Actor, App, Clock, Message, Messenger, MessengerError, api_keys, invitations, sessions, users};
use anteroom_domain::Role;
use anteroom_testkit::{TestSite, hours, minutes, seconds};
use async_trait::async_trait;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::yield_now;
use tokio::time::{advance, pause, resume, timeout};
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
async fn a_silent_mail_server_delays_the_shutdown_by_five_seconds() {
    let (site, host) = TestSite::start().await;
    let (app, _messenger_control, mut messages) = with_controlled_messenger(&site, 0);
    let (timers, end) = (stop_timers(), CancellationToken::new());
    let mut running = pin!(crate::run(app, end.clone()));
    let in_hand = async {
        host.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
        messages.recv().await.unwrap();
        messages.recv().await.unwrap();
    };
    tokio::select! { () = &mut running => panic!("it goes on"), () = in_hand => {} }
    end.cancel();
    for milliseconds in [0, 4_990] {
        advance(Duration::from_millis(milliseconds)).await;
        tokio::select! { () = &mut running => panic!("they may still be sent"), () = reads(&site, 50) => {} }
    }
    advance(Duration::from_millis(20)).await;
    tokio::select! { () = &mut running => {}, () = reads(&site, MANY) => panic!("it waits for the mail server") }
    drop(timers);
    resume();
    assert_eq!(site.run_due_jobs().await, 0, "they are still leased");
    site.clock.advance(minutes(5));
    assert_eq!(site.run_due_jobs().await, 2, "and done after the next start");
}

/// What was given is taken back with effect on the rooms at once. No time passes, so it does not wait for a timer.
#[tokio::test]
async fn rooms_follow_a_commit_without_a_timer() {
    let (site, host, guest) = TestSite::call().await;
    at_once(&site, async || drop(host.declines(&guest).await.unwrap()), || !guest.is_connected()).await;
    assert!(host.is_connected());
    at_once(&site, async || drop(host.ends().await.unwrap()), || site.video.closed(&host.room) == 1).await;

    let (site, host, guest) = TestSite::call().await;
    let (client, _) = site.api_client().await;
    let id = host.standing().await.appointment;
    let end_link = async || drop(invitations::replace(&site.app, &client.actor, id, Role::Guest).await.unwrap());
    at_once(&site, end_link, || !guest.is_connected()).await;
    let found = client.finds(id).await.unwrap();
    let deactivate = async || drop(users::deactivate(&site.app, &Actor::Console, found.host.id).await.unwrap());
    at_once(&site, deactivate, || !host.is_connected()).await;

    let (site, staff) = TestSite::start().await;
    let (client, _) = site.api_client().await;
    let found = staff.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let host = site.as_host(&client, found.appointment.id).await;
    host.starts().await.unwrap();
    host.connects().await.unwrap();
    let Actor::Key { id: key, .. } = &client.actor else { panic!("an API client has a key") };
    let revoke = async || api_keys::revoke(&site.app, &Actor::Console, key).await.unwrap();
    at_once(&site, revoke, || !host.is_connected()).await;
}

/// Runs the worker until the effect of the change, with stopped timers.
async fn at_once(site: &TestSite, change: impl AsyncFn(), has_effect: impl Fn() -> bool) {
    let timers = stop_timers();
    let effect = async {
        change().await;
        for _ in 0..MANY {
            if has_effect() {
                return;
            }
            reads(site, 1).await;
        }
        panic!("nothing happens unless a timer runs out");
    };
    with_worker(site.app.clone(), effect).await;
    drop(timers);
    resume();
}

/// More than any work here.
const MANY: u32 = 2_000;

/// Lets others go on for as long as so many reads take.
async fn reads(site: &TestSite, count: u32) {
    for _ in 0..count {
        site.app.store.read().await.unwrap().find_practice().await.unwrap();
    }
}

/// No timer runs out until the result is dropped, unless the test advances the clock: tokio does not do it by itself while
/// a blocking task runs.
fn stop_timers() -> std::sync::mpsc::Sender<()> {
    let (release, released) = std::sync::mpsc::channel();
    pause();
    tokio::task::spawn_blocking(move || released.recv().is_ok());
    release
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
