//! The record is what took place: who was there and for how long, and what became of it.

use anteroom_app::{media_restarted, records, sweep};
use anteroom_domain::{AppointmentId, Author, FieldError, Outcome, Period};
use anteroom_testkit::{TestSite, TestStaff, minutes, seconds};

use crate::{error_code, wrong_fields};

async fn outcome_of(site: &TestSite, staff: &TestStaff, id: AppointmentId) -> Option<Outcome> {
    let found = staff.finds(id).await.expect("they are stored");
    let policy = anteroom_app::practices::fetch(&site.app).await.expect("they are stored").policy;
    found.consultation.and_then(|of| of.outcome(&found.appointment, &policy, site.app.clock.now()))
}

#[tokio::test]
async fn only_time_in_which_both_are_there_counts() {
    let (site, host, guest) = TestSite::call().await;
    let admin = site.staff(anteroom_app::Actor::Console, None);
    let started_at = site.app.clock.now();
    site.clock.advance(minutes(10));
    guest.loses_connection().await;
    site.clock.advance(minutes(5));
    guest.connects().await.unwrap();
    site.clock.advance(minutes(20));
    host.loses_connection().await; // The tab is closed, and the guest waits.
    site.clock.advance(minutes(6));
    let ended = host.ends().await.unwrap();
    assert_eq!(ended.duration, Some(minutes(30)));
    site.run_due_jobs().await;
    let found = admin.finds(ended.appointment).await.unwrap();
    let consultation = found.consultation.unwrap();
    let periods = |n: usize| consultation.attendance(&consultation.participants[n], site.app.clock.now());
    let period = |from, to| Period { arrived_at: started_at + minutes(from), departed_at: started_at + minutes(to) };
    assert_eq!(periods(0), [period(0, 35)]);
    assert_eq!(periods(1), [period(0, 10), period(15, 41)]);
    assert_eq!(outcome_of(&site, &admin, ended.appointment).await, Some(Outcome::TookPlace));
}

#[tokio::test]
async fn a_deserted_call_ended_when_the_last_one_left() {
    let (site, host, guest) = TestSite::call().await;
    site.clock.advance(minutes(20));
    host.loses_connection().await;
    site.clock.advance(minutes(1));
    guest.loses_connection().await;
    let left_at = site.app.clock.now();
    site.clock.advance(minutes(20 * 60)); // The server was away.
    site.run_due_jobs().await;
    let seen = host.standing().await;
    assert_eq!(seen.duration, Some(minutes(20)));
    assert_eq!(seen.status, anteroom_domain::AppointmentStatus::Completed { at: left_at });
}

#[tokio::test]
async fn a_crash_ends_periods_when_the_server_was_last_alive() {
    let (site, host, guest) = TestSite::call().await;
    for _ in 0..10 {
        site.clock.advance(minutes(1));
        sweep::run(&site.app).await.unwrap();
    }
    site.clock.advance(minutes(3) + seconds(5));
    media_restarted(&site.app).await.unwrap();
    host.connects().await.unwrap();
    guest.connects().await.unwrap();
    site.clock.advance(minutes(7));
    assert_eq!(host.ends().await.unwrap().duration, Some(minutes(17)));
    site.run_due_jobs().await;
}

#[tokio::test]
async fn staff_record_what_became_of_it() {
    let (site, admin) = TestSite::set_up().await;
    let (host, colleague) = (site.add_host(&admin, "Sofia").await, site.add_host(&admin, "Nora").await);
    let id = host.books_and_confirms(&site.persona("Jamie"), minutes(5)).await.appointment.id;
    site.run_due_jobs().await;
    let record = async |by: &TestStaff, outcome: &str| records::record_outcome(&site.app, &by.actor, id, outcome).await;
    assert_eq!(error_code(record(&host, "took_place").await), "not_over");
    site.clock.advance(minutes(65));
    assert_eq!(outcome_of(&site, &host, id).await, Some(Outcome::DidNotTakePlace));
    assert_eq!(error_code(record(&colleague, "took_place").await), "not_found");
    assert_eq!(wrong_fields(record(&host, "cancelled").await), [("outcome", FieldError::UnknownChoice)]);

    record(&host, "technical_failure").await.unwrap();
    assert_eq!(outcome_of(&site, &host, id).await, Some(Outcome::TechnicalFailure));
    let version = record(&admin, "technical_failure").await.unwrap().consultation.unwrap().version;
    let found = record(&admin, "guest_did_not_come").await.unwrap();
    let consultation = found.consultation.clone().unwrap();
    assert_eq!(consultation.version, version + 1, "the same again has changed nothing");
    assert_eq!(consultation.recorded.map(|recorded| recorded.by), Some(Author::User(admin.id())));
    let name = records::recorded_by(&site.app, &found).await.unwrap().unwrap();
    assert_eq!(name.reveal().as_str(), admin.persona().name);

    let rows = site.app.store.read().await.unwrap().audit_of(&id.to_string(), 0, 100).await.unwrap();
    let recorded = rows.into_iter().filter(|(_, row)| row.kind == "consultation.outcome_recorded");
    let authors: Vec<Author> = recorded.map(|(_, row)| row.author).collect();
    assert_eq!(authors, [Author::User(host.id()), Author::User(admin.id())]);
}

#[tokio::test]
async fn whether_an_appointment_in_person_took_place_is_recorded() {
    let (site, host) = TestSite::start().await;
    let mut booking = host.booking(&site.persona("Jamie"), minutes(5));
    booking.kind = "in_person".into();
    let id = host.books(booking).await.unwrap().appointment.id;
    assert_eq!(error_code(records::record_outcome(&site.app, &host.actor, id, "took_place").await), "not_confirmed");
    host.confirms(id).await.unwrap();
    site.run_due_jobs().await;
    site.clock.advance(minutes(6));
    assert_eq!(outcome_of(&site, &host, id).await, None);
    records::record_outcome(&site.app, &host.actor, id, "took_place").await.unwrap();
    assert_eq!(outcome_of(&site, &host, id).await, Some(Outcome::TookPlace));
}
