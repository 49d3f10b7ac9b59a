//! One person, one seat: it moves to the tab of the last tap, and a host can put out who took it.

use anteroom_app::{tickets, waiting_room};
use anteroom_domain::TabId;
use anteroom_testkit::{TestParticipant, TestSite};

use crate::error_code;

fn tab(id: &str) -> Option<TabId> {
    Some(id.parse().expect("an id"))
}

async fn enters_in(guest: &TestParticipant, app: &anteroom_app::App, id: &str) {
    waiting_room::enter(app, &guest.actor, guest.consultation, tab(id)).await.expect("the room is open");
}

#[tokio::test]
async fn waiting_moves_to_the_tab_of_the_last_tap() {
    let (site, host, guest) = TestSite::appointment().await;
    enters_in(&guest, &site.app, "1").await;
    assert_eq!(guest.standing().await.is_seat_of(tab("1")), Some(true));
    let before = guest.standing().await.version;
    enters_in(&guest, &site.app, "2").await;
    let standing = guest.standing().await;
    assert_eq!([tab("1"), tab("2"), None].map(|tab| standing.is_seat_of(tab)), [Some(false), Some(true), None]);
    assert!(standing.version > before, "the other page takes it for newer");
    assert_eq!(host.standing().await.people[0].moved_at, Some(site.app.clock.now()));

    host.starts().await.unwrap();
    let ticket = |id| tickets::issue(&site.app, &guest.actor, guest.consultation, tab(id));
    assert_eq!(error_code(ticket("1").await), "superseded", "not even with the ticket that its page asks for late");
    let without_a_tab = tickets::issue(&site.app, &guest.actor, guest.consultation, None).await;
    assert_eq!(error_code(without_a_tab), "superseded", "a link alone does not take the seat unseen");
    assert_eq!(error_code(ticket("2").await), "yes");
    let left = waiting_room::leave(&site.app, &guest.actor, guest.consultation, tab("1")).await.unwrap();
    assert_eq!(left.is_seat_of(tab("2")), Some(true), "a page that was left puts nobody out");
    let mut tx = site.app.store.read().await.unwrap();
    let rows = tx.audit_of(&standing.appointment.to_string(), 0, 100).await.unwrap();
    assert_eq!(rows.iter().filter(|(_, row)| row.kind == "guest.moved").count(), 1);
}

#[tokio::test]
async fn an_expelled_guest_is_out_and_their_links_open_nothing() {
    let (site, host, guest) = TestSite::call().await;
    assert!(guest.is_connected());
    let expelled = waiting_room::expel(&site.app, &host.actor, host.consultation, guest.me).await;
    assert_eq!(expelled.unwrap().people[0].entry.as_str(), "left");
    site.run_due_jobs().await;
    assert!(!guest.is_connected() && host.is_connected());
    assert!(site.open_link(&guest.link).await.is_err());
    assert_eq!(error_code(guest.enters().await), "not_found", "also for a page that was open");
    assert_eq!(error_code(waiting_room::expel(&site.app, &guest.actor, host.consultation, host.me).await), "not_found");
    assert!(site.open_link(&host.link).await.is_ok(), "the host's goes on");
}
