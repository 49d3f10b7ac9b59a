//! Personal links.

use anteroom_app::appointment_lists::MAX_PART;
use anteroom_app::{
    Admission, Bearer, appointment_lists, appointments, consultations, invitations, practices, sessions, users,
};
use anteroom_domain::{Role, Secret};
use anteroom_testkit::{TestSite, hours, minutes};

use crate::error_code;

#[tokio::test]
async fn an_unknown_link_is_not_found() {
    let (site, _host, guest) = TestSite::appointment().await;
    let right = guest.link.rsplit('/').next().unwrap();
    let mut nearly = right.to_owned();
    let last = if nearly.pop() == Some('A') { 'B' } else { 'A' };
    nearly.push(last);
    for wrong in [nearly.as_str(), &"A".repeat(32), &right.to_lowercase(), guest.room.as_str(), "", "'; DROP TABLE"] {
        let answer = site.open_link(&format!("https://video.test/join/{wrong}")).await.err().unwrap();
        assert_eq!((answer.code(), answer.to_string().as_str()), ("not_found", "not found"), "{wrong}");
    }
}

#[tokio::test]
async fn a_revoked_link_is_not_found() {
    let (site, _host, guest) = TestSite::appointment().await;
    let secret: Secret = guest.link.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = site.app.store.begin().await.unwrap();
    let invitation = tx.find_invitation(&secret.hash()).await.unwrap().unwrap();
    tx.revoke_invitation(invitation.id, site.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(error_code(site.open_link(&guest.link).await), "not_found");
}

#[tokio::test]
async fn a_forwarded_link_acts_as_one_participant_only() {
    let (site, host, guest) = TestSite::call().await;
    let thief = site.open_link(&guest.link).await.unwrap();
    assert_eq!((thief.me, thief.standing().await.role), (guest.me, Role::Guest));
    thief.connects().await.unwrap();
    assert_eq!(site.video.people_in(&guest.room), 2, "host and one guest, on one device");
    assert_eq!(error_code(thief.starts().await), "host_only");
    assert_eq!(error_code(thief.ends().await), "host_only");
    assert_eq!(error_code(thief.admits(&guest).await), "host_only");
    assert_eq!(error_code(thief.declines(&host).await), "host_only");
    host.declines(&thief).await.unwrap();
    site.run_due_jobs().await;
    assert!(!guest.is_connected());
    assert_eq!(error_code(thief.connects().await), "declined");
}

#[tokio::test]
async fn a_link_is_valid_for_one_consultation() {
    let (site, host) = TestSite::start().await;
    let first = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await;
    let second = host.books_and_confirms(&site.persona("Kim"), hours(2)).await;
    site.run_due_jobs().await;
    let (_, jamie) = site.participants(&first).await;
    let (_, kim) = site.participants(&second).await;
    assert_eq!(error_code(consultations::standing(&site.app, &jamie.actor, kim.consultation).await), "not_found");
    for no_staff in [
        error_code(appointments::fetch(&site.app, &jamie.actor, first.appointment.id).await),
        error_code(appointments::cancel(&site.app, &jamie.actor, first.appointment.id).await),
        error_code(users::list(&site.app, &jamie.actor).await),
        error_code(invitations::reissue(&site.app, &jamie.actor, first.appointment.id, Role::Host).await),
    ] {
        assert_eq!(no_staff, "forbidden");
    }
}

#[tokio::test]
async fn no_link_is_made_that_opens_nothing() {
    let (site, host) = TestSite::start().await;
    let link = async |id| error_code(invitations::reissue(&site.app, &host.actor, id, Role::Guest).await);
    let booking = |in_person: bool, starts_in| {
        let kind = if in_person { "in_person" } else { "video" };
        appointments::Booking { kind: kind.to_owned(), ..host.booking(&site.persona("Jamie"), starts_in) }
    };
    let booked = host.books(booking(false, hours(1))).await.unwrap().appointment.id;
    assert_eq!(link(booked).await, "not_confirmed");
    let in_person = host.books(booking(true, hours(2))).await.unwrap().appointment.id;
    host.confirms(in_person).await.unwrap();
    assert_eq!(link(in_person).await, "in_person");

    host.confirms(booked).await.unwrap();
    invitations::reissue(&site.app, &host.actor, booked, Role::Guest).await.unwrap();
    let called_off = host.books_and_confirms(&site.persona("Kim"), hours(3)).await.appointment.id;
    host.cancels(called_off).await.unwrap();
    assert_eq!(link(called_off).await, "cancelled");
    site.clock.advance(hours(5));
    assert_eq!(link(booked).await, "too_late");
    assert_eq!(error_code(invitations::replace(&site.app, &host.actor, booked, Role::Guest).await), "too_late");
    site.expect_undelivered();
}

#[tokio::test]
async fn a_guest_who_lost_the_line_late_gets_a_link() {
    let (site, host, _guest) = TestSite::call().await;
    let (api_client, _) = site.api_client().await;
    site.clock.advance(hours(5));
    let id = host.standing().await.appointment;
    assert!(invitations::reissue(&site.app, &api_client.actor, id, Role::Guest).await.is_ok(), "the session runs late");
    site.expect_undelivered();
}

#[tokio::test]
async fn a_reissued_link_works_beside_the_first() {
    let (site, host, guest) = TestSite::appointment().await;
    let (api_client, _) = site.api_client().await;
    let id = host.standing().await.appointment;
    let fresh = invitations::reissue(&site.app, &api_client.actor, id, Role::Guest).await.unwrap();
    assert_ne!(fresh, guest.link);
    assert_eq!(site.open_link(&fresh).await.unwrap().me, guest.me);
    assert_eq!(site.open_link(&guest.link).await.unwrap().me, guest.me);
    let theirs = invitations::reissue(&site.app, &api_client.actor, id, Role::Host).await.unwrap();
    assert_eq!(site.open_link(&theirs).await.unwrap().me, host.me);
}

#[tokio::test]
async fn a_new_link_ends_the_old_ones_and_the_connection() {
    let (site, host, guest) = TestSite::call().await;
    let (api_client, _) = site.api_client().await;
    let id = host.standing().await.appointment;
    let beside = invitations::reissue(&site.app, &api_client.actor, id, Role::Guest).await.unwrap();
    let ticket = guest.requests_ticket().await.unwrap();
    let fresh = invitations::replace(&site.app, &api_client.actor, id, Role::Guest).await.unwrap();
    site.run_due_jobs().await;
    assert!(!guest.is_connected() && host.is_connected());
    for old in [&guest.link, &beside] {
        assert_eq!(error_code(site.open_link(old).await), "not_found");
    }
    assert_ne!(error_code(guest.connects_with(&ticket).await), "yes", "with a ticket that was issued before");
    let back = site.open_link(&fresh).await.unwrap();
    assert_eq!(error_code(back.connects().await), "not_admitted", "the host sees who comes with the new link");
    back.enters().await.unwrap();
    host.admits(&back).await.unwrap();
    back.connects().await.unwrap();
    assert_eq!(error_code(guest.connects_with(&ticket).await), "superseded");
    let mut tx = site.app.store.read().await.unwrap();
    let rows = tx.audit_of(&id.to_string(), 0, 100).await.unwrap();
    let row = &rows.iter().find(|(_, row)| row.kind == "link.replaced").expect("it is recorded").1;
    let expected = (&api_client.actor.author(), Some(&guest.me.to_string()));
    assert_eq!((&row.author, row.participant.as_ref()), expected);
}

#[tokio::test]
async fn a_host_replaces_their_own_link_only() {
    let (site, admin) = TestSite::set_up().await;
    let (sofia, kim) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Kim").await);
    let found = sofia.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let (host, guest) = site.participants(&found).await;
    let (app, id) = (&site.app, found.appointment.id);
    assert_eq!(error_code(invitations::replace(app, &kim.actor, id, Role::Guest).await), "not_found");
    assert_eq!(error_code(invitations::replace(app, &admin.actor, id, Role::Host).await), "host_only");
    assert!(site.open_link(&host.link).await.is_ok());
    let fresh = invitations::replace(app, &sofia.actor, id, Role::Host).await.unwrap();
    assert_eq!(error_code(site.open_link(&host.link).await), "not_found");
    assert_eq!(site.open_link(&fresh).await.unwrap().me, host.me);
    assert!(site.open_link(&guest.link).await.is_ok(), "the guest's link goes on");
    site.run_due_jobs().await;
}

/// The message would bring a link that opens nothing.
#[tokio::test]
async fn a_message_that_waits_carries_no_ended_link() {
    let (site, staff) = TestSite::start().await;
    site.messenger.set_down(true);
    let found = staff.books_and_confirms(&site.persona("Jamie"), hours(1)).await;
    site.run_due_jobs().await;
    let fresh = invitations::replace(&site.app, &staff.actor, found.appointment.id, Role::Guest).await.unwrap();
    site.messenger.set_down(false);
    site.clock.advance(minutes(1));
    site.run_due_jobs().await;
    let (_, guest) = site.participants(&found).await;
    assert_eq!(site.open_link(&fresh).await.unwrap().me, guest.me);
    assert_ne!(guest.link, fresh, "the message has a link of its own");
}

#[tokio::test]
async fn a_link_shows_the_end() {
    let (site, host, guest) = TestSite::call().await;
    host.ends().await.unwrap();
    site.run_due_jobs().await;
    site.clock.advance(hours(23));
    site.run_due_jobs().await;
    let seen = site.open_link(&guest.link).await.unwrap().standing().await;
    assert_eq!(seen.phase.as_str(), "ended");
}

/// Mail scanners open links, and some run scripts.
#[tokio::test]
async fn reading_never_changes_anything() {
    let (site, host, guest) = TestSite::call().await;
    let (api_client, _) = site.api_client().await;
    let app = &site.app;
    let (id, con) = (host.standing().await.appointment, host.consultation);
    let bearer = Bearer { room: guest.room.to_string(), identity: guest.me.to_string(), ticket_number: Some(1) };
    let login = sessions::open(app, users::list(app, &api_client.actor).await.unwrap().remove(0)).await.unwrap();
    let (before, stood) = (app.store.counts(), format!("{:?}", guest.standing().await));
    for _ in 0..3 {
        site.open_link(&guest.link).await.unwrap();
        site.open_link(&host.link).await.unwrap();
        host.standing().await;
        guest.standing().await;
        api_client.finds(id).await.unwrap();
        let (from, to) = (app.clock.now() - hours(24), app.clock.now() + hours(24));
        appointment_lists::part(app, &api_client.actor, None, (from, to), None, MAX_PART).await.unwrap();
        consultations::of_appointment(app, &api_client.actor, id).await.unwrap();
        consultations::standing(app, &api_client.actor, con).await.unwrap();
        practices::fetch(app).await.unwrap();
        users::list(app, &api_client.actor).await.unwrap();
        sessions::find(app, &login.secret).await.unwrap();
        app.may_join(&bearer).await.unwrap();
    }
    assert_eq!(app.store.counts(), before, "no write transaction was even begun");
    assert_eq!(format!("{:?}", guest.standing().await), stood);
    site.clock.advance(minutes(1));
}
