//! What a webhook receiver gets, whatever it answers.

use std::sync::Mutex;

use anteroom_app::WebhookLoss;
use anteroom_signalling::{Event, RoomInfo, RoomSnapshot};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::*;
use crate::event_queue::event_queue;

/// Retries at once, and longer than any machine is busy.
const PERSISTENT: RetryPolicy = RetryPolicy {
    first_delay: Duration::from_millis(1),
    max_delay: Duration::from_millis(2),
    give_up_after: Duration::from_secs(60),
};
/// Gives up soon; how often it has tried by then does not matter.
const QUICK: RetryPolicy = RetryPolicy { give_up_after: Duration::from_millis(200), ..PERSISTENT };

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_795_174_200).unwrap()
    }
}

type Respond = Arc<dyn Fn(usize, &[u8]) -> Response + Send + Sync>;

/// Answers the n-th request with `respond` and records all of them.
#[derive(Clone)]
struct Receiver {
    respond: Respond,
    requests: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let mut requests = receiver.requests.lock().unwrap();
    requests.push((headers, body.clone()));
    (receiver.respond)(requests.len(), &body)
}

impl Receiver {
    async fn answering(respond: impl Fn(usize, &[u8]) -> Response + Send + Sync + 'static) -> (Self, Url) {
        let receiver = Self { respond: Arc::new(respond), requests: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, url)
    }

    /// Event, room and `numDropped` of each request.
    fn read(&self) -> Vec<(String, String, u64)> {
        let requests = self.requests.lock().unwrap();
        let events = requests.iter().map(|(_, body)| serde_json::from_slice::<serde_json::Value>(body).unwrap());
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        events
            .map(|it| (text(&it["event"]), text(&it["room"]["name"]), it["numDropped"].as_u64().unwrap_or(0)))
            .collect()
    }
}

fn keys() -> Keys {
    Keys::single("devkey", "secret")
}

fn room_event(room: &str, event: Event) -> RoomEvent {
    let info = RoomInfo { name: room.to_owned(), ..RoomInfo::default() };
    RoomEvent { room: RoomSnapshot { info, people: 0, publishers: 0 }, event }
}

/// Sends all events, waits for the last attempt and returns what was given up.
async fn deliver_all(retry: RetryPolicy, urls: Vec<Url>, events: Vec<RoomEvent>) -> Vec<WebhookLoss> {
    let dropped = Dropped::default();
    let (sender, receive) = event_queue(100, dropped.clone());
    let webhooks = WebhookSender::start(
        urls,
        keys(),
        Arc::new(FixedClock),
        Box::new(|bytes| bytes.fill(7)),
        retry,
        (receive, dropped),
    )
    .unwrap();
    for event in events {
        sender.send(event);
    }
    drop(sender);
    webhooks.task.await.unwrap();
    webhooks.losses.all()
}

fn room_lifecycle(room: &str) -> Vec<RoomEvent> {
    vec![room_event(room, Event::RoomStarted), room_event(room, Event::RoomFinished(None))]
}

fn delivered(event: &str, room: &str, dropped: u64) -> (String, String, u64) {
    (event.to_owned(), room.to_owned(), dropped)
}

#[tokio::test]
async fn webhook_is_signed_with_the_api_secret() {
    let (receiver, url) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    deliver_all(PERSISTENT, vec![url], vec![room_event("a", Event::RoomStarted)]).await;
    let requests = receiver.requests.lock().unwrap();
    let (headers, body) = &requests[0];
    assert_eq!(headers[header::CONTENT_TYPE], "application/webhook+json");
    let token = headers[header::AUTHORIZATION].to_str().unwrap();
    let claims = keys().verify(token, FixedClock.now().as_second()).unwrap();
    assert!(!claims.sha256.is_empty());
    let event: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!((event["id"].as_str(), event["createdAt"].as_str()), (Some("EV_HHHHHHHHHHHH"), Some("1795174200")));
}

#[tokio::test]
async fn failed_delivery_is_retried_with_same_id_before_next_event() {
    let respond = |n: usize, _: &[u8]| if n < 4 { StatusCode::BAD_GATEWAY } else { StatusCode::OK }.into_response();
    let (receiver, url) = Receiver::answering(respond).await;
    deliver_all(PERSISTENT, vec![url], room_lifecycle("a")).await;
    let expected = ["room_started", "room_started", "room_started", "room_started", "room_finished"];
    assert_eq!(receiver.read(), expected.map(|event| delivered(event, "a", 0)));
    let requests = receiver.requests.lock().unwrap();
    assert_eq!(requests[0].1, requests[3].1);
}

#[tokio::test]
async fn refused_event_is_not_retried_and_next_reports_num_dropped() {
    let respond = |n: usize, _: &[u8]| if n == 1 { StatusCode::NOT_FOUND } else { StatusCode::OK }.into_response();
    let (receiver, url) = Receiver::answering(respond).await;
    let lost = deliver_all(PERSISTENT, vec![url], room_lifecycle("a")).await;
    assert_eq!(receiver.read(), [delivered("room_started", "a", 0), delivered("room_finished", "a", 1)]);
    assert_eq!(lost, [loss(1, "404")]);
}

fn loss(events: u64, cause: &str) -> WebhookLoss {
    WebhookLoss { host: "127.0.0.1".to_owned(), events, last_at: FixedClock.now(), cause: cause.to_owned() }
}

/// Each is counted once, although later events repeat the number to the receiver.
#[tokio::test]
async fn events_given_up_are_counted_for_staff_by_receiver() {
    let (_accepts, good) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    let (_refuses, bad) = Receiver::answering(|_, _| StatusCode::GONE.into_response()).await;
    let events = ["a", "b"].map(room_lifecycle).concat();
    assert_eq!(deliver_all(PERSISTENT, vec![good, bad], events).await, [loss(4, "410")]);
    let (_accepts, good) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    assert_eq!(deliver_all(PERSISTENT, vec![good], room_lifecycle("a")).await, []);
}

#[test]
fn loss_is_a_metric_of_its_receiver() {
    let urls: Vec<Url> =
        ["http://u:secret@a.example/x?key=secret", "http://b.example"].map(|url| url.parse().unwrap()).into();
    let losses = WebhookLosses::of(&urls);
    losses.add(1, 2, FixedClock.now(), "503".to_owned());
    losses.add(1, 3, FixedClock.now(), "504".to_owned());
    losses.add(0, 0, FixedClock.now(), "none".to_owned());
    assert_eq!(losses.counts().collect::<Vec<_>>(), [("a.example", 0), ("b.example", 5)]);
    assert_eq!(losses.all(), [WebhookLoss { host: "b.example".to_owned(), ..loss(5, "504") }]);
}

/// The lines that the work logs on this thread.
fn logged(work: impl FnOnce()) -> Vec<String> {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().without_time().with_ansi(false).with_writer(move || writer.clone());
    tracing::subscriber::with_default(subscriber.finish(), work);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn losses_of_a_receiver_are_one_line_a_minute() {
    let urls: Vec<Url> =
        ["http://u:secret@a.example/x?key=secret", "http://b.example"].map(|url| url.parse().unwrap()).into();
    let losses = WebhookLosses::of(&urls);
    let lines = logged(|| {
        for (receiver, events, after) in
            [(0, 1, 0), (0, 2, 1), (1, 4, 1), (0, 0, 59), (0, 3, 59), (0, 5, 60), (0, 1, 61)]
        {
            losses.add(receiver, events, FixedClock.now() + Duration::from_secs(after), QUEUE_FULL.to_owned());
        }
    });
    let expected = [("a.example", 1, 1), ("b.example", 4, 4), ("a.example", 10, 11)];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, (host, events, total)) in lines.iter().zip(expected) {
        let fields = format!("host=\"{host}\" events={events} total={total} why=\"{QUEUE_FULL}\"");
        assert!(line.contains(&fields) && line.contains("ERROR") && !line.contains("secret"), "{line}");
    }
}

/// Its slot is free again: the room's next event is tried.
#[tokio::test]
async fn a_delivery_that_panics_is_a_loss() {
    let (receiver, url) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    // No instant is that late: the delivery panics.
    let panics = RetryPolicy { give_up_after: Duration::MAX, ..PERSISTENT };
    assert_eq!(deliver_all(panics, vec![url], room_lifecycle("a")).await, [loss(2, PANICKED)]);
    assert!(receiver.read().is_empty());
}

#[tokio::test]
async fn unavailable_receiver_misses_events_and_gets_their_number() {
    let (receiver, url) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    let mut unreachable = url.clone();
    unreachable.set_port(Some(1)).unwrap();
    deliver_all(QUICK, vec![unreachable, url], room_lifecycle("a")).await;
    assert_eq!(
        receiver.read(),
        [delivered("room_started", "a", 0), delivered("room_finished", "a", 0)],
        "URLs are independent"
    );
    // Unavailable for `room_started`, however often it is retried.
    let respond = |_: usize, body: &[u8]| {
        let away = String::from_utf8_lossy(body).contains("room_started");
        if away { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }.into_response()
    };
    let (receiver, url) = Receiver::answering(respond).await;
    deliver_all(QUICK, vec![url], room_lifecycle("a")).await;
    assert_eq!(receiver.read().last(), Some(&delivered("room_finished", "a", 1)));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (other, elsewhere) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    let respond = move |_: usize, _: &[u8]| {
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, elsewhere.as_str())]).into_response()
    };
    let (receiver, url) = Receiver::answering(respond).await;
    deliver_all(PERSISTENT, vec![url], vec![room_event("a", Event::RoomStarted)]).await;
    assert_eq!((receiver.read().len(), other.read().len()), (1, 0));
}

#[tokio::test]
async fn shutdown_tries_each_queued_event_once() {
    let (receiver, url) = Receiver::answering(|_, _| StatusCode::SERVICE_UNAVAILABLE.into_response()).await;
    let dropped = Dropped::default();
    let (sender, receive) = event_queue(100, dropped.clone());
    let endless =
        RetryPolicy { first_delay: Duration::from_secs(3_600), give_up_after: Duration::from_secs(7_200), ..QUICK };
    let webhooks = WebhookSender::start(
        vec![url],
        keys(),
        Arc::new(FixedClock),
        Box::new(|bytes| bytes.fill(7)),
        endless,
        (receive, dropped),
    )
    .unwrap();
    for room in ["a", "b"] {
        sender.send(room_event(room, Event::RoomStarted));
    }
    webhooks.finish().await;
    assert!(receiver.read().len() <= 4, "once before the end, and once because of it");
    let mut rooms: Vec<_> = receiver.read().into_iter().map(|(_, room, _)| room).collect();
    rooms.sort();
    rooms.dedup();
    assert_eq!(rooms, ["a", "b"]);
    assert!(sender.is_closed());
}
