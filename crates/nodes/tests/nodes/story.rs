//! The guest's page is open at one program, the host's at the other.

use std::time::Duration;

use anteroom_app::appointments::AppointmentDetails;
use anteroom_app::invitations;
use anteroom_domain::Role;
use anteroom_testkit::{TestSite, TestStaff, hours, minutes};
use tokio::time::Instant;

use crate::mail::Mail;
use crate::node::Node;

/// Longer than a page counts as open after it was seen last (20 s), and than a page waits until it looks again (2 s).
const LONGER_THAN_GRACE: Duration = Duration::from_secs(24);

/// The secret of a new link.
async fn secret(staff: &TestStaff, site: &TestSite, of: &AppointmentDetails, role: Role) -> String {
    let link = invitations::reissue(&site.app, &staff.actor, of.appointment.id, role).await.unwrap();
    link.rsplit('/').next().unwrap().to_owned()
}

/// Workers of a program for messages: each holds one.
const HELD_AT_MOST: usize = 4;

/// The appointment after so many others, each at an hour of its own.
async fn book(site: &TestSite, staff: &TestStaff, after: usize) -> AppointmentDetails {
    staff.books_and_confirms(&site.persona("Jamie"), hours(i64::try_from(after).unwrap())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_share_one_database_until_one_is_killed() {
    let (site, admin) = TestSite::set_up_on_postgres().await;
    let staff = site.add_host(&admin, "Sofia").await;
    let mail = Mail::start().await;
    let (proxy, other_proxy) = (mail.proxy().await, mail.proxy().await);
    let mut first = Node::start(&site.database(), &proxy.smtp_url);
    let mut second = Node::start(&site.database(), &other_proxy.smtp_url);

    // A guest enters at the first; the host reads it at the second.
    let found = staff.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    let consultation = found.consultation.as_ref().unwrap().id.to_string();
    let guest = secret(&staff, &site, &found, Role::Guest).await;
    let host = secret(&staff, &site, &found, Role::Host).await;
    let mut host_page = second.watch(&consultation, &host).await;
    host_page.until("entry", "outside").await;
    let _guest_page = {
        let mut page = first.watch(&consultation, &guest).await;
        page.other().await;
        page
    };
    let mut times = Vec::new();
    for (method, entry) in [("POST", "waiting"), ("DELETE", "left"), ("POST", "waiting")] {
        let asked = Instant::now();
        let request = format!("{method} /api/v1/consultations/{consultation}/entry");
        assert_eq!(first.status(&request, &guest).await, "HTTP/1.1 200 OK");
        let shown = host_page.until("entry", entry).await;
        times.push(asked.elapsed());
        assert_eq!(shown["presence"], "here");
    }
    // The quickest: other processes may have the processor for a while.
    assert!(times.iter().min() < Some(&Duration::from_secs(1)), "{times:?}");

    // Still there when the second has known them for long only from the first.
    for other in host_page.others_within(LONGER_THAN_GRACE).await {
        assert_eq!((&other["entry"], &other["presence"]), (&"waiting".into(), &"here".into()));
    }

    // Each message is sent once, by either.
    let mut guests = vec![found];
    for _ in 1..5 {
        guests.push(book(&site, &staff, guests.len()).await);
    }
    mail.until(2 * guests.len()).await;

    // The first is killed with messages in its hands; the second goes on, and sends them when the leases have run out.
    proxy.block();
    while !proxy.is_waited_at() {
        assert!(guests.len() < 200, "the first sends its share of the messages");
        guests.push(book(&site, &staff, guests.len()).await);
    }
    first.kill();
    mail.until_quiet(2 * guests.len() - HELD_AT_MOST).await; // Or the second would think its own leases had run out.
    assert!(mail.count() < 2 * guests.len(), "the first held some");
    second.advance(300);
    mail.until(2 * guests.len()).await;
    host_page.until("presence", "gone").await;
    second.stop();
    let counts = mail.by_recipient();
    for guest in &guests {
        let address = guest.appointment.guest.email().unwrap();
        assert_eq!(counts[address.reveal().as_str()], 1);
    }
    assert_eq!(counts[guests[0].host.email.reveal().as_str()], guests.len());
}
