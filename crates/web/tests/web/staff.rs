//! Members of staff: role, deactivation, and streams that a deactivation ends.

use std::time::Duration;

use anteroom_app::sessions;
use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;

use crate::client::{Client, Reply, Server};
use crate::live::next;
use crate::site::TestSite;

#[tokio::test]
async fn an_admin_deactivates_and_reactivates_on_the_page() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let (admin, host) = (server.logged_in(&site, &site.admin).await, server.logged_in(&site, &site.host).await);
    site.confirmed_in(60).await;
    let path = format!("/staff/{}", site.host.id);
    admin.get("/staff").await.shows(&format!(r#"href="{path}""#));
    admin.get(&path).await.shows("One appointment is still to come.");
    let done = admin.post(&format!("{path}/deactivation"), &[]).await;
    assert_eq!(done.header("location"), format!("{path}?done=deactivated"));
    admin.get(done.header("location")).await.shows("One appointment is still to come: hand it over, or cancel it.");
    assert_eq!(host.get("/day").await.header("location"), "/login?next=%2Fday");
    let booking = admin.get("/appointments/new").await;
    assert!(!booking.body.contains("Tom Okafor"), "no appointment is booked with a deactivated host");
    admin.post(&format!("{path}/reactivation"), &[]).await;
    assert!(admin.get("/appointments/new").await.body.contains("Tom Okafor"));
}

const NEW: &str = "eleven tidy walruses";

/// The link that a page shows once.
fn shown_link(page: &Reply) -> String {
    let (_, field) = page.body.split_once("id=\"link\"").expect("the page shows a link");
    let (_, link) = field.split_once("value=\"").unwrap();
    let path = link.split('"').next().unwrap().strip_prefix("https://video.test").unwrap();
    path.to_owned()
}

#[tokio::test]
async fn an_admin_adds_a_person_who_sets_the_password_with_a_link() {
    let site = TestSite::start().await;
    site.logs.forbid(NEW);
    let server = Server::of(&site);
    let (admin, person) = (server.logged_in(&site, &site.admin).await, server.anonymous());
    let form = [("name", "Kim Lang"), ("email", "kim@praxis.example"), ("role", "host"), ("zone", "UTC")];
    let added = admin.post("/staff", &form).await;
    assert_eq!(added.status, StatusCode::CREATED);
    added.shows("A password link for <bdi>Kim Lang</bdi>");
    let link = shown_link(&added);
    site.logs.forbid(link.rsplit('/').next().unwrap());
    person.get(&link).await.shows("You will log in as <bdi>kim@praxis.example</bdi>.");
    let weak = person.post(&link, &[("new_password", "password1")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(person.post(&link, &[("new_password", NEW)]).await.header("location"), "/");
    let login = person.post("/login", &[("email", "kim@praxis.example"), ("password", NEW)]).await;
    assert_eq!(login.header("location"), "/day");
    let unknown = person.get(&format!("/join/{}", "A".repeat(32))).await;
    for used in [person.get(&link).await, person.post(&link, &[("new_password", NEW)]).await] {
        assert_eq!((used.status, &used.body), (StatusCode::NOT_FOUND, &unknown.body), "as any unknown link");
    }
}

#[tokio::test]
async fn a_password_link_of_the_api_ends_all_sessions() {
    let site = TestSite::start().await;
    site.logs.forbid(NEW);
    let server = Server::of(&site);
    let host = server.logged_in(&site, &site.host).await;
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    let api = server.api_client(login.secret.reveal());
    let issued = api.json(Method::POST, &format!("/api/v1/users/{}/password-links", site.host.id), json!({})).await;
    assert_eq!(issued.status, StatusCode::CREATED);
    assert_eq!(issued.value()["expires_at"], "2026-11-21T09:00:00Z");
    let secret = issued.value()["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    site.logs.forbid(&secret);
    let nobody = server.api_client("none");
    let use_link = async |secret: &str| {
        nobody.json(Method::POST, "/api/v1/password-links", json!({ "secret": secret, "new_password": NEW })).await
    };
    assert_eq!(host.get("/day").await.status, StatusCode::OK);
    assert_eq!(use_link(&secret).await.status, StatusCode::NO_CONTENT);
    assert_eq!(host.get("/day").await.status, StatusCode::SEE_OTHER);
    for wrong in [&secret, "nonsense"] {
        let refused = use_link(wrong).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::NOT_FOUND, "unknown_link"));
    }
}

#[tokio::test]
async fn the_refusal_to_remove_the_last_admin_is_shown() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let admin = server.logged_in(&site, &site.admin).await;
    let path = format!("/staff/{}", site.admin.id);
    for (action, fields) in [("role", &[("role", "host")][..]), ("deactivation", &[])] {
        let refused = admin.post(&format!("{path}/{action}"), fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        refused.shows("This is the only administrator. Make another person an administrator first.");
    }
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    let api = server.api_client(login.secret.reveal());
    let refused =
        api.json(Method::POST, &format!("/api/v1/users/{}/role", site.admin.id), json!({"role": "host"})).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "last_admin"));
}

#[tokio::test]
async fn own_page_offers_no_password_link() {
    let site = TestSite::start().await;
    let admin = Server::of(&site).logged_in(&site, &site.admin).await;
    for (person, is_offered) in [(&site.host, true), (&site.admin, false)] {
        let page = admin.get(&format!("/staff/{}", person.id)).await;
        assert_eq!(page.body.contains("/password-links"), is_offered, "{}", page.body);
    }
    let refused = admin.post(&format!("/staff/{}/password-links", site.admin.id), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.shows("Your own password is changed on the page Account, with the current one.");
}

/// By login and by the host's link.
#[tokio::test]
async fn a_deactivation_ends_open_pages_of_the_host() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    let api = server.api_client(login.secret.reveal());
    let by_login = server.logged_in(&site, &site.host).await;
    let by_link = server.anonymous();
    let open = async |client: &Client, path: String| {
        let client = Client { accept: "text/event-stream", ..client.clone() };
        let mut stream = client.send_streaming(Method::GET, &path, "", String::new()).await;
        assert!(next(&mut stream).await.is_some());
        stream
    };
    let mut streams = [
        open(&by_login, "/day/live".to_owned()).await,
        open(&by_login, format!("/appointments/{}/consultation/live", booked.appointment)).await,
        open(&by_link, format!("/join/{}/live", booked.host_secret)).await,
    ];
    let mut guest = open(&by_link, format!("/join/{}/live", booked.guest_secret)).await;
    let path = format!("/api/v1/users/{}/deactivation", site.host.id);
    let answer = api.json(Method::POST, &path, json!({})).await;
    assert_eq!(answer.value()["upcoming_appointments"], 1);
    let ended = join_all(streams.iter_mut().map(async |stream| {
        while next(stream).await.is_some() {} // what was sent before
    }));
    timeout(Duration::from_secs(5), ended).await.expect("the pages end at once");
    by_link.post(&format!("/join/{}/entry", booked.guest_secret), &[]).await;
    assert!(next(&mut guest).await.is_some(), "the guest's page goes on");
    assert_eq!(by_link.get(&format!("/join/{}", booked.host_secret)).await.status, StatusCode::NOT_FOUND);
    let back = api.json(Method::DELETE, &path, json!({})).await;
    assert_eq!(back.value()["deactivated_at"], serde_json::Value::Null);
}
