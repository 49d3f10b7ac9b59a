//! What a receiver of webhooks gets, whatever it does.

use std::sync::Mutex;

use anteroom_livekit::RoomInfo;
use anteroom_livekit::server_api::RoomSnapshot;
use anteroom_livekit::webhook::Event;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::*;

const QUICK: RetryPolicy = RetryPolicy {
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(2),
    in_all: Duration::from_millis(200),
};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_795_174_200).unwrap()
    }
}

type Said = Arc<dyn Fn(usize, &[u8]) -> Response + Send + Sync>;

/// Answers its n-th letter with what `said` says, and keeps them all.
#[derive(Clone)]
struct Receiver {
    said: Said,
    got: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let mut got = receiver.got.lock().unwrap();
    got.push((headers, body.clone()));
    (receiver.said)(got.len(), &body)
}

impl Receiver {
    async fn answering(said: impl Fn(usize, &[u8]) -> Response + Send + Sync + 'static) -> (Self, Url) {
        let receiver = Self { said: Arc::new(said), got: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        #[expect(clippy::disallowed_methods, reason = "ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, url)
    }

    /// Event, room, `numDropped` of each letter.
    fn read(&self) -> Vec<(String, String, u64)> {
        let got = self.got.lock().unwrap();
        let letters = got.iter().map(|(_, body)| serde_json::from_slice::<serde_json::Value>(body).unwrap());
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        letters
            .map(|it| (text(&it["event"]), text(&it["room"]["name"]), it["numDropped"].as_u64().unwrap_or(0)))
            .collect()
    }
}

fn keys() -> Keys {
    Keys::single("devkey", "secret")
}

fn events(room: &str, event: Event) -> RoomEvent {
    let facts = RoomInfo { name: room.to_owned(), ..RoomInfo::default() };
    RoomEvent { room: RoomSnapshot { info: facts, people: 0, publishers: 0 }, event }
}

/// Carries all of it and waits until nothing more is tried.
async fn carry(urls: Vec<Url>, input_to: Vec<RoomEvent>) {
    let (tell, receive) = mpsc::unbounded_channel();
    let courier =
        WebhookSender::start(urls, keys(), Arc::new(Noon), Box::new(|bytes| bytes.fill(7)), QUICK, receive).unwrap();
    for events in input_to {
        tell.send(events).unwrap();
    }
    drop(tell);
    courier.task.await.unwrap();
}

fn life(room: &str) -> Vec<RoomEvent> {
    vec![events(room, Event::RoomStarted), events(room, Event::RoomFinished(None))]
}

fn line(event: &str, room: &str, dropped: u64) -> (String, String, u64) {
    (event.to_owned(), room.to_owned(), dropped)
}

#[tokio::test]
async fn a_letter_can_be_proved_to_come_from_us() {
    let (receiver, url) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    carry(vec![url], vec![events("a", Event::RoomStarted)]).await;
    let got = receiver.got.lock().unwrap();
    let (headers, body) = &got[0];
    assert_eq!(headers[header::CONTENT_TYPE], "application/webhook+json");
    let token = headers[header::AUTHORIZATION].to_str().unwrap();
    let claims = keys().verify(token, Noon.now().as_second()).unwrap();
    assert!(!claims.sha256.is_empty());
    let letter: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!((letter["id"].as_str(), letter["createdAt"].as_str()), (Some("EV_HHHHHHHHHHHH"), Some("1795174200")));
}

#[tokio::test]
async fn a_letter_is_tried_again_under_the_same_name_and_the_next_one_waits_for_it() {
    let said = |n: usize, _: &[u8]| if n < 4 { StatusCode::BAD_GATEWAY } else { StatusCode::OK }.into_response();
    let (receiver, url) = Receiver::answering(said).await;
    carry(vec![url], life("a")).await;
    let expected = ["room_started", "room_started", "room_started", "room_started", "room_finished"];
    assert_eq!(receiver.read(), expected.map(|event| line(event, "a", 0)));
    let got = receiver.got.lock().unwrap();
    assert_eq!(got[0].1, got[3].1);
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again_and_the_next_letter_says_that_one_is_missing() {
    let said = |n: usize, _: &[u8]| if n == 1 { StatusCode::NOT_FOUND } else { StatusCode::OK }.into_response();
    let (receiver, url) = Receiver::answering(said).await;
    carry(vec![url], life("a")).await;
    assert_eq!(receiver.read(), [line("room_started", "a", 0), line("room_finished", "a", 1)]);
}

#[tokio::test]
async fn a_receiver_that_is_away_too_long_misses_letters_and_learns_how_many() {
    let (receiver, url) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    let mut dark = url.clone();
    dark.set_port(Some(1)).unwrap();
    carry(vec![dark, url], life("a")).await;
    assert_eq!(receiver.read(), [line("room_started", "a", 0), line("room_finished", "a", 0)], "each for itself");
    // Away while it is told of the start, however long that takes.
    let said = |_: usize, body: &[u8]| {
        let away = String::from_utf8_lossy(body).contains("room_started");
        if away { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }.into_response()
    };
    let (receiver, url) = Receiver::answering(said).await;
    carry(vec![url], life("a")).await;
    assert_eq!(receiver.read().last(), Some(&line("room_finished", "a", 1)));
}

#[tokio::test]
async fn we_are_led_nowhere_else() {
    let (other, elsewhere) = Receiver::answering(|_, _| StatusCode::OK.into_response()).await;
    let said = move |_: usize, _: &[u8]| {
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, elsewhere.as_str())]).into_response()
    };
    let (receiver, url) = Receiver::answering(said).await;
    carry(vec![url], vec![events("a", Event::RoomStarted)]).await;
    assert_eq!((receiver.read().len(), other.read().len()), (1, 0));
}

#[tokio::test]
async fn at_the_end_what_is_left_is_tried_once() {
    let (receiver, url) = Receiver::answering(|_, _| StatusCode::SERVICE_UNAVAILABLE.into_response()).await;
    let (tell, receive) = mpsc::unbounded_channel();
    let endless = RetryPolicy { first_pause: Duration::from_secs(3_600), in_all: Duration::from_secs(7_200), ..QUICK };
    let courier =
        WebhookSender::start(vec![url], keys(), Arc::new(Noon), Box::new(|bytes| bytes.fill(7)), endless, receive)
            .unwrap();
    for room in ["a", "b"] {
        tell.send(events(room, Event::RoomStarted)).unwrap();
    }
    courier.finish().await;
    assert!(receiver.read().len() <= 4, "once before the end, and once because of it");
    let mut rooms: Vec<_> = receiver.read().into_iter().map(|(_, room, _)| room).collect();
    rooms.sort();
    rooms.dedup();
    assert_eq!(rooms, ["a", "b"]);
    assert!(tell.send(events("c", Event::RoomStarted)).is_err());
}
