//! Appointments get another host: one, or all that a host has still to come.

use anteroom_app::handovers::{self, HandedOver};
use anteroom_app::{MessageKind, invitations, messages, users};
use anteroom_domain::FieldError::UnknownChoice;
use anteroom_domain::Role;
use anteroom_testkit::{TestStaff, hours, minutes};

use crate::hosted::Hosted;
use crate::{error_code, wrong_fields};

fn id(staff: &TestStaff) -> String {
    staff.id().to_string()
}

/// The kinds of the messages to this address.
fn kinds(of: &Hosted, email: &str) -> Vec<MessageKind> {
    of.site.messenger.messages_to(email).iter().map(|message| message.kind).collect()
}

#[tokio::test]
async fn the_new_host_takes_the_place_of_the_old_one() {
    let hosted = Hosted::begin().await;
    let Hosted { site, admin, sofia, found } = &hosted;
    let lea = site.add_host(admin, "Lea").await;
    let (before, guest) = site.participants(found).await;
    let booked = found.appointment.id;
    let given = handovers::hand_over(&site.app, &admin.actor, booked, &id(&lea)).await.unwrap();
    assert_eq!((given.appointment.host, given.host.id), (lea.id(), lea.id()));
    assert_eq!(error_code(before.starts().await), "not_found", "a request that began before");
    assert!(site.open_link(&before.link).await.is_err(), "the old link has ended");
    assert_eq!(error_code(sofia.finds(booked).await), "not_found");
    assert_eq!(site.run_due_jobs().await, 2, "the new host and the guest");
    assert_eq!(kinds(&hosted, &lea.persona().email), [MessageKind::Confirmed]);
    let guests = site.messenger.messages_to(found.appointment.guest.email().unwrap().reveal().as_str());
    let [first, second] = &guests[..] else { panic!("{} messages", guests.len()) };
    assert_eq!((second.kind, second.other.reveal().as_str()), (MessageKind::HostChanged, &*lea.persona().name));
    assert!(second.appointment.version > first.appointment.version, "a calendar ignores it otherwise");
    assert_eq!(kinds(&hosted, &sofia.persona().email), [MessageKind::Confirmed], "nothing more");

    // The guest's link is the same, and the new host holds the consultation.
    assert_eq!(guest.standing().await.people[0].name.reveal().as_str(), lea.persona().name);
    let host = site.open_link(&site.messenger.link_to(&lea.persona().email).unwrap()).await.unwrap();
    guest.enters().await.unwrap();
    host.starts().await.unwrap();
    host.connects().await.unwrap();
    guest.connects().await.unwrap();
    let again = handovers::hand_over(&site.app, &admin.actor, booked, &id(sofia)).await;
    assert_eq!(error_code(again), "already_started");
}

/// Only the name is shown to guests.
#[tokio::test]
async fn guests_get_no_message_if_the_name_stays() {
    let hosted = Hosted::begin().await;
    let Hosted { site, admin, sofia, found } = &hosted;
    let mut namesake = site.add_host(admin, "Lea").await;
    let mut tx = site.app.store.begin().await.unwrap();
    let user = tx.find_user(namesake.id()).await.unwrap().unwrap();
    let name = tx.find_user(sofia.id()).await.unwrap().unwrap().name;
    tx.save_user(&anteroom_domain::User { name, ..user }).await.unwrap();
    tx.commit().await.unwrap();
    namesake.persona.as_mut().unwrap().name.clone_from(&sofia.persona().name);
    handovers::hand_over(&site.app, &admin.actor, found.appointment.id, &id(&namesake)).await.unwrap();
    assert_eq!(site.run_due_jobs().await, 1);
    assert_eq!(kinds(&hosted, &namesake.persona().email), [MessageKind::Confirmed]);
}

/// The confirmation that was not sent yet has the new name.
#[tokio::test]
async fn unsent_confirmations_name_the_new_host() {
    let hosted = Hosted::begin().await;
    let Hosted { site, admin, sofia, .. } = &hosted;
    let lea = site.add_host(admin, "Lea").await;
    let guest = site.persona("Robin");
    let found = sofia.books_and_confirms(&guest, hours(3)).await;
    handovers::hand_over(&site.app, &admin.actor, found.appointment.id, &id(&lea)).await.unwrap();
    assert_eq!(site.run_due_jobs().await, 2);
    let [message] = &site.messenger.messages_to(&guest.email)[..] else { panic!("one message") };
    assert_eq!((message.kind, message.other.reveal().as_str()), (MessageKind::Confirmed, &*lea.persona().name));
    assert_eq!(site.messenger.messages_to(&sofia.persona().email).len(), 1, "that of the other appointment");
}

#[tokio::test]
async fn a_deactivated_host_hands_over_what_the_other_has_time_for() {
    let hosted = Hosted::begin().await;
    let Hosted { site, admin, sofia, found } = &hosted;
    let lea = site.add_host(admin, "Lea").await;
    let clash = sofia.books_and_confirms(&site.persona("Robin"), hours(3)).await.appointment.id;
    lea.books_and_confirms(&site.persona("Kim"), hours(3)).await;
    let unconfirmed = sofia.books(sofia.booking(&site.persona("Sam"), hours(5))).await.unwrap().appointment.id;
    site.run_due_jobs().await;
    let done = handovers::deactivate(&site.app, &admin.actor, sofia.id(), &id(&lea)).await.unwrap();
    assert_eq!(done, HandedOver { moved: 2, kept: 1 });
    assert_eq!(users::upcoming(&site.app, &admin.actor, sofia.id()).await.unwrap(), 1);
    assert!(!users::fetch(&site.app, &admin.actor, sofia.id()).await.unwrap().is_active());
    for (appointment, host) in [(found.appointment.id, &lea), (unconfirmed, &lea), (clash, sofia)] {
        assert_eq!(admin.finds(appointment).await.unwrap().appointment.host, host.id());
    }
    assert_eq!(site.run_due_jobs().await, 2, "for the one that is confirmed");
    // What is left goes to another one, although its host is deactivated.
    let rest = handovers::hand_over_all(&site.app, &admin.actor, sofia.id(), &id(admin)).await.unwrap();
    assert_eq!(rest, HandedOver { moved: 1, kept: 0 });
    site.run_due_jobs().await;
}

#[tokio::test]
async fn nothing_is_handed_over_to_who_cannot_hold_it() {
    let hosted = Hosted::begin().await;
    let Hosted { site, admin, sofia, found } = &hosted;
    let lea = site.add_host(admin, "Lea").await;
    let booked = found.appointment.id;
    let to = async |to: &str| handovers::hand_over(&site.app, &admin.actor, booked, to).await;
    lea.books_and_confirms(&site.persona("Kim"), minutes(20)).await;
    site.run_due_jobs().await;
    assert_eq!(error_code(to(&id(&lea)).await), "double_booked");
    users::deactivate(&site.app, &admin.actor, lea.id()).await.unwrap();
    assert_eq!(wrong_fields(to(&id(&lea)).await), [("host", UnknownChoice)]);
    assert_eq!(wrong_fields(to("usr_nobody").await), [("host", UnknownChoice)]);
    let all = handovers::deactivate(&site.app, &admin.actor, sofia.id(), &id(sofia)).await;
    assert_eq!(wrong_fields(all), [("host", UnknownChoice)]);
    assert!(users::fetch(&site.app, &admin.actor, sofia.id()).await.unwrap().is_active(), "nothing of it was done");
    for other in [sofia, &site.api_client().await.0] {
        let denied = handovers::hand_over(&site.app, &other.actor, booked, &id(admin)).await;
        assert!(["forbidden", "person_only"].contains(&error_code(denied)));
    }
    sofia.cancels(booked).await.unwrap();
    assert_eq!(error_code(to(&id(admin)).await), "cancelled");
    site.run_due_jobs().await;
}

/// One mailbox would get the links of host and guest.
#[tokio::test]
async fn nothing_is_handed_over_to_who_comes_to_it() {
    let hosted = Hosted::begin().await;
    let Hosted { site, admin, sofia, .. } = &hosted;
    let lea = site.add_host(admin, "Lea").await;
    let mut guest = site.persona("Robin");
    guest.email = lea.persona().email.to_uppercase();
    let mut companion = site.persona("Kim");
    companion.email.clone_from(&lea.persona().email);
    let with_guest = sofia.books(sofia.booking(&guest, hours(3))).await.unwrap().appointment.id;
    let with_companion = sofia.booking_with(&site.persona("Jo"), &[companion], hours(5));
    let with_companion = sofia.books(with_companion).await.unwrap().appointment.id;
    for booked in [with_guest, with_companion] {
        let given = handovers::hand_over(&site.app, &admin.actor, booked, &id(&lea)).await;
        assert_eq!(error_code(given), "host_comes_as_guest");
    }
    let all = handovers::hand_over_all(&site.app, &admin.actor, sofia.id(), &id(&lea)).await.unwrap();
    assert_eq!(all, HandedOver { moved: 1, kept: 2 });
    site.run_due_jobs().await;
}

/// On both engines: a link that the old host is making meanwhile would act as the new one.
#[tokio::test]
async fn the_old_host_gets_no_link_any_more() {
    let hosted = Hosted::begin().await;
    let Hosted { site, admin, sofia, found } = &hosted;
    let lea = site.add_host(admin, "Lea").await;
    let booked = found.appointment.id;
    let to = id(&lea);
    let (given, link) = tokio::join!(
        handovers::hand_over(&site.app, &admin.actor, booked, &to),
        invitations::reissue(&site.app, &sofia.actor, booked, Role::Host)
    );
    given.unwrap();
    if let Ok(link) = link {
        assert!(site.open_link(&link).await.is_err());
    }
    assert_eq!(error_code(invitations::reissue(&site.app, &sofia.actor, booked, Role::Host).await), "not_found");
    site.run_due_jobs().await;
    let deliveries = messages::deliveries(&site.app, &admin.actor, booked).await.unwrap();
    assert_eq!(deliveries.len(), 3, "host, guest, and that the host has changed");
    let link = site.messenger.link_to(&lea.persona().email).unwrap();
    assert!(site.open_link(&link).await.is_ok());
}
