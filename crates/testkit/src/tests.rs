//! The test site detects every kind of problem.

use anteroom_app::{Clock, Rng};

use crate::{ManualClock, SeededRng, TestSite, hours, minutes};

/// Without it, a stage could run on SQLite only and nobody would notice.
#[tokio::test]
async fn a_site_runs_on_the_engine_of_the_environment() {
    let engine = std::env::var_os("ANTEROOM_TEST_DATABASE").unwrap_or_else(|| "sqlite".into());
    let database = TestSite::empty().await.database();
    assert!(database.starts_with(engine.to_str().unwrap()), "{database}");
}

#[tokio::test]
async fn a_complete_call_has_no_problems() {
    let (site, host, guest) = TestSite::call().await;
    assert!(host.is_connected() && guest.is_connected());
    site.run_due_jobs().await;
    assert_eq!(site.problems(), [""; 0]);
}

#[tokio::test]
async fn due_jobs_that_are_not_done_are_reported() {
    let (site, host) = TestSite::start().await;
    host.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
    assert_eq!(site.problems(), ["lane messages: 2 jobs are due and not done, 0 were given up"]);
    site.expect_undelivered();
    assert_eq!(site.problems(), [""; 0]);
}

#[tokio::test]
async fn jobs_due_later_are_not_reported() {
    let (site, _host, _guest) = TestSite::call().await;
    assert_eq!(site.problems(), [""; 0]);
    site.clock.advance(hours(3));
    assert_eq!(site.problems().len(), 1);
    site.run_due_jobs().await;
}

#[tokio::test]
async fn personal_data_in_any_log_line_is_detected() {
    let site = TestSite::empty().await;
    let jamie = site.persona("Jamie");
    let ways = [
        |word: &str| tracing::error!("{word} did it"),
        |word: &str| tracing::trace!(who = word, "somebody did it"),
        |word: &str| drop(tracing::info_span!("work", who = word)),
        |word: &str| {
            tracing::info_span!("work", who = tracing::field::Empty).record("who", word);
        },
        |word: &str| tracing::debug!(?word, "somebody did it"),
    ];
    for (n, log) in ways.into_iter().enumerate() {
        let word = jamie.words()[n % 4].clone();
        std::thread::spawn(move || log(&word)).join().unwrap();
        assert_eq!(site.logs.leaks().len(), 1, "way {n}");
        site.logs.clear_leaks();
    }
}

#[tokio::test]
async fn unexpected_logged_errors_are_detected() {
    let site = TestSite::empty().await;
    tracing::error!("something broke");
    assert_eq!(site.problems().len(), 1);
    site.logs.clear_errors();
    assert_eq!(site.problems(), [""; 0]);
}

#[tokio::test]
#[should_panic(expected = "2 jobs are due and not done")]
async fn dropping_a_site_checks_it() {
    let (site, host) = TestSite::start().await;
    host.books_and_confirms(&site.persona("Jamie"), minutes(5)).await;
}

#[test]
fn clock_and_rng_are_deterministic() {
    let start = "2026-11-20T09:00:00Z".parse().unwrap();
    let clock = ManualClock::at(start);
    clock.advance(minutes(-3));
    assert_eq!(clock.now(), start - minutes(3));
    let draw = |seed| {
        let (rng, mut bytes) = (SeededRng::new(seed), [0; 13]);
        rng.fill(&mut bytes);
        bytes
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}
