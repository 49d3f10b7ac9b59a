//! Many streams of one consultation or day: what they cost, and what they do while the database fails.

use std::num::NonZeroU32;
use std::time::Duration;

use anteroom_app::{Actor, appointments, invitations, practices, waiting_room};
use anteroom_testkit::seconds;
use anteroom_web::{Config, Quota, Quotas};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::client::{Client, Server};
use crate::site::TestSite;

/// Open streams of one path.
struct Streams(Vec<Response<Body>>);

impl Streams {
    async fn open(client: &Client, path: &str, count: usize) -> Self {
        let client = Client { accept: "text/event-stream", ..client.clone() };
        let mut streams = Vec::new();
        for _ in 0..count {
            let stream = client.send_streaming(Method::GET, path, "", String::new()).await;
            assert_eq!(stream.status(), 200);
            streams.push(stream);
        }
        let mut streams = Self(streams);
        streams.until("").await;
        streams
    }

    /// Reads each stream until an event contains this text.
    async fn until(&mut self, text: &str) {
        for stream in &mut self.0 {
            let read = async {
                loop {
                    let frame = stream.body_mut().frame().await.expect("the stream goes on").unwrap();
                    let event = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
                    if !event.starts_with("event: beat") && event.contains(text) {
                        return;
                    }
                }
            };
            timeout(Duration::from_secs(30), read).await.unwrap_or_else(|_| panic!("no event contains {text}"));
        }
    }
}

async fn guest_of(site: &TestSite, secret: &str) -> Actor {
    invitations::open(&site.app, &secret.parse().unwrap()).await.unwrap()
}

#[tokio::test]
async fn fifty_streams_cost_as_many_statements_as_one() {
    let mut costs = Vec::new();
    for count in [1, 50] {
        let site = TestSite::start().await;
        let quotas = Quotas { streams_per_seat: count, ..Quotas::default() };
        let server = Server::with(&site, Config { quotas, ..Config::new("http://anteroom.test".parse().unwrap()) });
        let booked = site.confirmed_in(5).await;
        let guest = guest_of(&site, &booked.guest_secret).await;
        let mut pages = Streams::open(&server.anonymous(), &format!("/join/{}/live", booked.host_secret), count).await;
        let admin = server.logged_in(&site, &site.admin).await;
        let mut days = Streams::open(&admin, "/day/live", count).await;
        let before = site.app.store.statements();
        waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
        let entering = site.app.store.statements() - before;
        pages.until("\"entry\":\"waiting\"").await;
        days.until("1 person is waiting").await;
        costs.push(site.app.store.statements() - before - entering);
    }
    assert_eq!(costs[0], costs[1], "statements after one change, for one watcher and for fifty");
    // Both pages read the people of their appointments with a statement of its own, and the day what did not arrive.
    assert!(costs[0] <= 10, "{costs:?}");
}

/// Hosts who were added after the page was opened, too.
#[tokio::test]
async fn an_open_day_of_an_administrator_shows_hosts_added_later() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let admin = server.logged_in(&site, &site.admin).await;
    let mut day = Streams::open(&admin, "/day/live", 1).await;
    let later = site.added_later().await;
    let booking = site.booking_in(5);
    appointments::book(&site.app, &Actor::Staff(later), booking).await.unwrap();
    day.until("with <bdi>Lea Later</bdi>").await;
}

#[tokio::test]
async fn a_change_of_the_practice_reaches_open_pages() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(20).await;
    let mut page = Streams::open(&server.anonymous(), &format!("/join/{}/live", booked.guest_secret), 1).await;
    let mut day = Streams::open(&server.logged_in(&site, &site.host).await, "/day/live", 1).await;
    let changes = practices::Changes {
        name: "Praxis am Fluss".to_owned(),
        pack: "clinic".to_owned(),
        language: "en".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        opens_before: 30,
        closes_after: 30,
        who_may_end: "host".to_owned(),
        version: None,
    };
    practices::change(&site.app, &Actor::Staff(site.admin.clone()), changes).await.unwrap();
    page.until("Praxis am Fluss").await;
    day.until("Praxis am Fluss").await;
}

#[tokio::test]
async fn streams_go_on_while_the_database_fails() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let guest = guest_of(&site, &booked.guest_secret).await;
    let mut pages = Streams::open(&server.anonymous(), &format!("/join/{}/live", booked.host_secret), 4).await;
    site.set_database_broken(true);
    site.app.hub.notify_all(); // as after a change by another program
    pages.until("event: stale").await;
    site.set_database_broken(false);
    site.logs.clear_errors();
    waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    pages.until("\"entry\":\"waiting\"").await;
    site.logs.clear_errors();
}

/// Pages keep a row that is newer than the one of a late answer.
#[tokio::test]
async fn rows_of_a_day_carry_versions_that_grow() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let guest = guest_of(&site, &booked.guest_secret).await;
    let host = server.logged_in(&site, &site.host).await;
    let mut versions = Vec::new();
    for n in 0..3 {
        let page = host.get("/day").await.body;
        let (_, version) = page.split_once("data-version=\"").expect("a row with a version");
        versions.push(version.split('"').next().unwrap().parse::<i64>().unwrap());
        site.clock.set(site.app.clock.now() - seconds(10)); // of no importance
        match n {
            0 => waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap(),
            _ => waiting_room::leave(&site.app, &guest, booked.consultation, None).await.unwrap(),
        };
    }
    assert!(versions.is_sorted_by(|older, newer| older < newer), "{versions:?}");
}

/// Two tabs and a reload are three; the page that was opened last always works.
#[tokio::test]
async fn a_fifth_stream_of_a_seat_ends_the_oldest_by_name() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let (guest, host) = (format!("/join/{}/live", booked.guest_secret), format!("/join/{}/live", booked.host_secret));
    let mut hosts = Streams::open(&server.anonymous(), &host, 4).await;
    let mut guests = Streams::open(&server.anonymous(), &guest, 4).await;
    let newest = Client { address: [198, 51, 100, 7], ..server.anonymous() };
    let mut fifth = Streams::open(&newest, &guest, 1).await;
    let mut oldest = Streams(vec![guests.0.remove(0)]);
    oldest.until("event: superseded\ndata: too_many_streams").await;
    assert!(oldest.0[0].body_mut().frame().await.is_none(), "it ends");
    let actor = guest_of(&site, &booked.guest_secret).await;
    waiting_room::enter(&site.app, &actor, booked.consultation, None).await.unwrap();
    for streams in [&mut guests, &mut fifth, &mut hosts] {
        streams.until("\"entry\":\"waiting\"").await;
    }
    drop(guests);
    let mut reloaded = Streams::open(&server.anonymous(), &guest, 3).await;
    waiting_room::leave(&site.app, &actor, booked.consultation, None).await.unwrap();
    fifth.until("\"entry\":\"left\"").await;
    reloaded.until("\"entry\":\"left\"").await;
}

/// Refilled once a minute.
const fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

#[tokio::test]
async fn a_guest_who_enters_and_leaves_in_a_loop_has_to_wait() {
    let site = TestSite::start().await;
    let slow = Quotas::default(); // refilled more slowly, because this test may take a while
    let (seat_reads, seat_writes) =
        (Quota { per_minute: one(), ..slow.seat_reads }, Quota { per_minute: one(), ..slow.seat_writes });
    let quotas = Quotas { seat_reads, seat_writes, ..slow };
    let server = Server::with(&site, Config { quotas, ..Config::new("http://anteroom.test".parse().unwrap()) });
    let (booked, other) = (site.confirmed_in(5).await, site.confirmed_for_colleague(5).await);
    let entry = |secret: &str| format!("/join/{secret}/entry");
    let mut answers = Vec::new();
    for n in 0..30 {
        let client = Client { accept: "application/json", address: [198, 51, 100, n], ..server.anonymous() };
        let method = if n % 2 == 0 { Method::POST } else { Method::DELETE };
        answers.push(client.json(method, &entry(&booked.guest_secret), serde_json::json!({})).await);
    }
    let refused = answers.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).count();
    assert!((15..=20).contains(&refused), "{refused} of 30 were refused, from whatever address");
    assert!(answers[29].header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    let client = Client { accept: "application/json", ..server.anonymous() };
    let entered = client.json(Method::POST, &entry(&other.guest_secret), serde_json::json!({})).await;
    assert_eq!(entered.status, StatusCode::OK, "another guest behind the same address");
    for _ in 0..60 {
        client.get(&format!("/join/{}/state", booked.guest_secret)).await;
    }
    let state = async |secret: &str| client.get(&format!("/join/{secret}/state")).await.status;
    assert_eq!(state(&booked.guest_secret).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(state(&booked.host_secret).await, StatusCode::OK, "the host of the same consultation");
}
