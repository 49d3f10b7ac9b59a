//! New personal links that end the earlier ones, by page and by API.

use std::time::Duration;

use anteroom_app::sessions;
use axum::http::{Method, StatusCode};
use serde_json::json;
use tokio::time::timeout;

use crate::client::{Client, Server};
use crate::live::next;
use crate::site::TestSite;

#[tokio::test]
async fn a_new_link_ends_pages_on_the_old_one() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let guest = Client { accept: "text/event-stream", ..server.anonymous() };
    let old = format!("/join/{}", booked.guest_secret);
    let mut stream = guest.send_streaming(Method::GET, &format!("{old}/live"), "", String::new()).await;
    assert!(next(&mut stream).await.is_some());

    let admin = server.logged_in(&site, &site.admin).await;
    let path = format!("/appointments/{}/invitations", booked.appointment);
    let page = admin.post(&path, &[("replace", "yes")]).await;
    page.shows("All earlier links have ended.");
    let (_, fresh) = page.body.split_once("https://video.test").unwrap();
    let fresh = fresh.split('"').next().unwrap().to_owned();
    site.logs.forbid(fresh.rsplit('/').next().unwrap());
    let end = timeout(Duration::from_secs(5), async { while next(&mut stream).await.is_some() {} }).await;
    end.expect("the stream on the old link ends at once");

    let browser = server.anonymous();
    let unknown = browser.get(&format!("/join/{}", "A".repeat(32))).await;
    let ended = browser.get(&old).await;
    assert_eq!((ended.status, &ended.body), (StatusCode::NOT_FOUND, &unknown.body), "as any unknown link");
    assert_eq!(browser.get(&fresh).await.status, StatusCode::OK);
}

#[tokio::test]
async fn links_are_replaced_by_the_api_and_a_hosts_link_by_the_host_only() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = site.confirmed_in(5).await;
    let path = format!("/api/v1/appointments/{}/invitations", booked.appointment);
    let open = async |secret: &str| server.anonymous().get(&format!("/join/{secret}")).await.status;
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    let admin = server.api_client(login.secret.reveal());
    let body = json!({ "role": "host", "replace": true });
    let refused = admin.json(Method::POST, &path, body.clone()).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "host_only"));
    assert_eq!(open(&booked.host_secret).await, StatusCode::OK);

    let login = sessions::open(&site.app, site.host.clone()).await.unwrap();
    let host = server.api_client(login.secret.reveal());
    let beside = host.json(Method::POST, &path, json!({ "role": "host" })).await;
    assert_eq!(open(&booked.host_secret).await, StatusCode::OK, "without `replace` the old one goes on");
    let only = host.json(Method::POST, &path, body).await;
    let secret = |link: &serde_json::Value| link["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let (beside, only) = (secret(&beside.value()), secret(&only.value()));
    site.logs.forbid(&beside);
    site.logs.forbid(&only);
    for old in [&booked.host_secret, &beside] {
        assert_eq!(open(old).await, StatusCode::NOT_FOUND);
    }
    assert_eq!(open(&only).await, StatusCode::OK);
    assert_eq!(open(&booked.guest_secret).await, StatusCode::OK);
}
