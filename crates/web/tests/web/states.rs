//! What guest and host may do in each state of the consultation, by every authentication method.

use anteroom_app::{Actor, appointments, consultations, invitations, sessions, waiting_room};
use axum::http::Method;
use jiff::SignedDuration;
use serde_json::json;

use crate::client::{Client, Server};
use crate::site::{Booked, TestSite};

/// The columns, in order.
const STATES: [&str; 7] = ["early", "open", "waiting", "live", "ended", "cancelled", "late"];

/// Role, method, path, and the code of the answer in each state; `ok` for 200.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, [&str; 7])] = &[
    //                             early               open                waiting         live          ended        cancelled            late
    ("guest", "GET",    "state",      ["ok",               "ok",               "ok",           "ok",         "ok",        "ok",               "ok"]),
    ("guest", "POST",   "entry",      ["too_early",        "ok",               "ok",           "ok",         "ended",     "cancelled",        "too_late"]),
    ("guest", "DELETE", "entry",      ["ok",               "ok",               "ok",           "ok",         "ok",        "ok",               "ok"]),
    ("guest", "POST",   "opening",    ["host_only",        "host_only",        "host_only",    "host_only",  "host_only", "host_only",        "host_only"]),
    ("guest", "POST",   "admissions", ["host_only",        "host_only",        "host_only",    "host_only",  "host_only", "host_only",        "host_only"]),
    ("guest", "POST",   "refusals",   ["host_only",        "host_only",        "host_only",    "host_only",  "host_only", "host_only",        "host_only"]),
    ("guest", "POST",   "closure",    ["host_only",        "host_only",        "host_only",    "host_only",  "host_only", "host_only",        "host_only"]),
    ("guest", "POST",   "tickets",    ["too_early",        "not_admitted",     "not_admitted", "ok",         "ended",     "cancelled",        "too_late"]),
    ("host",  "GET",    "state",      ["ok",               "ok",               "ok",           "ok",         "ok",        "ok",               "ok"]),
    ("host",  "POST",   "opening",    ["too_early",        "ok",               "ok",           "ok",         "ended",     "cancelled",        "too_late"]),
    ("host",  "POST",   "admissions", ["not_started",      "not_started",      "not_started",  "ok",         "ended",     "not_started",      "not_started"]),
    ("host",  "POST",   "refusals",   ["no_longer_waiting","no_longer_waiting","ok",           "ok",         "ended",     "no_longer_waiting","no_longer_waiting"]),
    ("host",  "POST",   "closure",    ["not_started",      "not_started",      "not_started",  "ok",         "ok",        "not_started",      "not_started"]),
    ("host",  "POST",   "tickets",    ["too_early",        "not_started",      "not_started",  "ok",         "ended",     "cancelled",        "too_late"]),
];

#[tokio::test]
async fn every_action_answers_by_state_for_every_auth_method() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let mut wrong = Vec::new();
    for (n, state) in STATES.iter().enumerate() {
        // Reads and refusals change nothing and run first, on one consultation. Each allowed write gets its own, and
        // is requested by every method, because repeating it changes nothing.
        let mut shared = None;
        for changes in [false, true] {
            for (who, method, verb, codes) in
                TABLE.iter().filter(|(_, m, _, codes)| (*m != "GET" && codes[n] == "ok") == changes)
            {
                let booked = match shared.clone().filter(|_| !changes) {
                    Some(booked) => booked,
                    None => {
                        site.clock.advance(SignedDuration::from_hours(3));
                        consultation_in(&site, state).await
                    }
                };
                shared.get_or_insert(booked.clone());
                for auth in ["link", "login", "token"].into_iter().filter(|auth| *auth != "login" || *who == "host") {
                    let code = ask(&site, &server, &booked, who, auth, method, verb).await;
                    if code != codes[n] {
                        wrong.push(format!(
                            "{who} by {auth}: {method} {verb} while {state}: {code} instead of {}",
                            codes[n]
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A consultation in this state.
pub(crate) async fn consultation_in(site: &TestSite, state: &str) -> Booked {
    let booked = site.confirmed_in(30).await;
    let (guest, host) = (actor_of(site, &booked.guest_secret).await, actor_of(site, &booked.host_secret).await);
    if state == "early" {
        return booked;
    }
    site.clock.advance(SignedDuration::from_mins(25));
    if matches!(state, "waiting" | "live" | "ended") {
        waiting_room::enter(&site.app, &guest, booked.consultation, None).await.unwrap();
    }
    if matches!(state, "live" | "ended") {
        consultations::start(&site.app, &host, booked.consultation).await.unwrap();
    }
    match state {
        "ended" => drop(consultations::end(&site.app, &host, booked.consultation).await.unwrap()),
        "cancelled" => drop(appointments::cancel(&site.app, &site.as_host(), booked.appointment).await.unwrap()),
        "late" => site.clock.advance(SignedDuration::from_mins(90)),
        _ => {}
    }
    booked
}

async fn actor_of(site: &TestSite, secret: &str) -> Actor {
    invitations::open(&site.app, &secret.parse().unwrap()).await.unwrap()
}

async fn ask(
    site: &TestSite,
    server: &Server,
    booked: &Booked,
    who: &str,
    auth: &str,
    method: &str,
    verb: &str,
) -> String {
    let secret = if who == "guest" { &booked.guest_secret } else { &booked.host_secret };
    let api = format!("/api/v1/consultations/{}", booked.consultation);
    let (client, base) = match (auth, who) {
        ("link", _) => (Client { accept: "*/*", ..server.anonymous() }, format!("/join/{secret}")),
        ("token", "guest") => (server.api_client(secret), api),
        ("token", _) => {
            let login = sessions::open(&site.app, site.host.clone()).await.unwrap();
            (server.api_client(login.secret.reveal()), api)
        }
        _ => (server.logged_in(site, &site.host).await, format!("/appointments/{}/consultation", booked.appointment)),
    };
    let Actor::Participant { participant, .. } = actor_of(site, &booked.guest_secret).await else {
        panic!("a link belongs to a participant")
    };
    let body = json!({ "participant": participant.to_string() });
    let method: Method = method.parse().unwrap();
    let reply = client.json(method, &format!("{base}/{verb}"), body).await;
    if reply.status.is_success() { "ok".to_owned() } else { reply.code() }
}
