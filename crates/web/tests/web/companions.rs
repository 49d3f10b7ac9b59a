//! People who come with the guest: booked on the form, shown with their links, waiting by name on the day.

use anteroom_app::{Actor, appointments, invitations, waiting_room};
use anteroom_domain::{AppointmentId, Role};
use axum::http::StatusCode;

use crate::client::{Client, Server};
use crate::site::TestSite;

/// A valid booking; the fields of companions follow.
const BOOKING: [(&str, &str); 7] = [
    ("guest_name", "Mara Lindt"),
    ("guest_email", "mara@mail.example"),
    ("date", "2026-11-20"),
    ("time", "10:05"),
    ("zone", "Europe/Berlin"),
    ("minutes", "30"),
    ("kind", "video"),
];

fn with<'a>(companions: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&BOOKING[..], companions].concat()
}

async fn host(site: &TestSite) -> Client {
    Server::of(site).logged_in(site, &site.host).await
}

/// Mara with Robin, and with Kim who has no e-mail address; the second row was left empty.
async fn booked(host: &Client) -> AppointmentId {
    let form = with(&[
        ("companions[0].name", "Robin Lindt"),
        ("companions[0].email", "robin@mail.example"),
        ("companions[0].phone", ""),
        ("companions[1].name", " "),
        ("companions[1].email", ""),
        ("companions[2].name", "Kim Lindt"),
        ("companions[2].phone", "+49 30 901820"),
    ]);
    let reply = host.post("/appointments", &form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    reply.header("location").rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn empty_rows_are_ignored_and_the_others_shown_with_their_addresses() {
    let site = TestSite::start().await;
    let host = host(&site).await;
    let address = format!("/appointments/{}", booked(&host).await);
    let page = host.get(&address).await;
    for shown in ["<bdi>Robin Lindt</bdi>", "robin@mail.example", "<bdi>Kim Lindt</bdi>", "4930901820"] {
        page.shows(shown);
    }
    page.hides("pass the link on");
    host.post(&format!("{address}/confirmation"), &[]).await;
    host.get(&address).await.shows("pass the link on");
}

#[tokio::test]
async fn errors_are_at_the_fields_of_the_companion_and_what_was_typed_is_kept() {
    let site = TestSite::start().await;
    let host = host(&site).await;
    let form = with(&[
        ("companions[0].name", "Robin Lindt"),
        ("companions[0].email", "mara@mail.example"),
        ("companions[1].name", "Kim Lindt"),
        ("companions[2].name", ""),
        ("companions[2].phone", "030 90"),
    ]);
    let page = host.post("/appointments", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (field, sentence) in [
        ("companions[0].email", "This is already in use."),
        ("companions[1].email", "Please fill this in."),
        ("companions[2].name", "Please fill this in."),
        ("companions[2].phone", "There is no such phone number."),
    ] {
        page.shows(&format!("id=\"{field}-error\">{sentence}"));
    }
    for kept in ["value=\"Robin Lindt\"", "value=\"Kim Lindt\"", "value=\"030 90\""] {
        page.shows(kept);
    }
    assert_eq!(page.body.matches("data-companion open").count(), 3);
    assert_eq!(host.get("/appointments/new").await.body.matches("data-companion open").count(), 0);
    assert!(host.get("/day?date=2026-11-20").await.body.contains("A free day"));
}

#[tokio::test]
async fn each_companion_has_a_link_on_the_page() {
    let site = TestSite::start().await;
    let host = host(&site).await;
    let id = booked(&host).await;
    let confirmed = appointments::confirm(&site.app, &site.as_host(), id).await.unwrap().consultation.unwrap();
    let mut links = Vec::new();
    for participant in confirmed.participants.iter().filter(|participant| participant.role == Role::Companion) {
        let form = [("participant", &*participant.id.to_string()), ("replace", "yes")];
        let page = host.post(&format!("/appointments/{id}/invitations"), &form).await;
        page.shows(&format!("A personal link for <bdi>{}</bdi>", participant.name.reveal().as_str()));
        let secret = page.body.split("/join/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        site.logs.forbid(&secret);
        let actor = invitations::open(&site.app, &secret.parse().unwrap()).await.unwrap();
        assert!(matches!(actor, Actor::Participant { participant: of, .. } if of == participant.id));
        links.push(secret);
    }
    assert_eq!(links.len(), 2);
    let strange = [("participant", "par_0199f0c2b6d07a3e8b1c2d3e4f506172")];
    let refused = host.post(&format!("/appointments/{id}/invitations"), &strange).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_day_names_everybody_who_waits() {
    let site = TestSite::start().await;
    let host = host(&site).await;
    let id = booked(&host).await;
    let confirmed = appointments::confirm(&site.app, &site.as_host(), id).await.unwrap().consultation.unwrap();
    let mut expected = 0;
    for participant in confirmed.participants.iter().filter(|participant| participant.role.waits()) {
        let link = invitations::reissue_to(&site.app, &site.as_host(), id, participant.id).await.unwrap();
        let secret = link.rsplit('/').next().unwrap();
        site.logs.forbid(secret);
        let actor = invitations::open(&site.app, &secret.parse().unwrap()).await.unwrap();
        waiting_room::enter(&site.app, &actor, confirmed.id, None).await.unwrap();
        expected += 1;
        let page = host.get("/day").await;
        page.shows(&format!("<bdi>{}</bdi> is waiting", participant.name.reveal().as_str()));
        page.shows(&format!("data-waiting=\"{expected}\""));
    }
    assert_eq!(expected, 3);
}
