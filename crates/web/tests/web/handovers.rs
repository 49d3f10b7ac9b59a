//! Administrators hand appointments over on the pages and by the API.

use anteroom_app::{Actor, Topic, Watch, handovers, sessions};
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::client::{Client, Server};
use crate::live::next;
use crate::site::TestSite;

#[tokio::test]
async fn deactivation_hands_over_what_is_to_come_and_counts_the_rest() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let admin = server.logged_in(&site, &site.admin).await;
    let colleague = server.logged_in(&site, &site.colleague).await;
    let (moved, kept) = (site.confirmed_in(60).await, site.confirmed_in(120).await);
    site.confirmed_for_colleague(120).await;
    let (path, to) = (format!("/staff/{}", site.host.id), site.colleague.id.to_string());
    let page = admin.get(&path).await;
    page.shows("2 appointments are still to come.");
    page.shows(&format!("<option value=\"{to}\">Ada Colleague</option>"));
    assert!(!page.body.contains(&format!("<option value=\"{}\"", site.host.id)), "not to the same person");
    let done = admin.post(&format!("{path}/deactivation"), &[("host", &to)]).await;
    let page = admin.get(done.header("location")).await;
    page.shows("1 appointment was handed over. 1 stays here:");
    page.shows("This account is deactivated");
    page.shows("Hand over 1 appointment");
    colleague.get(&format!("/appointments/{}", moved.appointment)).await.shows("Ada Colleague");
    assert_eq!(colleague.get(&format!("/appointments/{}", kept.appointment)).await.status, StatusCode::NOT_FOUND);
    let again = admin.post(&format!("{path}/handover"), &[("host", &to)]).await;
    admin.get(again.header("location")).await.shows("No appointment was handed over. 1 stays here:");
    let admins = site.admin.id.to_string();
    let rest = admin.post(&format!("{path}/handover"), &[("host", &admins)]).await;
    admin.get(rest.header("location")).await.shows("1 appointment was handed over.");
    assert!(!admin.get(&path).await.body.contains("/handover"), "nothing is left");
}

#[tokio::test]
async fn the_page_of_an_appointment_changes_the_host_for_administrators_only() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let (admin, host) = (server.logged_in(&site, &site.admin).await, server.logged_in(&site, &site.host).await);
    let path = format!("/appointments/{}", site.confirmed_in(60).await.appointment);
    let to = site.colleague.id.to_string();
    admin.get(&path).await.shows(&format!("action=\"{path}/host\""));
    assert!(!host.get(&path).await.body.contains("/host\""));
    site.confirmed_for_colleague(60).await;
    let refused = admin.post(&format!("{path}/host"), &[("host", &to)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.shows("There is already an appointment at that time.");
    let admins = site.admin.id.to_string();
    assert_eq!(admin.post(&format!("{path}/host"), &[("host", &admins)]).await.header("location"), path);
    admin.get(&path).await.shows("<dd><bdi>Ines Brandt</bdi></dd>");
    assert_eq!(host.get(&path).await.status, StatusCode::NOT_FOUND);
}

/// A page that was opened before concerns the day of the new host.
#[tokio::test]
async fn a_stream_from_before_wakes_the_new_host_only() {
    let site = TestSite::start().await;
    let booked = site.confirmed_in(5).await;
    let guest = Client { accept: "text/event-stream", ..Server::of(&site).anonymous() };
    let path = format!("/join/{}/live", booked.guest_secret);
    let mut stream = guest.send_streaming(Method::GET, &path, "", String::new()).await;
    next(&mut stream).await.unwrap();
    let (admin, to) = (Actor::Staff(site.admin.clone()), site.colleague.id);
    handovers::hand_over(&site.app, &admin, booked.appointment, &to.to_string()).await.unwrap();
    next(&mut stream).await.unwrap();
    let day = |host| site.app.hub.watch(Topic::Day(host));
    let (before, after) = (day(site.host.id), day(to));
    drop(stream);
    assert_eq!((is_woken(before).await, is_woken(after).await), (false, true));
}

async fn is_woken(mut watch: Watch) -> bool {
    tokio::select! {
        biased;
        () = watch.changed() => true,
        () = std::future::ready(()) => false,
    }
}

#[tokio::test]
async fn api_clients_of_administrators_hand_over() {
    let site = TestSite::start().await;
    let login = sessions::open(&site.app, site.admin.clone()).await.unwrap();
    let client = Server::of(&site).api_client(login.secret.reveal());
    let (first, second) = (site.confirmed_in(60).await.appointment, site.confirmed_in(120).await.appointment);
    let body = json!({ "host": site.colleague.id.to_string() });
    let one = client.json(Method::POST, &format!("/api/v1/appointments/{first}/host"), body.clone()).await.value();
    assert_eq!((&one["id"], &one["host"]["name"]), (&json!(first.to_string()), &json!("Ada Colleague")));
    let all = client.json(Method::POST, &format!("/api/v1/users/{}/handover", site.host.id), body).await.value();
    assert_eq!(all, json!({ "moved": 1, "kept": 0, "upcoming_appointments": 0 }));
    let wrong = json!({ "host": "usr_nobody" });
    let refused = client.json(Method::POST, &format!("/api/v1/appointments/{second}/host"), wrong).await.value();
    assert_eq!(refused["fields"]["host"]["code"], "unknown_choice");
}
