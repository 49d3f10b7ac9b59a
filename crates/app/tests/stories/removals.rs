//! Removals from a room: at once, and never of a participant who has rightly returned.

use anteroom_app::{invitations, users};
use anteroom_domain::{Notice, Role};
use anteroom_store::Due;
use anteroom_testkit::{TestParticipant, TestSite, VideoRequest};

use crate::error_code;
use crate::hosted::Hosted;

/// The participant returns before the job is done, as when the media server was not reachable for a while.
async fn stays_although_the_removal_is_late(site: &TestSite, returned: &TestParticipant) {
    returned.connects().await.expect("they may return");
    site.run_due_jobs().await;
    assert!(returned.is_connected(), "the removal meant the connection before");
}

#[tokio::test]
async fn late_removal_spares_a_guest_who_was_admitted_again() {
    let (site, host, guest) = TestSite::call().await;
    guest.leaves().await.unwrap();
    guest.enters().await.unwrap();
    host.admits(&guest).await.unwrap();
    stays_although_the_removal_is_late(&site, &guest).await;
}

/// The job has read who is admitted, and is carried out afterwards.
#[tokio::test]
async fn removal_that_began_before_the_readmission_spares_the_new_connection() {
    let (site, host, guest) = TestSite::call().await;
    host.declines(&guest).await.unwrap();
    site.run_due_jobs().await;
    let requests = site.video.requests();
    let Some(VideoRequest::Remove(room, who, older_than)) = requests.last() else { panic!("{requests:?}") };
    host.admits(&guest).await.unwrap();
    guest.connects().await.unwrap();
    site.app.video.remove(room, *who, *older_than).await.unwrap();
    assert!(guest.is_connected());
}

#[tokio::test]
async fn late_removal_spares_a_guest_with_a_new_link() {
    let (site, host, _guest) = TestSite::call().await;
    let (api_client, _) = site.api_client().await;
    let id = host.standing().await.appointment;
    let fresh = invitations::replace(&site.app, &api_client.actor, id, Role::Guest).await.unwrap();
    let back = site.open_link(&fresh).await.unwrap();
    back.enters().await.unwrap();
    host.admits(&back).await.unwrap();
    stays_although_the_removal_is_late(&site, &back).await;
}

#[tokio::test]
async fn late_removal_spares_a_reactivated_host() {
    let Hosted { site, admin, sofia, found } = Hosted::begin().await;
    let (host, _) = site.participants(&found).await;
    host.starts().await.unwrap();
    let ticket = host.requests_ticket().await.unwrap();
    users::deactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    users::reactivate(&site.app, &admin.actor, sofia.id()).await.unwrap();
    assert_eq!(error_code(host.connects_with(&ticket).await), "superseded");
    stays_although_the_removal_is_late(&site, &host).await;
}

/// The holder of the old link is still connected with it.
#[tokio::test]
async fn old_link_is_removed_although_the_new_one_was_admitted() {
    let (site, host, guest) = TestSite::call().await;
    let (api_client, _) = site.api_client().await;
    let id = host.standing().await.appointment;
    let fresh = invitations::replace(&site.app, &api_client.actor, id, Role::Guest).await.unwrap();
    let back = site.open_link(&fresh).await.unwrap();
    back.enters().await.unwrap();
    host.admits(&back).await.unwrap();
    site.run_due_jobs().await;
    assert!(!guest.is_connected());
}

/// They name no ticket.
#[tokio::test]
async fn removals_of_an_older_version_are_carried_out() {
    let (site, host, guest) = TestSite::call().await;
    let job = Notice::Removed { consultation: guest.consultation, participant: guest.me, older_than: None };
    let post = async || {
        let mut tx = site.app.store.begin().await.unwrap();
        tx.post(&job, Due::now(site.app.clock.now())).await.unwrap();
        tx.commit().await.unwrap();
        site.run_due_jobs().await;
    };
    post().await;
    assert!(guest.is_connected(), "who is admitted stays");
    let mut tx = site.app.store.begin().await.unwrap();
    let mut consultation = tx.find_consultation(guest.consultation).await.unwrap().unwrap();
    consultation = consultation.leave(guest.me, site.app.clock.now()).unwrap();
    tx.save_consultation(&consultation).await.unwrap();
    tx.commit().await.unwrap();
    post().await;
    assert!(!guest.is_connected() && host.is_connected());
}

/// Without the admission of the host, whose page asks for a ticket by itself.
#[tokio::test]
async fn ticket_from_before_a_new_link_is_superseded() {
    let Hosted { site, sofia, found, .. } = Hosted::begin().await;
    let (host, _) = site.participants(&found).await;
    host.starts().await.unwrap();
    let ticket = host.requests_ticket().await.unwrap();
    host.connects_with(&ticket).await.unwrap();
    let fresh = invitations::replace(&site.app, &sofia.actor, found.appointment.id, Role::Host).await.unwrap();
    site.run_due_jobs().await;
    assert!(!host.is_connected());
    assert_eq!(error_code(host.connects_with(&ticket).await), "superseded");
    assert!(site.open_link(&fresh).await.unwrap().connects().await.is_ok());
}
