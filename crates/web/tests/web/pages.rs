//! The pages, as staff and guests use them.

use anteroom_app::appointments::{Booking, NewCompanion, Start};
use anteroom_app::{Actor, WebhookLoss, appointments, sessions};
use anteroom_domain::KeyScope;
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;

use crate::client::{Client, Server};
use crate::site::{PASSWORD, TestSite};
use crate::states::consultation_in;

/// A practice may have people in several zones, and staff travel.
#[tokio::test]
async fn times_outside_of_the_day_name_their_zone() {
    let site = TestSite::start().await;
    site.key(&[KeyScope::Booking]).await;
    let deactivated = site.another_host().await.id;
    let admin = Server::of(&site).logged_in(&site, &site.admin).await;
    admin.post(&format!("/staff/{deactivated}/deactivation"), &[]).await;
    for path in ["/account", "/keys", &format!("/staff/{deactivated}")] {
        let page = admin.get(path).await;
        let times: Vec<&str> = page.body.match_indices(" 2026, ").map(|(at, _)| &page.body[at..]).collect();
        assert!(!times.is_empty(), "{path}");
        for text in times {
            assert!(text[7..].starts_with("10:00 (Berlin time)"), "{path}: {}", &text[..40]);
        }
    }
    let early = site.confirmed_in(120).await;
    let link = format!("/join/{}", early.guest_secret);
    Server::of(&site).anonymous().get(&link).await.shows("The room opens at 12:45 (Cairo time).");
    let page = admin.get(&format!("/appointments/{}", early.appointment)).await;
    page.shows("<strong class=\"theirs\">Friday 20 November 2026, 13:00 (Cairo time)</strong>");
}

/// Rules of the zone have changed since the booking: the instant is an hour later than what was agreed.
#[tokio::test]
async fn staff_see_that_a_start_is_not_the_agreed_time_any_more() {
    let site = TestSite::start().await;
    let id = site.booked_in(120).await;
    let host = Server::of(&site).logged_in(&site, &site.host).await;
    let (page, day) = (format!("/appointments/{id}"), "/day");
    host.get(&page).await.hides("Agreed:");
    host.get(day).await.hides("Agreed:");
    let mut tx = site.app.store.begin().await.unwrap();
    let mut appointment = tx.find_appointment(id).await.unwrap().unwrap();
    appointment.starts.at += SignedDuration::from_hours(1);
    tx.save_appointment(&appointment).await.unwrap();
    tx.commit().await.unwrap();
    for path in [&*page, day] {
        host.get(path).await.shows("Agreed: Friday 20 November 2026, 12:00 (Berlin time)");
    }
    host.get(&page).await.shows("Ask <bdi>Mara Lindt</bdi> which time is meant");
    let login = sessions::open(&site.app, site.host.clone()).await.unwrap();
    let api = Server::of(&site).api_client(login.secret.reveal());
    let found = api.get(&format!("/api/v1{page}")).await.value();
    assert_eq!(found["agreed_local"], "2026-11-20T12:00:00");
}

#[tokio::test]
async fn login_and_logout() {
    let site = TestSite::start().await;
    let client = Server::of(&site).anonymous();
    let sent_away = client.get("/appointments/new?date=2026-11-21").await;
    assert_eq!(sent_away.header("location"), "/login?next=%2Fappointments%2Fnew%3Fdate%3D2026-11-21");
    let login = |password: &'static str| {
        [("email", "tom@praxis.example"), ("password", password), ("next", "/appointments/new?date=2026-11-21")]
    };

    let refused = client.post("/login", &login("wrong")).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    refused.shows("E-mail address and password do not match.");
    refused.shows("value=\"tom@praxis.example\"");

    let welcome = client.post("/login", &login(PASSWORD)).await;
    assert_eq!(welcome.header("location"), "/appointments/new?date=2026-11-21");
    let host = Client { cookie: Some(welcome.cookies()), ..client };
    host.get("/").await.shows("");
    assert_eq!(host.get("/").await.header("location"), "/day");

    let gone = host.post("/logout", &[]).await;
    assert!(gone.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(host.get("/day").await.header("location"), "/login?next=%2Fday", "the session is revoked");
}

#[tokio::test]
async fn failed_login_does_not_reveal_whether_the_account_exists() {
    let site = TestSite::start().await;
    let client = Server::of(&site).anonymous();
    let known = client.post("/login", &[("email", "x@y.example"), ("password", "wrong")]).await;
    let unknown = client.post("/login", &[("email", "x@y.example"), ("password", PASSWORD)]).await;
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
}

#[tokio::test]
async fn host_books_confirms_and_creates_a_link() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let host = server.logged_in(&site, &site.host).await;
    let form = [
        ("guest_name", "Mara Lindt"),
        ("guest_email", "mara@mail.example"),
        ("guest_zone", "Africa/Cairo"),
        ("date", "2026-11-20"),
        ("time", "11:00"),
        ("zone", "Europe/Berlin"),
        ("minutes", "30"),
        ("kind", "video"),
    ];
    let booked = host.post("/appointments", &form).await;
    assert_eq!(booked.status, StatusCode::SEE_OTHER);
    let place = booked.header("location").to_owned();
    let page = host.get(&place).await;
    page.shows("Not confirmed yet");
    page.shows("Friday 20 November 2026, 12:00"); // the guest's time in Cairo
    let confirmed = host.post(&format!("{place}/confirmation"), &[]).await;
    assert_eq!(confirmed.header("location"), place);
    let page = host.get(&place).await;
    page.shows("Confirmed");
    page.shows("The patient can come in from 10:45 (Berlin time).");
    host.get("/day").await.shows("Mara Lindt");

    let page = host.post(&format!("{place}/invitations"), &[]).await;
    let secret = page.body.split("https://video.test/join/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let joined = server.anonymous().get(&format!("/join/{secret}")).await;
    joined.shows("<anteroom-call data-base=\"/join/");
    joined.shows("Your consultation with <bdi>Tom Okafor</bdi>");
    joined.shows("Cairo time");
    assert!(!host.get(&place).await.body.contains(&secret), "a link is shown once");

    host.post(&format!("{place}/cancellation"), &[]).await;
    host.get(&place).await.shows("Cancelled");
    server.anonymous().get(&format!("/join/{secret}")).await.shows("This appointment was cancelled");
}

#[tokio::test]
async fn personal_link_shows_the_state_of_the_consultation() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    for (state, text) in [
        ("early", "The room opens at"),
        ("open", "<anteroom-call"),
        ("waiting", "<anteroom-call"),
        ("live", "<anteroom-call"),
        ("ended", "Your consultation has ended"),
        ("cancelled", "This appointment was cancelled"),
        ("late", "The time for this appointment has passed"),
    ] {
        site.clock.advance(SignedDuration::from_hours(3));
        let booked = consultation_in(&site, state).await;
        for secret in [&booked.guest_secret, &booked.host_secret] {
            let page = server.anonymous().get(&format!("/join/{secret}")).await;
            assert_eq!(page.status, StatusCode::OK, "{state}");
            page.shows(text);
        }
        let host = server.logged_in(&site, &site.host).await;
        host.get(&format!("/appointments/{}/consultation", booked.appointment)).await.shows(text);
    }
}

#[tokio::test]
async fn running_call_can_be_rejoined_after_the_join_window() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = consultation_in(&site, "live").await;
    site.clock.advance(SignedDuration::from_hours(2));
    for secret in [&booked.guest_secret, &booked.host_secret] {
        server.anonymous().get(&format!("/join/{secret}")).await.shows("<anteroom-call");
    }
}

/// A late session is not closed to those who were in it before.
#[tokio::test]
async fn guest_of_a_late_session_can_come_back() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    for leaves in [true, false] {
        site.clock.advance(SignedDuration::from_hours(3));
        let booked = consultation_in(&site, "live").await;
        site.clock.advance(SignedDuration::from_hours(2));
        let entry = format!("/join/{}/entry", booked.guest_secret);
        let guest = server.anonymous();
        assert_eq!(guest.send(Method::DELETE, &entry, "", String::new()).await.status, StatusCode::OK);
        if !leaves {
            assert_eq!(guest.send(Method::POST, &entry, "", String::new()).await.status, StatusCode::OK);
        }
        guest.get(&format!("/join/{}", booked.guest_secret)).await.shows("<anteroom-call");
    }
}

#[tokio::test]
async fn link_shows_only_the_outcome_a_day_after_the_end() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    for (state, code, text) in [
        ("ended", "ended", "This session has ended."),
        ("cancelled", "cancelled", "This appointment was cancelled."),
        ("late", "too_late", "The time for this appointment has passed."),
    ] {
        site.clock.advance(SignedDuration::from_hours(3));
        let booked = consultation_in(&site, state).await;
        site.clock.advance(SignedDuration::from_hours(48));
        for secret in [&booked.guest_secret, &booked.host_secret] {
            let page = server.anonymous().get(&format!("/join/{secret}")).await;
            page.shows(text);
            let script = Client { accept: "*/*", ..server.anonymous() };
            let answer = script.get(&format!("/join/{secret}/state")).await;
            assert_eq!(answer.code(), code);
            let appointment = booked.appointment.to_string();
            for hidden in
                ["Okafor", "Mara", "Praxis", "November", "Cairo", "Berlin", appointment.as_str(), "par_", "con_"]
            {
                assert!(!page.body.contains(hidden), "{state}: {hidden}\n{}", page.body);
                assert!(!answer.body.contains(hidden), "{state}: {hidden}\n{}", answer.body);
            }
        }
        let host = server.logged_in(&site, &site.host).await;
        host.get(&format!("/appointments/{}/consultation", booked.appointment)).await.shows("Mara Lindt");
    }
}

#[tokio::test]
async fn ended_consultation_shows_its_record() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let booked = consultation_in(&site, "live").await;
    site.clock.advance(SignedDuration::from_secs(28 * 60 + 10));
    let end = format!("/join/{}/closure", booked.host_secret);
    assert_eq!(server.anonymous().send(Method::POST, &end, "", String::new()).await.status, StatusCode::OK);
    let page = server.logged_in(&site, &site.host).await.get(&format!("/appointments/{}", booked.appointment)).await;
    // Nobody was connected; `records` shows what is recorded of those who were.
    let lasted = "<dd class=\"figures\">0 s</dd>";
    for text in ["Technical failure", "Started", "Ended by", "Tom Okafor", lasted] {
        page.shows(text);
    }
    server.anonymous().get(&format!("/join/{}", booked.guest_secret)).await.shows(lasted);
}

#[tokio::test]
async fn all_invalid_links_get_the_same_answer() {
    let site = TestSite::start().await;
    let client = Server::of(&site).anonymous();
    let booked = site.confirmed_in(5).await;
    let almost =
        format!("{}{}", &booked.guest_secret[..31], if booked.guest_secret.ends_with('A') { "B" } else { "A" });
    let expected = client.get("/join/nonsense").await;
    assert_eq!(expected.status, StatusCode::NOT_FOUND);
    expected.shows("This link does not open anything");
    for wrong in [
        almost.as_str(),
        "a",
        &"A".repeat(32),
        &"é".repeat(32).replace('é', "%C3%A9"),
        &"x".repeat(2000),
        "%00",
        "..%2F..%2Fetc",
    ] {
        let reply = client.get(&format!("/join/{wrong}")).await;
        assert_eq!((reply.status, &reply.body), (expected.status, &expected.body), "{wrong}");
        let state = Client { accept: "*/*", ..client.clone() }.get(&format!("/join/{wrong}/state")).await;
        assert_eq!((state.status, state.code().as_str()), (StatusCode::NOT_FOUND, "unknown_link"), "{wrong}");
    }
}

#[tokio::test]
async fn foreign_and_missing_appointments_get_the_same_answer() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let id = site.booked_in(60).await;
    let colleague = server.logged_in(&site, &site.colleague).await;
    let theirs = colleague.get(&format!("/appointments/{id}")).await;
    let nobodys = colleague.get(&format!("/appointments/apt_{}", "0".repeat(32))).await;
    assert_eq!((theirs.status, &theirs.body), (nobodys.status, &nobodys.body));
    assert_eq!(colleague.get("/day").await.body.matches("Mara Lindt").count(), 0);
    let admin = server.logged_in(&site, &site.admin).await;
    admin.get("/day").await.shows("with <bdi>Tom Okafor</bdi>");
}

#[tokio::test]
async fn guest_name_is_escaped_on_every_page() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let name = r#""><img src=x onerror=alert(1)></script><script>alert(2)</script>{{7*7}}"#;
    let booking = Booking {
        host: None,
        guest_name: name.to_owned().into(),
        guest_email: "mara@mail.example".to_owned().into(),
        guest_phone: String::new().into(),
        guest_zone: String::new(),
        companions: vec![NewCompanion::new(name, "robin@mail.example", "")],
        starts: Start::Instant("2026-11-20T09:05:00Z".to_owned()),
        zone: String::new(),
        minutes: 30,
        kind: "video".to_owned(),
    };
    let host_actor = Actor::Staff(site.host.clone());
    let id = appointments::book(&site.app, &host_actor, booking).await.unwrap().appointment.id;
    appointments::confirm(&site.app, &host_actor, id).await.unwrap();
    let host = server.logged_in(&site, &site.host).await;
    for path in [format!("/appointments/{id}"), "/day".to_owned(), format!("/appointments/{id}/consultation")] {
        let page = host.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        for alive in ["<img", "<script>alert", "</script><script>"] {
            assert!(!page.body.contains(alive), "{path} contains {alive}:\n{}", page.body);
        }
        page.shows("onerror=alert(1)");
    }
}

#[tokio::test]
async fn admin_adds_staff_and_changes_settings() {
    let site = TestSite::start().await;
    let admin = Server::of(&site).logged_in(&site, &site.admin).await;
    let person = |email: &'static str| {
        [
            ("name", "Amara Okafor"),
            ("email", email),
            ("role", "host"),
            ("zone", "Europe/Berlin"),
            ("password", PASSWORD),
        ]
    };
    assert_eq!(admin.post("/staff", &person("amara@praxis.example")).await.header("location"), "/staff");
    admin.get("/staff").await.shows("amara@praxis.example");
    let taken = admin.post("/staff", &person("AMARA@praxis.example")).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    taken.shows("This is already in use.");

    let rules = |before: &'static str| {
        [
            ("name", "Haus am See"),
            ("pack", "therapy"),
            ("language", "en"),
            ("zone", "Europe/Berlin"),
            ("opens_before", before),
            ("closes_after", "20"),
            ("who_may_end", "either"),
        ]
    };
    let refused = admin.post("/practice", &rules("soon")).await;
    refused.shows("This does not look right.");
    refused.shows("value=\"soon\"");
    assert_eq!(admin.post("/practice", &rules("5")).await.header("location"), "/practice?saved=yes");
    let old = admin.post("/practice", &[&rules("6")[..], &[("version", "0")]].concat()).await;
    assert_eq!(old.status, StatusCode::CONFLICT);
    old.shows("Somebody else has saved these settings");
    old.shows("name=\"version\" value=\"1\"");
    old.shows("value=\"6\"");
    let page = admin.get("/practice?saved=yes").await;
    page.shows("Saved.");
    page.shows("Haus am See");
    page.shows("Only the therapist");
}

#[tokio::test]
async fn day_page_uses_the_viewers_time_zone() {
    let site = TestSite::start().await;
    site.booked_in(13 * 60 + 45).await; // 23:45 in Berlin
    let host = Server::of(&site).logged_in(&site, &site.host).await;
    host.get("/day?date=2026-11-20").await.shows("Mara Lindt");
    host.get("/day?date=2026-11-21").await.shows("A free day");
    host.get("/day?date=2026-11-19").await.shows("Fri 20 November, 23:45"); // coming up
    host.get("/day?date=nonsense").await.shows("Friday 20 November 2026");
    host.get("/day?date=2027-03-28").await.shows("Sunday 28 March 2027"); // 23 hours long
    for edge in ["9999-12-31", "-009999-01-01"] {
        let reply = host.get(&format!("/day?date={edge}")).await;
        assert!(!reply.status.is_server_error(), "{edge}: {}", reply.status);
    }
}

#[tokio::test]
async fn staff_read_what_became_of_messages() {
    let site = TestSite::start().await;
    let booked = site.confirmed_in(5).await;
    let host = Server::of(&site).logged_in(&site, &site.host).await;
    let page = format!("/appointments/{}", booked.appointment);
    host.get(&page).await.shows("Being sent");
    host.get("/day").await.hides("A message did not arrive");
    site.messenger.set_refusing(true);
    site.run_due_jobs().await;
    site.logs.clear_errors();
    let admin = Server::of(&site).logged_in(&site, &site.admin).await;
    for staff in [&host, &admin] {
        let day = staff.get("/day?date=2026-11-20").await;
        day.shows("A message did not arrive");
        day.shows(&format!("href=\"{page}\">Fri 20 November"));
    }
    host.get("/day?date=2026-11-22").await.hides("A message did not arrive");
    let refused = host.get(&page).await;
    refused.shows("Not delivered");
    refused.shows("450 &#60;mara@mail.example&#62; not\u{fffd} now");
    refused.hides("No mail server is set up");
    let unconfirmed = format!("/appointments/{}", site.booked_in(60).await);
    let promises = [
        ("/appointments/new", "Everybody with an e-mail address gets a message"),
        (&unconfirmed, "Confirming sends everybody"),
    ];
    for (page, promise) in promises {
        host.get(page).await.shows(promise);
    }

    site.messenger.set_missing(true);
    for page in [page.as_str(), "/day", "/appointments/new"] {
        host.get(page).await.shows("No mail server is set up");
    }
    for (page, promise) in promises {
        host.get(page).await.hides(promise);
    }
    host.get("/appointments/new").await.shows("You get a personal link to pass on");
    host.get(&unconfirmed).await.shows("confirming sends nothing");
}

#[tokio::test]
async fn admins_read_for_a_day_that_webhooks_were_given_up() {
    let site = TestSite::start().await;
    let server = Server::of(&site);
    let (admin, host) = (server.logged_in(&site, &site.admin).await, server.logged_in(&site, &site.host).await);
    let title = "Another program has missed reports about calls";
    admin.get("/day").await.hides(title);
    let (host_name, cause) = ("billing.example".to_owned(), "503".to_owned());
    site.video.lose_webhooks(WebhookLoss { host: host_name, events: 3, last_at: site.app.clock.now(), cause });
    for page in ["/day", "/practice", "/appointments/new"] {
        let page = admin.get(page).await;
        page.shows(title);
        page.shows("billing.example");
        page.shows("did not take 3 reports, the last on Friday 20 November 2026, 10:00 (Europe/Berlin)");
        page.shows("The reason: 503.");
    }
    host.get("/day").await.hides(title);
    site.clock.advance(SignedDuration::from_hours(23));
    let admin = server.logged_in(&site, &site.admin).await;
    admin.get("/day").await.shows(title);
    site.clock.advance(SignedDuration::from_hours(1));
    let admin = server.logged_in(&site, &site.admin).await;
    admin.get("/day").await.hides(title);
}
