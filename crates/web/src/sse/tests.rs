//! Streams in virtual time: what wakes them, and what does not end them.

use std::pin::pin;
use std::sync::{Arc, Mutex};

use anteroom_app::{Error, Hub, Topic, Watch};
use anteroom_domain::UserId;
use anteroom_testkit::{ManualClock, minutes};
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::Request;
use http_body_util::BodyExt;

use super::*;
use crate::config::Quotas;
use crate::request::client_address::ClientAddress;
use crate::request::rate_limit::RateLimits;

/// A state that tests change, and how often it was loaded.
#[derive(Clone)]
struct Counter(Arc<Mutex<CounterState>>);

/// The stream of a counter.
struct CounterLive {
    counter: Counter,
    watch: Watch,
}

struct CounterState {
    loads: usize,
    changes_at: Option<Timestamp>,
    outcome: fn() -> Result<(), Problem>,
}

impl Live for CounterLive {
    async fn changed(&mut self) {
        self.watch.changed().await;
    }

    async fn load(&mut self) -> Result<Update, Problem> {
        let mut state = self.counter.0.lock().unwrap();
        state.loads += 1;
        (state.outcome)()?;
        let event = Event::default().event("count").data(state.loads.to_string());
        Ok(Update { event: Some(event), changes_at: state.changes_at.take() })
    }
}

struct Page {
    hub: Hub,
    topic: Topic,
    clock: Arc<ManualClock>,
    counter: Counter,
    shutdown: CancellationToken,
    body: Body,
}

impl Page {
    async fn open(changes_at: Option<Timestamp>) -> Self {
        let (hub, topic) = (Hub::default(), Topic::Day(UserId::new(now(), [0; 10])));
        let clock = Arc::new(ManualClock::at(now()));
        let state = CounterState { loads: 0, changes_at, outcome: || Ok(()) };
        let (counter, shutdown) = (Counter(Arc::new(Mutex::new(state))), CancellationToken::new());
        let (mut parts, ()) = Request::new(()).into_parts();
        let Ok(address) = ClientAddress::from_request_parts(&mut parts, &()).await;
        let watcher = Watcher {
            clock: clock.clone(),
            delay: Duration::ZERO,
            shutdown: shutdown.clone(),
            _slot: RateLimits::new(&Quotas::default()).stream(address).unwrap(),
            seat: None,
        };
        let live = CounterLive { counter: counter.clone(), watch: hub.watch(topic) };
        let body = stream(watcher, live).await.unwrap().into_body();
        let mut page = Self { hub, topic, clock, counter, shutdown, body };
        assert_eq!(page.next().await.unwrap(), "count 1", "the state at once");
        assert_eq!(page.next().await.unwrap(), "beat ok", "then a beat at once, which the page answers");
        page
    }

    /// The next event: its name and data.
    async fn next(&mut self) -> Option<String> {
        let frame = self.body.frame().await?.unwrap();
        let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
        Some(text.trim().replace("event: ", "").replace("\ndata: ", " "))
    }

    fn answer(&self, outcome: fn() -> Result<(), Problem>) {
        self.counter.0.lock().unwrap().outcome = outcome;
    }
}

fn now() -> Timestamp {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_idle_stream_sends_beats() {
    let mut page = Page::open(None).await;
    let opened = Instant::now();
    for beat in 1..4 {
        assert_eq!(page.next().await.unwrap(), "beat ok");
        assert_eq!(opened.elapsed().as_secs(), beat * BEAT.as_secs());
    }
}

/// A page that answers no beats is not there.
#[tokio::test(start_paused = true)]
async fn a_busy_stream_sends_beats_too() {
    let mut page = Page::open(None).await;
    let opened = Instant::now();
    let mut beats = 0;
    while opened.elapsed() < 10 * BEAT {
        page.hub.notify(page.topic);
        beats += u64::from(page.next().await.unwrap() == "beat ok");
    }
    assert!((9..=10).contains(&beats), "{beats} in ten intervals");
}

#[tokio::test(start_paused = true)]
async fn changes_in_a_quarter_of_a_second_count_as_one() {
    let mut page = Page::open(None).await;
    let opened = Instant::now();
    for _ in 0..10 {
        page.hub.notify(page.topic);
    }
    assert_eq!(page.next().await.unwrap(), "count 2");
    assert_eq!(opened.elapsed(), LOAD_INTERVAL);
    assert_eq!(page.next().await.unwrap(), "beat ok");
}

#[tokio::test(start_paused = true)]
async fn a_failing_store_does_not_end_the_stream() {
    let mut page = Page::open(None).await;
    page.answer(|| Err(Error::Internal("the disk is full").into()));
    page.hub.notify(page.topic);
    assert_eq!(page.next().await.unwrap(), "stale internal", "the page knows that it is out of date");
    assert_eq!(page.next().await.unwrap(), "beat ok");
    let failed = page.counter.0.lock().unwrap().loads;
    assert!((4..8).contains(&failed), "tried {failed} times in 8 s");
    page.answer(|| Ok(()));
    let event = page.next().await.unwrap();
    assert!(event.starts_with("count "), "{event}: no further change is needed");
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_lost_their_rights_receives_nothing() {
    let mut page = Page::open(None).await;
    page.answer(|| Err(Problem::not_logged_in()));
    page.hub.notify(page.topic);
    assert_eq!(page.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn time_alone_changes_the_state() {
    let mut page = Page::open(Some(now() + minutes(1))).await;
    let opened = Instant::now();
    while page.next().await.unwrap() == "beat ok" {
        let passed = opened.elapsed().as_secs().try_into().unwrap();
        page.clock.set(now() + anteroom_testkit::seconds(passed));
    }
    assert_eq!((opened.elapsed().as_secs(), page.counter.0.lock().unwrap().loads), (60, 2));
}

#[tokio::test(start_paused = true)]
async fn a_clock_set_forward_is_noticed_within_a_beat() {
    let mut page = Page::open(Some(now() + minutes(600))).await;
    let clock = page.clock.clone();
    {
        let mut waiting = pin!(page.next());
        tokio::select! {
            biased;
            event = &mut waiting => panic!("{event:?}: nothing has changed yet"),
            () = std::future::ready(()) => {}
        }
        clock.advance(minutes(601));
        assert_eq!(waiting.await.unwrap(), "beat ok");
    }
    assert_eq!(page.next().await.unwrap(), "count 2");
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_the_stream() {
    let mut page = Page::open(None).await;
    page.shutdown.cancel();
    assert_eq!(page.next().await, None);
}
