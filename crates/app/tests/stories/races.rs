//! Changes that exclude each other, at the same moment: on PostgreSQL, whose transactions run at the same time.

use std::pin::{Pin, pin};

use anteroom_app::appointments::Booking;
use anteroom_app::jobs::Lane;
use anteroom_app::users::NewUser;
use anteroom_app::{Actor, Result, api_keys, appointments, handovers, invitations, jobs, sessions, users};
use anteroom_domain::{AppointmentId, Role};
use anteroom_store::Tx;
use anteroom_testkit::{TestParticipant, TestSite, TestStaff, hours, minutes};
use futures_util::future::join_all;

use crate::error_code;
use crate::hosted::api_key;

/// Runs `work` until it waits for a lock that another transaction has.
pub(crate) async fn waits<T>(site: &TestSite, work: Pin<&mut (impl Future<Output = T> + ?Sized)>) {
    // More queries than the work has itself.
    let others = async {
        for _ in 0..50 {
            let mut tx = site.app.store.read().await.expect("the store answers");
            tx.find_practice().await.expect("the store answers");
        }
    };
    tokio::select! {
        biased;
        _ = work => panic!("it did not wait"),
        () = others => {}
    }
}

/// Runs `work` while another transaction has the consultation, in which all links of the guest are ended. It must wait
/// for the other's commit: a link that it creates before would not be seen there, and go on.
async fn waits_for_the_end_of_all_links<T>(site: &TestSite, id: AppointmentId, work: impl Future<Output = T>) -> T {
    let mut ending = site.app.store.begin().await.expect("the store answers");
    let consultation =
        ending.consultation_of_appointment(id).await.expect("the store answers").expect("it is confirmed");
    ending.lock_consultation(consultation.id).await.expect("nobody else has it");
    let guest = consultation.participants.iter().find(|participant| participant.role == Role::Guest);
    let guest = guest.expect("every consultation has a guest");
    ending.revoke_invitations_of(guest.id, site.app.clock.now()).await.expect("the store answers");
    let mut work = pin!(work);
    waits(site, work.as_mut()).await;
    ending.commit().await.expect("the store answers");
    work.await
}

#[tokio::test]
async fn a_link_is_created_before_or_after_the_end_of_all() {
    let (site, host) = TestSite::set_up_on_postgres().await;
    let id = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await.appointment.id;
    site.run_due_jobs().await;
    let created = invitations::reissue(&site.app, &host.actor, id, Role::Guest);
    let created = waits_for_the_end_of_all_links(&site, id, created).await.unwrap();
    assert!(site.open_link(&created).await.is_ok(), "it was created afterwards");
}

/// The link in a message is created when it is sent.
#[tokio::test]
async fn a_message_takes_its_link_before_or_after_the_end_of_all() {
    let (site, host) = TestSite::set_up_on_postgres().await;
    let guest = site.persona("Jamie");
    let id = host.books_and_confirms(&guest, hours(1)).await.appointment.id;
    let mut leased = Vec::new();
    while let Some(job) = jobs::lease(&site.app, Lane::Messages).await.unwrap() {
        leased.push(job);
    }
    for job in &leased {
        waits_for_the_end_of_all_links(&site, id, jobs::run(&site.app, job)).await.unwrap();
    }
    assert_eq!(site.messenger.messages_to(&guest.email).len(), 1);
}

#[tokio::test]
async fn nobody_is_booked_with_a_host_after_the_deactivation() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let sofia = site.add_host(&admin, "Sofia").await;
    for round in 0..30 {
        users::reactivate(&site.app, &Actor::Console, sofia.id()).await.unwrap();
        let booking = sofia.booking(&site.persona("Jamie"), hours(1 + round));
        let booking = Booking { host: Some(sofia.id().to_string()), ..booking };
        let (booked, deactivated) =
            tokio::join!(admin.books(booking), users::deactivate(&site.app, &admin.actor, sofia.id()));
        deactivated.unwrap();
        let Ok(booked) = booked else {
            assert_eq!(error_code(booked), "invalid");
            continue;
        };
        let mut tx = site.app.store.read().await.unwrap();
        let ends = tx.audit_of(&sofia.id().to_string(), 0, 1000).await.unwrap().pop().unwrap();
        let booking = tx.audit_of(&booked.appointment.id.to_string(), 0, 10).await.unwrap().remove(0);
        assert_eq!(ends.1.kind, "user.deactivated");
        assert!(booking.0 < ends.0, "round {round}: booked after the deactivation");
    }
}

/// A request of the actor is in the middle of its transaction, and `end` waits for it. A later request must not overtake:
/// requests that overlap without a gap would keep `end` waiting until its time limit.
async fn is_not_overtaken(site: &TestSite, actor: &Actor, host: &TestStaff, end: impl Future<Output = Result<()>>) {
    let busy = host.books_and_confirms(&site.persona("Jamie"), hours(1)).await;
    let free = host.books_and_confirms(&site.persona("Kim"), hours(3)).await;
    let mut other = site.app.store.begin().await.expect("the store answers");
    other.lock_consultation(busy.consultation.expect("it is confirmed").id).await.expect("nobody else has it");
    let link = |of: AppointmentId| invitations::reissue(&site.app, actor, of, Role::Guest);
    let (mut first, mut end) = (pin!(link(busy.appointment.id)), pin!(end));
    waits(site, first.as_mut()).await;
    waits(site, end.as_mut()).await;
    let mut later = pin!(link(free.appointment.id));
    waits(site, later.as_mut()).await;
    other.unchanged().await.expect("the store answers");
    let (first, ended, later) = tokio::join!(first, end, later);
    assert_eq!((error_code(first), error_code(ended)), ("yes", "yes"));
    assert!(["busy", "forbidden"].contains(&error_code(later)), "it came after the end");
}

#[tokio::test]
async fn a_revocation_is_not_overtaken_by_later_requests() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let (client, _) = site.api_client().await;
    let Actor::Key { id: key, .. } = &client.actor else { panic!("an API client has a key") };
    is_not_overtaken(&site, &client.actor, &admin, api_keys::revoke(&site.app, &admin.actor, key)).await;
    site.run_due_jobs().await;
}

type Changes<'a> = [Pin<Box<dyn Future<Output = Result<()>> + 'a>>; 4];

/// The transaction in which a key or a login ends is not committed yet.
async fn wait_and_are_refused(site: &TestSite, ending: Tx, mut changes: Changes<'_>, code: &str) {
    for change in &mut changes {
        waits(site, change.as_mut()).await;
    }
    ending.commit().await.expect("the store answers");
    for change in changes {
        assert_eq!(error_code(change.await), code);
    }
}

/// Booking, confirming, cancelling and adding a host, by one actor.
async fn changes<'a>(site: &'a TestSite, by: &'a TestStaff, admin: &TestStaff) -> Changes<'a> {
    let booked =
        admin.books(admin.booking(&site.persona("Jamie"), hours(1))).await.expect("the host is free").appointment.id;
    let confirmed = admin.books_and_confirms(&site.persona("Kim"), hours(3)).await.appointment.id;
    let (host, lee) = (admin.id().to_string(), site.persona("Lee"));
    let booking = Booking { host: Some(host), ..by.booking(&site.persona("Robin"), hours(5)) };
    let form = NewUser {
        name: lee.name.clone().into(),
        email: lee.credentials().0,
        role: "host".to_owned(),
        zone: "UTC".to_owned(),
        password: String::new().into(),
    };
    [
        Box::pin(async move { by.books(booking).await.map(drop) }),
        Box::pin(async move { appointments::confirm(&site.app, &by.actor, booked).await.map(drop) }),
        Box::pin(async move { appointments::cancel(&site.app, &by.actor, confirmed).await.map(drop) }),
        Box::pin(async move { users::add(&site.app, &by.actor, form).await.map(drop) }),
    ]
}

#[tokio::test]
async fn a_change_during_the_revocation_of_its_key_is_refused() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let (client, _) = site.api_client().await;
    let Actor::Key { id: key, .. } = &client.actor else { panic!("an API client has a key") };
    let changes = changes(&site, &client, &admin).await;
    let mut ending = site.app.store.begin().await.unwrap();
    assert!(ending.revoke_api_key(key, site.app.clock.now()).await.unwrap());
    wait_and_are_refused(&site, ending, changes, "forbidden").await;
    site.run_due_jobs().await;
}

#[tokio::test]
async fn a_change_while_all_logins_of_its_author_end_is_refused() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let changes = changes(&site, &admin, &admin).await;
    let mut ending = site.app.store.begin().await.unwrap();
    ending.raise_user_version(admin.id()).await.unwrap();
    wait_and_are_refused(&site, ending, changes, "busy").await;
    site.run_due_jobs().await;
}

/// All requests of the client wait for the lock of its key, which another transaction has.
#[tokio::test]
async fn waiting_requests_of_one_key_leave_connections_to_others() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let (client, _) = site.api_client().await;
    let Actor::Key { id: key, .. } = &client.actor else { panic!("an API client has a key") };
    let mut holder = site.app.store.begin().await.unwrap();
    holder.lock_api_key(key).await.unwrap();
    let sofia = site.add_host(&admin, "Sofia").await;
    let booking =
        |n: i64| Booking { host: Some(sofia.id().to_string()), ..client.booking(&site.persona("Jamie"), hours(1 + n)) };
    let mut flood = pin!(join_all((0..100).map(|n| client.books(booking(n)))));
    waits(&site, flood.as_mut()).await;
    admin.books_and_confirms(&site.persona("Kim"), minutes(30)).await;
    drop(holder);
    let answers: Vec<_> = flood.await.into_iter().map(error_code).collect();
    let counted = |code| answers.iter().filter(|answer| **answer == code).count();
    assert_eq!((counted("yes"), counted("too_many_writes")), (64, 36));
    site.run_due_jobs().await;
}

#[tokio::test]
async fn the_end_of_all_logins_is_not_overtaken_by_later_requests() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    is_not_overtaken(&site, &admin.actor, &admin, sessions::end_all(&site.app, &admin.actor)).await;
    site.run_due_jobs().await;
}

/// Five minutes with the host from the clock on, of which the API client has begun the call.
async fn begun_by(site: &TestSite, host: &TestStaff, client: &TestStaff, starts_in: i64) -> TestParticipant {
    let booking = Booking { minutes: 5, ..host.booking(&site.persona("Jamie"), minutes(starts_in)) };
    let id = host.books(booking).await.expect("the host is free").appointment.id;
    host.confirms(id).await.expect("what is booked can be confirmed");
    let seat = site.as_host(client, id).await;
    seat.starts().await.expect("the room is open");
    seat.requests_ticket().await.expect("it has begun");
    seat
}

/// Each of them locks several appointments. The one that starts later was booked first.
#[tokio::test]
async fn a_revocation_and_a_handover_do_not_wait_for_each_other() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let (sofia, lea) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Lea").await);
    let (client, key) = api_key(&site).await;
    let later = begun_by(&site, &sofia, &client, 8).await;
    begun_by(&site, &sofia, &client, 2).await;
    let mut other = site.app.store.begin().await.unwrap();
    other.lock_consultation(later.consultation).await.unwrap();
    let successor = lea.id().to_string();
    let mut revoked = pin!(api_keys::revoke(&site.app, &admin.actor, &key));
    let mut moved = pin!(handovers::hand_over_all(&site.app, &Actor::Console, sofia.id(), &successor));
    waits(&site, revoked.as_mut()).await;
    waits(&site, moved.as_mut()).await;
    other.unchanged().await.unwrap();
    let (revoked, moved) = tokio::join!(revoked, moved);
    assert_eq!((error_code(revoked), moved.unwrap().kept), ("yes", 2));
    site.run_due_jobs().await;
}

/// The other transaction locks in the wrong order. PostgreSQL ends the one that has waited for a second.
#[tokio::test]
async fn a_change_that_a_deadlock_has_ended_is_made_again() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let found = admin.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let host = site.as_host(&admin, found.appointment.id).await;
    let mut other = site.app.store.begin().await.unwrap();
    other.lock_consultation(host.consultation).await.unwrap();
    let mut started = pin!(host.starts());
    waits(&site, started.as_mut()).await;
    let wrong_order = async {
        other.lock_user(admin.id()).await.expect("the first to wait is ended");
        other.unchanged().await.expect("the store answers");
    };
    let (started, ()) = tokio::join!(started, wrong_order);
    assert_eq!(error_code(started), "yes");
}
