//! Authorization: a host sees their own appointments, an admin all, an API client acts for the practice.

use anteroom_app::appointment_lists::MAX_PART;
use anteroom_app::{Actor, api_keys, appointment_lists, appointments, consultations, invitations, waiting_room};
use anteroom_domain::{ApiKeyId, Author, Role, Secret};
use anteroom_testkit::{TestSite, hours, minutes};

use crate::error_code;

#[tokio::test]
async fn appointments_of_other_hosts_are_not_found() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let found = sofia.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let (id, consultation) = (found.appointment.id, found.consultation.clone().unwrap().id);
    let (_, guest) = site.participants(&found).await;
    let (app, actor) = (&site.app, &kim.actor);
    for answer in [
        error_code(kim.finds(id).await),
        error_code(kim.confirms(id).await),
        error_code(kim.cancels(id).await),
        error_code(invitations::reissue(app, actor, id, Role::Guest).await),
        error_code(consultations::of_appointment(app, actor, id).await),
        error_code(consultations::standing(app, actor, consultation).await),
        error_code(consultations::start(app, actor, consultation).await),
        error_code(consultations::end(app, actor, consultation).await),
        error_code(waiting_room::enter(app, actor, consultation, None).await),
        error_code(waiting_room::leave(app, actor, consultation, None).await),
        error_code(waiting_room::admit(app, actor, consultation, guest.me).await),
        error_code(waiting_room::decline(app, actor, consultation, guest.me).await),
        error_code(waiting_room::expel(app, actor, consultation, guest.me).await),
        error_code(anteroom_app::tickets::issue(app, actor, consultation, None).await),
    ] {
        assert_eq!(answer, "not_found");
    }
    let (from, to) = (site.app.clock.now(), site.app.clock.now() + hours(24));
    let listed = appointment_lists::part(app, actor, None, (from, to), None, MAX_PART).await.unwrap();
    assert!(listed.appointments.is_empty());
}

#[tokio::test]
async fn an_admin_sees_all_appointments_but_joins_none() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let found = sofia.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let consultation = found.consultation.clone().unwrap().id;
    assert!(admin.finds(found.appointment.id).await.is_ok());
    assert_eq!(error_code(consultations::standing(&site.app, &admin.actor, consultation).await), "not_found");
    assert_eq!(error_code(consultations::start(&site.app, &admin.actor, consultation).await), "not_found");
    assert_eq!(
        error_code(anteroom_app::tickets::issue(&site.app, &admin.actor, consultation, None).await),
        "not_found"
    );
}

#[tokio::test]
async fn login_and_link_give_the_host_the_same_participant() {
    let (site, admin) = TestSite::set_up().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    let found = sofia.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let (by_link, guest) = site.participants(&found).await;
    let logged_in = site.as_host(&sofia, found.appointment.id).await;
    guest.enters().await.unwrap();
    logged_in.starts().await.unwrap();
    assert_eq!(logged_in.standing().await.me, by_link.me);
    logged_in.connects().await.unwrap();
    by_link.connects().await.unwrap();
    assert_eq!(site.video.people_in(&by_link.room), 1, "one connection per participant");
}

#[tokio::test]
async fn an_api_client_acts_as_the_host() {
    let (site, host, guest) = TestSite::appointment().await;
    let (api_client, _) = site.api_client().await;
    let api_client = site.as_host(&api_client, host.standing().await.appointment).await;
    guest.enters().await.unwrap();
    api_client.starts().await.unwrap();
    assert_eq!(api_client.standing().await.role, Role::Host);
    guest.leaves().await.unwrap();
    guest.enters().await.unwrap();
    api_client.admits(&guest).await.unwrap();
    api_client.declines(&guest).await.unwrap();
    assert!(api_client.connects().await.is_ok());
    assert_eq!(api_client.ends().await.unwrap().phase.as_str(), "ended");
    site.run_due_jobs().await;
}

#[tokio::test]
async fn changes_of_an_api_client_record_its_key() {
    let (site, host) = TestSite::start().await;
    let (api_client, _) = site.api_client().await;
    let Actor::Key { id: key, .. } = &api_client.actor else { panic!("an API client has a key") };
    let booking = appointments::Booking {
        host: Some(host.id().to_string()),
        ..api_client.booking(&site.persona("Jamie"), hours(1))
    };
    let booked = api_client.books(booking).await.unwrap().appointment;
    assert_eq!(booked.booked_by, Author::Key(key.clone()));
    api_client.confirms(booked.id).await.unwrap();
    api_client.cancels(booked.id).await.unwrap();
    site.run_due_jobs().await;
}

#[tokio::test]
async fn a_key_without_its_secret_is_refused() {
    let (site, admin) = TestSite::set_up().await;
    let (api_client, secret) = site.api_client().await;
    let Actor::Key { id, .. } = &api_client.actor else { panic!("an API client has a key") };
    let other = Secret::new([7; 24]);
    assert!(api_keys::find(&site.app, id, &secret).await.unwrap().is_some());
    assert!(api_keys::find(&site.app, id, &other).await.unwrap().is_none());
    assert!(api_keys::find(&site.app, &ApiKeyId::from_text("key_0"), &secret).await.unwrap().is_none());
    drop(admin);
}
