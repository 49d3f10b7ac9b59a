//! Two programs on one PostgreSQL database.

use std::time::Duration;

use anteroom_app::jobs::{self, Lane};
use anteroom_app::presence::{self, OpenPage, Presence};
use anteroom_app::{Topic, consultations, waiting_room};
use anteroom_domain::Entry;
use anteroom_testkit::{TestSite, minutes, seconds};

/// The host's page is open at the one, the guest's at the other.
#[tokio::test]
async fn a_change_at_one_program_wakes_pages_of_the_other() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let staff = site.add_host(&admin, "Sofia").await;
    let found = staff.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let (host, guest) = site.participants(&found).await;
    let second = site.second_program().await;

    let mut page = second.hub.watch(Topic::Consultation(host.consultation));
    guest.enters().await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), page.changed()).await.expect("the host's page is woken");
    let seen = consultations::standing(&second, &host.actor, host.consultation).await.unwrap();
    assert!(matches!(seen.people[0].entry, Entry::Waiting { .. }));

    let mut page = site.app.hub.watch(Topic::Consultation(host.consultation));
    consultations::start(&second, &host.actor, host.consultation).await.unwrap();
    waiting_room::admit(&second, &host.actor, host.consultation, guest.me).await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), page.changed()).await.expect("the guest's page is woken");
    assert!(guest.connects().await.is_ok());
    second.store.close().await;
}

/// The guest's page is open at the one only.
#[tokio::test]
async fn a_guest_who_waits_at_one_program_is_here_at_the_other() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let staff = site.add_host(&admin, "Sofia").await;
    let found = staff.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    site.run_due_jobs().await;
    let (host, guest) = site.participants(&found).await;
    let second = site.second_program().await;
    let mut page = second.hub.watch(Topic::Consultation(host.consultation));
    presence::changed(&site.app).await; // The first has begun to listen.
    let open = OpenPage::new(&site.app, &guest.enters().await.unwrap());
    presence::announce(&site.app).await; // It is alone, as far as it knows.
    let seen_at_second = async || {
        let standing = consultations::standing(&second, &host.actor, host.consultation).await.unwrap();
        standing.presence[0]
    };
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, page.changed()).await.expect("the host's page is woken");
    assert_eq!(seen_at_second().await, Presence::Here, "a guest who waits counts as just seen");

    presence::announce(&second).await;
    tokio::time::timeout(limit, presence::changed(&site.app)).await.expect("the first has received it");
    for _ in 0..4 {
        site.clock.advance(seconds(21));
        assert!(matches!(seen_at_second().await, Presence::Gone { .. }), "nothing was announced for 21 s");
        presence::announce(&site.app).await;
        tokio::time::timeout(limit, page.changed()).await.expect("the host's page is woken");
        assert_eq!(seen_at_second().await, Presence::Here);
    }
    drop(open);
    second.store.close().await;
}

#[tokio::test]
async fn each_message_is_sent_by_one_of_two_programs() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let staff = site.add_host(&admin, "Sofia").await;
    let second = site.second_program().await;
    for n in 0..10 {
        staff.books_and_confirms(&site.persona("Jamie"), minutes(60 + 60 * n)).await;
    }
    let (here, there) = tokio::join!(jobs::run_due(&site.app), jobs::run_due(&second));
    assert_eq!(here.unwrap() + there.unwrap(), 20);
    assert_eq!(site.messenger.messages().len(), 20);
    second.store.close().await;
}

/// As after `kill -9`: what the one had in hand is done by the other when the lease has run out.
#[tokio::test]
async fn one_program_goes_on_where_the_other_ended() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let staff = site.add_host(&admin, "Sofia").await;
    let second = site.second_program().await;
    staff.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
    assert!(jobs::lease(&second, Lane::Messages).await.unwrap().is_some());
    second.store.close().await;
    assert_eq!(site.run_due_jobs().await, 1, "the other message");
    site.clock.advance(minutes(5));
    assert_eq!(site.run_due_jobs().await, 1);
    assert_eq!(site.messenger.messages().len(), 2);
}

/// The first program was stopped, or busy, for longer than its lease while it prepared the message.
#[tokio::test]
async fn who_has_lost_the_lease_sends_nothing() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let staff = site.add_host(&admin, "Sofia").await;
    let second = site.second_program().await;
    staff.books_and_confirms(&site.persona("Jamie"), minutes(60)).await;
    let leased = jobs::lease(&second, Lane::Messages).await.unwrap().unwrap();
    site.clock.advance(minutes(5));
    assert_eq!(site.run_due_jobs().await, 2);
    let sent = site.messenger.messages().len();
    assert_eq!(sent, 2);
    jobs::run(&second, &leased).await.unwrap();
    assert_eq!(site.messenger.messages().len(), sent, "it was not sent twice");
    second.store.close().await;
}
