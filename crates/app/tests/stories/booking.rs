//! Booking and confirming appointments.

use anteroom_app::appointment_lists::{self, MAX_PART};
use anteroom_app::appointments::{Booking, Start};
use anteroom_app::consultations;
use anteroom_domain::FieldError::*;
use anteroom_domain::{AppointmentKind, AppointmentStatus, Phase, Private, Role, UserId};
use anteroom_testkit::{TestSite, hours, minutes, seconds};

use crate::{error_code, wrong_fields};

#[tokio::test]
async fn a_host_books_an_appointment() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let booked = host.books(host.booking(&guest, hours(1))).await.unwrap();
    let found = host.finds(booked.appointment.id).await.unwrap();
    assert_eq!(found.appointment, booked.appointment);
    assert_eq!(found.appointment.guest.name.reveal().as_str(), guest.name);
    assert_eq!(found.appointment.guest.phone().unwrap().reveal().as_str(), guest.phone);
    assert_eq!(found.appointment.guest.zone.name(), "America/New_York");
    assert_eq!(found.appointment.starts.local.to_string(), "2026-11-20T11:00:00", "local time in Berlin");
    assert_eq!((found.appointment.status, found.appointment.kind), (AppointmentStatus::Booked, AppointmentKind::Video));
    assert!(found.consultation.is_none() && site.messenger.messages().is_empty(), "nothing was delivered yet");
}

#[tokio::test]
async fn empty_zones_default_to_the_hosts() {
    let (site, host) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let local = |text: &str, zone: &str| Booking {
        starts: Start::Local(text.into()),
        zone: zone.into(),
        guest_zone: String::new(),
        ..host.booking(&guest, hours(1))
    };
    let berlin = host.books(local("2026-12-01T11:00", "")).await.unwrap().appointment;
    let tokyo = host.books(local("2026-12-02T11:00", "Asia/Tokyo")).await.unwrap().appointment;
    assert_eq!(berlin.starts.at.to_string(), "2026-12-01T10:00:00Z");
    assert_eq!(tokyo.starts.at.to_string(), "2026-12-02T02:00:00Z");
    assert_eq!((berlin.guest.zone.name(), tokyo.guest.zone.name()), ("Europe/Berlin", "Europe/Berlin"));
}

#[tokio::test]
async fn a_phone_number_is_optional() {
    let (site, host) = TestSite::start().await;
    let booking = Booking { guest_phone: Private::new("  ".into()), ..host.booking(&site.persona("Jamie"), hours(1)) };
    assert_eq!(host.books(booking).await.unwrap().appointment.guest.phone(), None);
}

/// The practice is in Berlin.
#[tokio::test]
async fn a_national_number_is_one_of_the_practices_country() {
    let (site, host) = TestSite::start().await;
    for (typed, stored) in [("030 12345678", "+493012345678"), ("+44 20 7946 0018", "+442079460018")] {
        let guest = site.persona("Jamie");
        let booking = Booking { guest_phone: Private::new(typed.into()), ..host.booking(&guest, hours(1)) };
        let booked = host.books(booking).await.unwrap().appointment;
        assert_eq!(booked.guest.phone().unwrap().reveal().as_str(), stored);
        host.cancels(booked.id).await.unwrap();
    }
}

#[tokio::test]
async fn a_booking_reports_all_errors_at_once() {
    let (site, host) = TestSite::start().await;
    let booking = Booking {
        host: Some("usr_nobody".into()),
        guest_name: Private::new(String::new()),
        guest_email: Private::new("jamie@".into()),
        guest_phone: Private::new("+49 call me".into()),
        guest_zone: "Mars/Olympus".into(),
        companions: Vec::new(),
        starts: Start::Local("2027-03-28T02:30".into()),
        zone: "Europe/Berlin".into(),
        minutes: -30,
        kind: "hologram".into(),
    };
    let expected = [
        ("guest_email", Malformed),
        ("guest_name", Empty),
        ("guest_phone", Malformed),
        ("guest_zone", UnknownZone),
        ("host", UnknownChoice),
        ("kind", UnknownChoice),
        ("minutes", OutOfRange),
        ("starts_at", TimeSkipped),
    ];
    assert_eq!(wrong_fields(host.books(booking).await), expected);
    let (from, to) = ("2026-01-01T00:00:00Z".parse().unwrap(), "2029-01-01T00:00:00Z".parse().unwrap());
    let listed = appointment_lists::part(&site.app, &host.actor, None, (from, to), None, MAX_PART).await.unwrap();
    assert!(listed.appointments.is_empty());
}

#[tokio::test]
async fn an_unbookable_time_is_refused_with_its_reason() {
    let (site, host) = TestSite::start().await;
    let local = |text: &str| Start::Local(text.into());
    let instant = |text: &str| Start::Instant(text.into());
    for (starts, why) in [
        (local(""), Empty),
        (local("2026-11-21"), Malformed),
        (local("2026-11-21T11:00-05:00"), Malformed), // not 11:00 in Berlin, whatever the offset
        (local("2027-10-31T02:30"), TimeTwice),
        (local("2026-11-20T09:54"), InThePast),
        (local("2029-01-01T09:00"), TooFarAhead),
        (instant(" "), Empty),
        (instant("2026-11-21T11:00:00"), Malformed),
        (instant("2026-11-20T08:54:59Z"), InThePast),
        (instant("2031-01-01T00:00:00+01:00"), TooFarAhead),
    ] {
        let booking = Booking { starts: starts.clone(), ..host.booking(&site.persona("Jamie"), hours(1)) };
        assert_eq!(wrong_fields(host.books(booking).await), [("starts_at", why)], "{starts:?}");
    }
}

#[tokio::test]
async fn a_slot_is_booked_once() {
    let (site, host) = TestSite::start().await;
    let (first, second) = (site.persona("Jamie"), site.persona("Kim"));
    host.books(host.booking(&first, hours(1))).await.unwrap();
    for overlap in [minutes(60), minutes(31), minutes(89)] {
        assert_eq!(error_code(host.books(host.booking(&second, overlap)).await), "double_booked", "{overlap}");
    }
    let around = Booking { minutes: 120, ..host.booking(&second, minutes(30)) };
    assert_eq!(error_code(host.books(around).await), "double_booked");
    assert!(host.books(host.booking(&second, minutes(30))).await.is_ok(), "one ends as the other begins");
    assert!(host.books(host.booking(&second, minutes(90))).await.is_ok());
}

#[tokio::test]
async fn one_of_two_concurrent_bookings_wins() {
    let (site, host) = TestSite::start().await;
    let (one, other) = (site.persona("Jamie"), site.persona("Kim"));
    let (one, other) = tokio::join!(
        host.books(host.booking(&one, hours(1))),
        host.books(host.booking(&other, hours(1) + seconds(60)))
    );
    let mut answers = [error_code(one), error_code(other)];
    answers.sort_unstable();
    assert_eq!(answers, ["double_booked", "yes"]);
}

#[tokio::test]
async fn two_hosts_can_be_booked_at_the_same_time() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let guest = site.persona("Jamie");
    assert!(sofia.books(sofia.booking(&guest, hours(1))).await.is_ok());
    assert!(kim.books(kim.booking(&guest, hours(1))).await.is_ok());
}

#[tokio::test]
async fn only_admins_and_api_clients_book_for_others() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let (api_client, _) = site.api_client().await;
    let guest = site.persona("Jamie");
    let with_sofia = |at| Booking { host: Some(sofia.id().to_string()), ..sofia.booking(&guest, hours(at)) };
    assert!(admin.books(with_sofia(1)).await.is_ok());
    assert!(api_client.books(with_sofia(2)).await.is_ok());
    assert_eq!(wrong_fields(kim.books(with_sofia(3)).await), [("host", UnknownChoice)]);
    assert_eq!(wrong_fields(api_client.books(api_client.booking(&guest, hours(3))).await), [("host", Empty)]);
    let unknown = UserId::new(site.app.clock.now(), [9; 10]).to_string();
    let with_unknown_host = Booking { host: Some(unknown), ..api_client.booking(&guest, hours(3)) };
    assert_eq!(wrong_fields(api_client.books(with_unknown_host).await), [("host", UnknownChoice)]);
}

#[tokio::test]
async fn confirming_creates_one_room_and_both_participants() {
    let (site, host) = TestSite::start().await;
    let booked = host.books(host.booking(&site.persona("Jamie"), hours(1))).await.unwrap().appointment.id;
    assert_eq!(error_code(consultations::of_appointment(&site.app, &host.actor, booked).await), "not_confirmed");
    let confirmed = host.confirms(booked).await.unwrap();
    let consultation = confirmed.consultation.clone().unwrap();
    assert_eq!(consultation.phase, Phase::Planned);
    assert_eq!(
        consultation.participants.iter().map(|participant| participant.role).collect::<Vec<_>>(),
        [Role::Host, Role::Guest]
    );
    assert_eq!(consultations::of_appointment(&site.app, &host.actor, booked).await.unwrap(), consultation.id);
    let again = host.confirms(booked).await.unwrap();
    assert_eq!((again.appointment, again.consultation), (confirmed.appointment, Some(consultation)));
    assert_eq!(site.run_due_jobs().await, 2, "two messages, not four");
}

#[tokio::test]
async fn concurrent_confirmations_send_one_message_each() {
    let (site, host) = TestSite::start().await;
    let id = host.books(host.booking(&site.persona("Jamie"), hours(1))).await.unwrap().appointment.id;
    let (one, other) = tokio::join!(host.confirms(id), host.confirms(id));
    assert_eq!(one.unwrap().consultation, other.unwrap().consultation);
    site.run_due_jobs().await;
    assert_eq!(site.messenger.messages().len(), 2);
}

#[tokio::test]
async fn a_past_appointment_cannot_be_confirmed() {
    let (site, host) = TestSite::start().await;
    let id = host.books(host.booking(&site.persona("Jamie"), hours(1))).await.unwrap().appointment.id;
    site.clock.advance(minutes(90));
    assert_eq!(error_code(host.confirms(id).await), "too_late");
}

#[tokio::test]
async fn a_day_lists_appointments_in_order() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let guest = site.persona("Jamie");
    let late = sofia.books(sofia.booking(&guest, hours(3))).await.unwrap().appointment.id;
    let early = sofia.books_and_confirms(&guest, hours(1)).await.appointment.id;
    let kims = kim.books(kim.booking(&guest, hours(2))).await.unwrap().appointment.id;
    sofia.books(sofia.booking(&guest, hours(30))).await.unwrap();
    site.run_due_jobs().await;
    let (from, to) = (site.app.clock.now(), site.app.clock.now() + hours(24));
    let day = |who: &anteroom_testkit::TestStaff, host| {
        let (app, actor) = (site.app.clone(), who.actor.clone());
        async move {
            let found = appointment_lists::part(&app, &actor, host, (from, to), None, MAX_PART).await?;
            Ok(found.appointments.iter().map(|found| found.appointment.id).collect::<Vec<_>>())
        }
    };
    assert_eq!(day(&sofia, None).await.unwrap(), [early, late]);
    assert_eq!(day(&admin, None).await.unwrap(), [early, kims, late]);
    assert_eq!(day(&admin, Some(kim.id())).await.unwrap(), [kims]);
    assert_eq!(error_code(day(&sofia, Some(kim.id())).await), "not_found");
}
