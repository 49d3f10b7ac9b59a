//! SSE streams: an event at once and after each change; revoked callers receive nothing.

use std::time::Duration;

use anteroom_app::{consultations, invitations, sessions, waiting_room};
use anteroom_testkit::{hours, seconds};
use anteroom_web::{Config, Quotas};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::client::{Client, Server};
use crate::site::TestSite;

/// Name and data of the next event of a stream, except beats.
pub(crate) async fn next(stream: &mut Response<Body>) -> Option<(String, String)> {
    loop {
        let event = next_or_beat(stream).await?;
        if event.0 != "beat" {
            return Some(event);
        }
    }
}

async fn next_or_beat(stream: &mut Response<Body>) -> Option<(String, String)> {
    let frame = timeout(Duration::from_secs(30), stream.body_mut().frame()).await;
    let frame = frame.expect("the stream goes on or ends")?.unwrap();
    let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
    let lines = |kind: &str| text.lines().filter_map(|line| line.strip_prefix(kind)).collect::<Vec<_>>().join("\n");
    Some((lines("event: "), lines("data: ")))
}

#[tokio::test]
async fn guest_receives_standing_at_once_and_after_each_change() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let guest = Client { accept: "text/event-stream", ..server.anonymous() };
    let mut stream =
        guest.send_streaming(Method::GET, &format!("/join/{}/live", booked.guest_secret), "", String::new()).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(stream.headers()["cache-control"], "no-cache");
    let standing_of = |(name, data): (String, String)| {
        assert_eq!(name, "standing");
        serde_json::from_str::<serde_json::Value>(&data).unwrap()
    };
    assert_eq!(standing_of(next(&mut stream).await.unwrap())["entry"], "outside");

    let actor_of = async |secret: &str| invitations::open(&site.app, &secret.parse().unwrap()).await;
    let (guest, host) = (actor_of(&booked.guest_secret).await.unwrap(), actor_of(&booked.host_secret).await.unwrap());
    waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    assert_eq!(standing_of(next(&mut stream).await.unwrap())["entry"], "waiting");
    consultations::start(&site.app, &host, booked.consultation).await.unwrap();
    let standing = standing_of(next(&mut stream).await.unwrap());
    assert_eq!((&standing["entry"], &standing["consultation"]["state"]), (&"admitted".into(), &"live".into()));
    assert_eq!(standing["people"].as_array().unwrap().len(), 1, "a guest sees only the host");

    server.shutdown.cancel();
    assert!(next(&mut stream).await.is_none(), "the stream ends at shutdown");
}

#[tokio::test]
async fn day_stream_shows_waiting_guests() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    for user in [&site.host, &site.admin] {
        let client = Client { accept: "text/event-stream", ..server.logged_in(&site, user).await };
        let mut stream = client.send_streaming(Method::GET, "/day/live", "", String::new()).await;
        let (name, list) = next(&mut stream).await.unwrap();
        assert_eq!(name, "day");
        assert!(list.contains("Mara Lindt") && list.contains(r#"data-waiting="0""#), "{list}");
        let guest = invitations::open(&site.app, &booked.guest_secret.parse().unwrap()).await.unwrap();
        waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
        let (_, list) = next(&mut stream).await.unwrap();
        assert!(list.contains("1 person is waiting") && list.contains(r#"data-tone="waiting""#), "{list}");
        waiting_room::leave(&site.app, &guest, booked.consultation, None).await.unwrap();
    }
}

#[tokio::test]
async fn day_stream_keeps_the_language_of_its_page() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let client = Client { accept: "text/event-stream", ..server.logged_in(&site, &site.host).await };
    let mut stream = client.send_streaming(Method::GET, "/day/live?lang=de", "", String::new()).await;
    let (_, whole) = next(&mut stream).await.unwrap();
    assert!(whole.contains("Freitag, 20. November 2026") && whole.contains("Bestätigt"), "{whole}");
    assert!(whole.contains("Neuer Termin") && !whole.contains("New appointment"), "{whole}");
    let guest = invitations::open(&site.app, &booked.guest_secret.parse().unwrap()).await.unwrap();
    waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    let (_, list) = next(&mut stream).await.unwrap();
    assert!(list.contains("1 Termin, 1 Person wartet") && list.contains("Raum öffnen"), "{list}");
}

#[tokio::test]
async fn day_stream_without_a_date_follows_the_calendar() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    site.clock.advance(hours(12)); // a login lasts twelve hours
    let booked = site.confirmed_in(5).await;
    site.booked_in(24 * 60).await;
    let client = Client { accept: "text/event-stream", ..server.logged_in(&site, &site.host).await };
    let mut stream = client.send_streaming(Method::GET, "/day/live", "", String::new()).await;
    let (_, whole) = next(&mut stream).await.unwrap();
    assert!(whole.contains("Friday 20 November 2026") && whole.contains("Coming up"), "{whole}");
    let guest = invitations::open(&site.app, &booked.guest_secret.parse().unwrap()).await.unwrap();
    waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    let (_, list) = next(&mut stream).await.unwrap();
    assert!(list.contains("day-list") && !list.contains("Friday 20 November 2026"), "{list}");

    site.clock.advance(hours(2)); // midnight in Berlin
    site.app.hub.notify_all();
    let (_, whole) = next(&mut stream).await.unwrap();
    assert!(whole.contains("Saturday 21 November 2026") && whole.contains("Today"), "{whole}");
}

#[tokio::test]
async fn the_page_that_loses_the_seat_is_notified_at_once() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let page = |rest: &str, tab: u8| format!("/join/{}/{rest}?tab={tab}", booked.guest_secret);
    let (guest, reader) = (server.anonymous(), Client { accept: "text/event-stream", ..server.anonymous() });
    let place = |data: &str| serde_json::from_str::<serde_json::Value>(data).unwrap()["place"].clone();
    let mut first = reader.send_streaming(Method::GET, &page("live", 1), "", String::new()).await;
    assert!(place(&next(&mut first).await.unwrap().1).is_null());
    let enters = async |tab| guest.send(Method::POST, &page("entry", tab), "", String::new()).await.value();
    assert_eq!(enters(1).await["place"], "here");
    assert_eq!(place(&next(&mut first).await.unwrap().1), "here");

    assert_eq!(enters(2).await["place"], "here");
    let notified = timeout(Duration::from_secs(2), next(&mut first)).await.expect("without asking");
    assert_eq!(place(&notified.unwrap().1), "elsewhere");
    assert_eq!(guest.get(&page("state", 1)).await.value()["place"], "elsewhere");
    assert!(guest.get(&format!("/join/{}/state", booked.guest_secret)).await.value()["place"].is_null());
    let host = guest.get(&format!("/join/{}/state", booked.host_secret)).await.value();
    assert_eq!(host["people"][0]["moved_at"], host["now"]);
}

/// The host's view of the guest: entry, presence and when they were there last.
async fn seen_by_host(server: &Server, host_secret: &str) -> (String, String, String) {
    let host = Client { accept: "*/*", ..server.anonymous() };
    let state = host.get(&format!("/join/{host_secret}/state")).await.value();
    let text = |field: &str| state["people"][0][field].as_str().unwrap_or_default().to_owned();
    (text("entry"), text("presence"), text("seen_at"))
}

fn view(entry: &str, presence: &str, seen_at: &str) -> (String, String, String) {
    (entry.to_owned(), presence.to_owned(), seen_at.to_owned())
}

#[tokio::test]
async fn host_sees_whether_the_page_of_a_guest_is_open() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let host = &booked.host_secret;
    assert_eq!(seen_by_host(&server, host).await, view("outside", "", ""), "not opened yet");

    let client = Client { accept: "text/event-stream", ..server.anonymous() };
    let path = format!("/join/{}/live", booked.guest_secret);
    let mut stream = client.send_streaming(Method::GET, &path, "", String::new()).await;
    let (_, standing) = next(&mut stream).await.unwrap();
    let standing: serde_json::Value = serde_json::from_str(&standing).unwrap();
    assert_eq!(standing["people"][0]["presence"], serde_json::Value::Null, "a guest is not shown where the host is");
    assert_eq!(seen_by_host(&server, host).await, view("outside", "here", ""));

    let page = loop {
        let (name, data) = next_or_beat(&mut stream).await.unwrap();
        if name == "beat" {
            break data;
        }
    };
    let answer = async |page: &str, visible: bool| {
        let body = serde_json::json!({ "page": page, "visible": visible });
        client.json(Method::POST, &format!("/join/{}/presence", booked.guest_secret), body).await.status
    };
    assert_eq!(answer(&page, false).await, StatusCode::NO_CONTENT);
    assert_eq!(seen_by_host(&server, host).await, view("outside", "away", ""));
    assert_eq!(answer(&page, true).await, StatusCode::NO_CONTENT);

    let guest = invitations::open(&site.app, &booked.guest_secret.parse().unwrap()).await.unwrap();
    waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    assert_eq!(seen_by_host(&server, host).await, view("waiting", "here", ""));
    drop(stream); // the tab is closed
    let closed_at = site.app.clock.now();
    assert_eq!(answer(&page, true).await, StatusCode::NOT_FOUND, "the page is not open any more");
    site.clock.advance(seconds(19));
    assert_eq!(seen_by_host(&server, host).await, view("waiting", "here", ""), "it may be a reload");
    site.clock.advance(seconds(1));
    assert_eq!(seen_by_host(&server, host).await, view("waiting", "gone", &closed_at.to_string()));
    let day = server.logged_in(&site, &site.host).await.get("/day").await;
    day.shows("Was here until 10:00");
    day.shows(r#"data-waiting="0""#);
}

#[tokio::test]
async fn waiting_ends_with_the_join_window() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let guest = invitations::open(&site.app, &booked.guest_secret.parse().unwrap()).await.unwrap();
    waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    let client = Client { accept: "text/event-stream", ..server.anonymous() };
    let path = format!("/join/{}/live", booked.guest_secret);
    let mut stream = client.send_streaming(Method::GET, &path, "", String::new()).await;
    next(&mut stream).await.unwrap();
    let day = async || server.logged_in(&site, &site.host).await.get("/day").await;
    day().await.shows("1 person is waiting");

    site.clock.advance(hours(4)); // the tab is still open
    let day = day().await;
    day.shows("Doctor did not come");
    day.shows(r#"data-waiting="0""#);
    assert!(!day.body.contains("240 min"), "{}", day.body);
    assert_eq!(seen_by_host(&server, &booked.host_secret).await.0, "left");
}

#[tokio::test]
async fn colleague_receives_no_appointments_of_another_host() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    site.confirmed_in(5).await;
    let client = Client { accept: "text/event-stream", ..server.logged_in(&site, &site.colleague).await };
    let mut stream = client.send_streaming(Method::GET, "/day/live", "", String::new()).await;
    let (_, list) = next(&mut stream).await.unwrap();
    assert!(!list.contains("Mara"), "{list}");
}

#[tokio::test]
async fn logging_out_ends_the_streams_at_once() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let client = Client { accept: "text/event-stream", ..server.logged_in(&site, &site.host).await };
    for path in ["/day/live".to_owned(), format!("/appointments/{}/consultation/live", booked.appointment)] {
        let client = Client { accept: "text/event-stream", ..server.logged_in(&site, &site.host).await };
        let mut stream = client.send_streaming(Method::GET, &path, "", String::new()).await;
        next(&mut stream).await.unwrap();
        let secret = client.cookie.as_deref().unwrap().trim_start_matches("anteroom=").parse().unwrap();
        sessions::log_out(&site.app, &secret).await.unwrap();
        assert!(next(&mut stream).await.is_none(), "{path}");
    }
    let mut other = client.send_streaming(Method::GET, "/day/live", "", String::new()).await;
    assert!(next(&mut other).await.is_some(), "the other session of the same person goes on");
}

#[tokio::test]
async fn streams_are_limited_per_address() {
    let site = TestSite::start().await;
    let quotas = Quotas { streams: 2, ..Quotas::default() };
    let server = Server::with(&site, Config { quotas, ..Config::new("http://anteroom.test".parse().unwrap()) });
    let booked = site.confirmed_in(5).await;
    let path = format!("/join/{}/live", booked.guest_secret);
    let guest = server.anonymous();
    let open = async || guest.send_streaming(Method::GET, &path, "", String::new()).await;
    let (first, _second) = (open().await, open().await);
    assert_eq!(open().await.status(), StatusCode::TOO_MANY_REQUESTS);
    drop(first);
    assert_eq!(open().await.status(), StatusCode::OK, "a closed stream releases its slot");
}
