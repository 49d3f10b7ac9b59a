//! Both leave their pages open: they are asked, and without an answer the call ends.

use anteroom_app::media_restarted;
use anteroom_app::standing::EndedBy;
use anteroom_domain::Phase;
use anteroom_testkit::{TestParticipant, TestSite, minutes, seconds};

use crate::error_code;

async fn state(of: &TestParticipant) -> &'static str {
    of.standing().await.phase.as_str()
}

/// A call one hour after its planned end, in which both are asked.
async fn asked() -> (TestSite, TestParticipant, TestParticipant) {
    let (site, host, guest) = TestSite::call().await;
    let asks_at = host.standing().await.ends_at + minutes(60);
    site.clock.set(asks_at - seconds(1));
    site.run_due_jobs().await;
    assert_eq!(host.standing().await.answer_until, None, "it only runs late");
    site.clock.set(asks_at);
    site.run_due_jobs().await;
    (site, host, guest)
}

#[tokio::test]
async fn a_call_whose_pages_were_left_open_is_asked_and_ended() {
    let (site, host, guest) = asked().await;
    let until = site.app.clock.now() + minutes(5);
    let answer_until = (host.standing().await.answer_until, guest.standing().await.answer_until);
    assert_eq!(answer_until, (Some(until), Some(until)));
    site.clock.set(until - seconds(1));
    site.run_due_jobs().await;
    assert_eq!(state(&host).await, "live");
    site.clock.set(until);
    site.run_due_jobs().await;
    let seen = guest.standing().await;
    assert_eq!((seen.phase.as_str(), seen.ended_by), ("ended", Some(EndedBy::Unanswered)));
    assert_eq!(seen.answer_until, None);
    assert_eq!(seen.duration, Some(minutes(5 + 30 + 60 + 5)), "they were connected, and the record says no more");
    assert!(!guest.is_connected() && !host.is_connected());
}

#[tokio::test]
async fn an_answer_of_one_is_good_for_an_hour() {
    let (site, host, guest) = asked().await;
    site.clock.advance(minutes(4));
    assert_eq!(guest.answers().await.unwrap().answer_until, None);
    assert_eq!(host.standing().await.answer_until, None, "nobody else has to");
    assert!(host.answers().await.is_ok(), "both have tapped");
    for _ in 0..6 {
        site.run_due_jobs().await;
        assert_eq!((state(&host).await, host.standing().await.answer_until), ("live", None));
        site.clock.advance(minutes(10));
    }
    site.run_due_jobs().await;
    assert_eq!(host.standing().await.answer_until, Some(site.app.clock.now() + minutes(5)));
}

#[tokio::test]
async fn after_a_long_sleep_of_the_server_people_are_asked_first() {
    let (site, host, _guest) = TestSite::call().await;
    site.clock.advance(minutes(30 * 60));
    site.run_due_jobs().await;
    assert_eq!(state(&host).await, "live");
    assert_eq!(host.standing().await.answer_until, Some(site.app.clock.now() + minutes(5)));
    site.clock.advance(minutes(5));
    site.run_due_jobs().await;
    assert_eq!(state(&host).await, "ended");
}

#[tokio::test]
async fn a_restart_gives_the_time_to_answer_anew() {
    let (site, host, guest) = asked().await;
    site.clock.advance(minutes(30));
    media_restarted(&site.app).await.unwrap();
    host.connects().await.unwrap();
    guest.connects().await.unwrap();
    site.run_due_jobs().await;
    assert_eq!(state(&host).await, "live", "nobody saw the question meanwhile");
    assert_eq!(guest.standing().await.answer_until, Some(site.app.clock.now() + minutes(5)));
    site.clock.advance(minutes(5));
    site.run_due_jobs().await;
    assert_eq!(state(&host).await, "ended");
}

#[tokio::test]
async fn who_is_not_in_the_call_cannot_answer() {
    let (site, host, guest) = asked().await;
    host.declines(&guest).await.unwrap();
    site.run_due_jobs().await;
    assert_eq!(error_code(guest.answers().await), "not_admitted");
    assert_eq!(guest.standing().await.answer_until, None);
    host.ends().await.unwrap();
    assert_eq!(error_code(host.answers().await), "ended");
    site.run_due_jobs().await;
    assert_eq!(host.standing().await.ended_by, Some(EndedBy::Host));
}

#[tokio::test]
async fn when_all_have_left_while_they_were_asked_nobody_is_waited_for() {
    let (site, host, guest) = asked().await;
    site.clock.advance(minutes(1));
    for who in [&host, &guest] {
        who.loses_connection().await;
    }
    let left_at = site.app.clock.now();
    site.clock.advance(minutes(5));
    site.run_due_jobs().await;
    assert_eq!(state(&host).await, "live", "they have ten minutes to come back");
    site.clock.advance(minutes(10));
    site.run_due_jobs().await;
    let seen = guest.standing().await;
    assert_eq!((seen.phase.as_str(), seen.ended_by), ("ended", Some(EndedBy::Deserted)));
    let found = site.app.store.read().await.unwrap().find_consultation(guest.consultation).await.unwrap().unwrap();
    let Phase::Ended { ended_at, .. } = found.phase else { panic!("it has ended") };
    assert_eq!(ended_at, left_at);
}
