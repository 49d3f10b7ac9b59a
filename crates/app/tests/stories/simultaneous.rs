//! The same request twice at once: both answer what is stored.

use anteroom_testkit::{TestSite, hours};

#[tokio::test]
async fn both_of_two_simultaneous_cancellations_answer_cancelled() {
    let (site, host) = TestSite::start().await;
    for n in 1..=20 {
        let id = host.books_and_confirms(&site.persona("Jamie"), hours(n)).await.appointment.id;
        let (one, other) = tokio::join!(host.cancels(id), host.cancels(id));
        let answers = [one, other].map(|answer| answer.unwrap().appointment.status.as_str());
        assert_eq!(answers, ["cancelled", "cancelled"], "pair {n}");
    }
    site.run_due_jobs().await;
}
