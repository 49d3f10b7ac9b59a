//! The audit log: each change once, with its author.

use anteroom_app::consultations;
use anteroom_domain::{AppointmentId, Author, Phase};
use anteroom_testkit::{TestSite, minutes};

async fn history(site: &TestSite, id: AppointmentId) -> Vec<(String, Author)> {
    let mut tx = site.app.store.read().await.expect("the store answers");
    let rows = tx.audit_of(&id.to_string(), 0, 100).await.expect("the store answers");
    rows.into_iter().map(|(_, row)| (row.kind, row.author)).collect()
}

#[tokio::test]
async fn each_change_is_recorded_once_with_its_author() {
    let (site, staff) = TestSite::start().await;
    let guest = site.persona("Jamie");
    let found = staff.books_and_confirms(&guest, minutes(5)).await;
    site.run_due_jobs().await;
    let (host, guest) = site.participants(&found).await;
    for _ in 0..2 {
        guest.enters().await.unwrap();
        host.starts().await.unwrap();
        host.admits(&guest).await.unwrap();
    }
    guest.connects().await.unwrap();
    host.declines(&guest).await.unwrap();
    site.run_due_jobs().await;
    host.admits(&guest).await.unwrap();
    guest.leaves().await.unwrap();
    host.ends().await.unwrap();
    site.run_due_jobs().await;

    let (by_staff, by_host, by_guest) = (staff.actor.author(), host.actor.author(), guest.actor.author());
    let expected = [
        ("appointment.booked", &by_staff),
        ("appointment.confirmed", &by_staff),
        ("guest.entered", &by_guest),
        ("consultation.started", &by_host),
        ("ticket.issued", &by_guest),
        ("participant.arrived", &by_guest),
        ("guest.declined", &by_host),
        ("participant.departed", &by_guest),
        ("guest.admitted", &by_host),
        ("guest.left", &by_guest),
        ("consultation.ended", &by_host),
    ];
    let recorded = history(&site, found.appointment.id).await;
    let recorded: Vec<_> = recorded.iter().map(|(kind, author)| (kind.as_str(), author)).collect();
    assert_eq!(recorded, expected);
}

/// Recorded as done by the key: the host was not there.
#[tokio::test]
async fn what_an_api_key_does_is_recorded_as_its_own() {
    let (site, host, guest) = TestSite::appointment().await;
    let (client, _) = site.api_client().await;
    guest.enters().await.unwrap();
    consultations::start(&site.app, &client.actor, host.consultation).await.unwrap();
    let live = site.app.store.read().await.unwrap().find_consultation(host.consultation).await.unwrap().unwrap();
    let Phase::Live { started_by, .. } = live.phase else { panic!("it is live") };
    assert_eq!(started_by, client.actor.author());
    consultations::end(&site.app, &client.actor, host.consultation).await.unwrap();
    site.run_due_jobs().await;
    let recorded = history(&site, live.appointment).await;
    assert_eq!(recorded.last().unwrap(), &("consultation.ended".to_owned(), client.actor.author()));
}
