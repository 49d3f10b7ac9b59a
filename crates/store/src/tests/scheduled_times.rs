//! Planned starts are read page by page, each once.

use anteroom_domain::{AppointmentStatus, Author};

use super::on_both_engines;
use super::samples::{appointment, host, in_minutes, now};
use crate::Store;

on_both_engines![planned_starts_are_paged_completely];

async fn planned_starts_are_paged_completely(store: Store) {
    let host = host(&store).await;
    let mut expected = Vec::new();
    let mut tx = store.begin().await.unwrap();
    for minutes in [0, 0, 0, 5, 5, 90, -1] {
        let appointment = appointment(host, in_minutes(minutes), 30);
        tx.insert_appointment(&appointment).await.unwrap();
        if minutes >= 0 {
            expected.push((appointment.starts.at, appointment.id));
        }
    }
    let mut cancelled = appointment(host, in_minutes(7), 30);
    cancelled.status = AppointmentStatus::Cancelled { at: now(), by: Author::System };
    tx.insert_appointment(&cancelled).await.unwrap();
    tx.commit().await.unwrap();
    expected.sort_unstable();

    let mut snapshot = store.read().await.unwrap();
    let (mut found, mut from, mut after) = (Vec::new(), now(), None);
    loop {
        let page = snapshot.planned_starts(from, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        (from, after) = (last.starts.at, Some(last.appointment));
        assert!(page.len() <= 2 && page.iter().all(|planned| planned.host == host));
        found.extend(page.into_iter().map(|planned| (planned.starts.at, planned.appointment)));
    }
    assert_eq!(found, expected);
}
