//! Lists longer than one answer: each row is reached once, and pages show how many there are.

use std::collections::BTreeSet;

use anteroom_app::{invitations, sessions, waiting_room};
use anteroom_testkit::{hours, minutes};
use axum::http::StatusCode;

use crate::client::{Client, Reply, Server};
use crate::site::TestSite;

/// A day of 450 appointments, of which the last ones are near.
async fn long_day() -> (TestSite, Server, BTreeSet<String>) {
    let site = TestSite::start().await;
    site.logs.forbid("Long Lister");
    let ids = site.books_long_list(site.host.id, site.app.clock.now() - hours(1)).await;
    let server = Server::of(&site);
    (site, server, ids.iter().map(ToString::to_string).collect())
}

/// The values of an attribute, in order.
fn values(page: &str, attribute: &str) -> Vec<String> {
    let (start, mut found) = (format!(" {attribute}=\""), Vec::new());
    for rest in page.split(&start).skip(1) {
        found.extend(rest.split('"').next().map(ToOwned::to_owned));
    }
    found
}

/// The address of the part that a page links to.
fn part(page: &Reply, direction: &str) -> Option<String> {
    let (_, link) = page.body.split_once(&format!("rel=\"{direction}\" href=\""))?;
    Some(link.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test]
async fn api_client_reads_every_appointment_once() {
    let (site, server, ids) = long_day().await;
    let client = api_client(&site, &server).await;
    for (limit, requests) in [("", 3), ("&limit=200", 3), ("&limit=7", 65), ("&limit=150", 3)] {
        let from = format!("/api/v1/appointments?from={}{limit}", site.app.clock.now() - hours(2));
        let (mut seen, mut sent, mut path) = (Vec::new(), 0, Some(from.clone()));
        while let Some(next) = path.take() {
            let answer = client.get(&next).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let value = answer.value();
            let listed = value["appointments"].as_array().unwrap();
            seen.extend(listed.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
            path = value["next"].as_str().map(|next| format!("{from}&after={next}"));
            sent += 1;
        }
        assert_eq!((seen.len(), sent), (450, requests));
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ids);
    }
}

#[tokio::test]
async fn cursors_and_limits_that_are_none_are_refused_by_name() {
    let (site, server, _) = long_day().await;
    let client = api_client(&site, &server).await;
    let first = client.get(&format!("/api/v1/appointments?from={}", site.app.clock.now() - hours(2))).await.value();
    let cursor = first["next"].as_str().unwrap();
    for (field, value) in [
        ("after", "x"),
        ("after", ""),
        ("after", "%00"),
        ("after", &cursor[..47]),
        ("after", &cursor.to_uppercase()),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "-1"),
        ("limit", "many"),
    ] {
        let answer = client.get(&format!("/api/v1/appointments?{field}={value}")).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{value}");
        assert!(answer.body.contains(&format!("\"{field}\"")), "{}", answer.body);
    }
    let page = server.logged_in(&site, &site.host).await;
    for query in ["after=x", "before=x", &format!("after={cursor}&before={cursor}")] {
        for path in ["/day", "/day/live"] {
            let client = Client { accept: "application/json", ..page.clone() };
            let answer = client.get(&format!("{path}?{query}")).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "bad_cursor"), "{query}");
        }
    }
}

/// An API client, which sees the appointments of all hosts.
async fn api_client(site: &TestSite, server: &Server) -> Client {
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    server.api_client(login.secret.reveal())
}

#[tokio::test]
async fn parts_of_a_day_link_to_each_other() {
    let (site, server, ids) = long_day().await;
    for user in [&site.host, &site.admin] {
        let browser = server.logged_in(&site, user).await;
        let (mut seen, mut places, mut path) = (Vec::new(), Vec::new(), Some("/day".to_owned()));
        let mut last = String::new();
        while let Some(next) = path.take() {
            let page = browser.get(&next).await;
            page.shows("450 appointments");
            seen.extend(values(&page.body, "data-appointment"));
            places.extend(
                ["1 to 200 of 450", "201 to 400 of 450", "401 to 450 of 450"]
                    .into_iter()
                    .filter(|place| page.body.contains(place)),
            );
            path = part(&page, "next");
            last = next;
        }
        assert_eq!(places, ["1 to 200 of 450", "201 to 400 of 450", "401 to 450 of 450"]);
        assert_eq!((seen.len(), seen.iter().cloned().collect::<BTreeSet<_>>()), (450, ids.clone()));

        let middle = browser.get(&part(&browser.get(&last).await, "prev").unwrap()).await;
        assert_eq!(values(&middle.body, "data-appointment"), seen[200..400]);
        let first = browser.get(&part(&middle, "prev").unwrap()).await;
        assert_eq!(values(&first.body, "data-appointment"), seen[..200]);
        assert_eq!((part(&first, "prev"), part(&first, "next").is_some()), (None, true));
    }
}

/// Who waits in row 201 is shown on every part, and counted.
#[tokio::test]
async fn guests_who_wait_on_another_part_are_shown() {
    let (site, server, _) = long_day().await;
    site.clock.advance(minutes(1));
    let booked = site.confirmed_for_colleague(5).await;
    let guest = invitations::open(&site.app, &booked.guest_secret.parse().unwrap()).await.unwrap();
    waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    let browser = server.logged_in(&site, &site.admin).await;
    let first = browser.get("/day").await;
    first.shows("451 appointments, 1 person is waiting");
    first.shows("Waiting, in another part of this list");
    first.shows(r#"data-tone="waiting""#);
    assert_eq!(values(&first.body, "data-appointment").len(), 201);
    let last = browser.get(&part(&browser.get(&part(&first, "next").unwrap()).await, "next").unwrap()).await;
    assert!(!last.body.contains("in another part") && last.body.contains(r#"data-tone="waiting""#), "{}", last.body);
}

#[tokio::test]
async fn a_day_without_further_parts_shows_no_place() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    site.booked_in(60).await;
    let page = server.logged_in(&site, &site.host).await.get("/day").await;
    assert!(page.body.contains("1 appointment") && !page.body.contains("Parts of this day"), "{}", page.body);
}

#[tokio::test]
async fn coming_up_shows_how_many_there_are_and_links_to_the_next_day() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    for day in 1..=9 {
        site.booked_in(day * 24 * 60).await;
    }
    let page = server.logged_in(&site, &site.host).await.get("/day").await;
    page.shows("4 more until Friday 4 December 2026");
    page.shows(r#"<a href="/day?date=2026-11-26">Thursday 26 November 2026</a>"#);
    let later = server.logged_in(&site, &site.host).await.get("/day?date=2026-11-26").await;
    assert!(later.body.contains("Coming up") && !later.body.contains(" more until "), "{}", later.body);
}
