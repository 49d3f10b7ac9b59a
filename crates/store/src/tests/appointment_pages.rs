//! Long lists: every row is reached exactly once, in either direction, however many start at one instant.

use std::collections::BTreeSet;

use anteroom_domain::{AppointmentId, AppointmentStatus, Author, UserId};

use super::on_both_engines;
use super::samples::{appointment, host, in_minutes, now};
use crate::engine::execute;
use crate::{AppointmentRange, AppointmentRows, ListPosition, PartEdge, Store};

on_both_engines![
    every_row_of_a_long_list_is_reached_once,
    a_position_outside_of_the_list_is_its_end,
    parts_of_one_host_hold_no_rows_of_others,
    cancelled_rows_are_counted_apart,
    unreadable_rows_at_the_edges_of_a_part_are_counted_once,
];

/// 450 appointments with an hour between the first and the last, of which 300 start at the same instant.
async fn long_list(store: &Store, host: UserId) -> BTreeSet<AppointmentId> {
    let mut tx = store.begin().await.unwrap();
    let mut ids = BTreeSet::new();
    for n in 0..450 {
        let minutes = match n {
            0..75 => n / 3,
            75..375 => 30,
            _ => n / 8,
        };
        let mut appointment = appointment(host, in_minutes(minutes), 30);
        if n % 5 == 0 {
            appointment.status = AppointmentStatus::Cancelled { at: now(), by: Author::System };
        }
        tx.insert_appointment(&appointment).await.unwrap();
        ids.insert(appointment.id);
    }
    tx.commit().await.unwrap();
    ids
}

fn all_day(host: Option<UserId>) -> AppointmentRange {
    AppointmentRange { host, from: now(), to: in_minutes(24 * 60) }
}

async fn every_row_of_a_long_list_is_reached_once(store: Store) {
    let host = host(&store).await;
    let ids = long_list(&store, host).await;
    let mut snapshot = store.read().await.unwrap();
    for (range, limit) in [(all_day(None), 200), (all_day(Some(host)), 200), (all_day(None), 1), (all_day(None), 450)] {
        let (mut seen, mut after, mut firsts) = (Vec::new(), None, Vec::new());
        loop {
            let part = snapshot.appointments_after(&range, after, limit).await.unwrap();
            assert_eq!(part.rows, part.appointments.len());
            if let Some(first) = part.first {
                let before = snapshot.count_appointments_before(&range, first).await.unwrap();
                assert_eq!(before, i64::try_from(seen.len()).unwrap());
                firsts.push(first);
            }
            seen.extend(part.appointments.iter().map(|a| (a.starts.at, a.id)));
            after = part.last.map(|last| last.position);
            if !part.has_more {
                break;
            }
        }
        assert!(seen.is_sorted(), "in order of time");
        assert_eq!((seen.len(), seen.iter().map(|(_, id)| *id).collect::<BTreeSet<_>>()), (450, ids.clone()));

        let mut back = Vec::new();
        for before in firsts.iter().skip(1).rev() {
            let part = snapshot.appointments_before(&range, before.position, limit).await.unwrap();
            back.extend(part.appointments.iter().rev().map(|a| (a.starts.at, a.id)));
        }
        back.reverse();
        assert_eq!(back, seen[..seen.len() - last_part(limit)], "the same rows backwards");
    }
}

/// Length of the last part of 450 rows.
fn last_part(limit: usize) -> usize {
    match 450 % limit {
        0 => limit,
        rest => rest,
    }
}

async fn a_position_outside_of_the_list_is_its_end(store: Store) {
    let host = host(&store).await;
    let ids = long_list(&store, host).await;
    let id = *ids.first().unwrap();
    let mut snapshot = store.read().await.unwrap();
    let range = all_day(None);
    let (early, late) = (in_minutes(-600), in_minutes(6_000));
    let first = snapshot.appointments_after(&range, None, 200).await.unwrap();
    let after = async |snapshot: &mut crate::Snapshot, starts_at| {
        snapshot.appointments_after(&range, Some(ListPosition { starts_at, id }), 200).await.unwrap()
    };
    assert_eq!(after(&mut snapshot, early).await, first, "nothing before the range is listed");
    assert_eq!(after(&mut snapshot, late).await.rows, 0);
    let before = ListPosition { starts_at: early, id };
    assert_eq!(snapshot.appointments_before(&range, before, 200).await.unwrap().rows, 0);
    let before = ListPosition { starts_at: late, id };
    let last = snapshot.appointments_before(&range, before, 200).await.unwrap();
    assert_eq!((last.rows, last.has_more), (200, true));
    assert!(last.appointments.last().unwrap().starts.at < range.to, "nothing after the range is listed");
}

async fn parts_of_one_host_hold_no_rows_of_others(store: Store) {
    let (ada, bea) = (host(&store).await, host(&store).await);
    long_list(&store, ada).await;
    long_list(&store, bea).await;
    let mut snapshot = store.read().await.unwrap();
    for range in [all_day(Some(ada)), all_day(Some(bea))] {
        let first = snapshot.appointments_after(&range, None, 300).await.unwrap();
        let rest = snapshot.appointments_after(&range, first.last.map(|last| last.position), 300).await.unwrap();
        let (rows, mut parts) = (first.rows + rest.rows, first.appointments.iter().chain(&rest.appointments));
        assert_eq!((rows, rest.has_more), (450, false));
        assert!(parts.all(|appointment| Some(appointment.host) == range.host));
    }
    assert_eq!(snapshot.count_appointments(&all_day(None)).await.unwrap(), (900, 720));
}

async fn cancelled_rows_are_counted_apart(store: Store) {
    let host = host(&store).await;
    long_list(&store, host).await;
    let mut snapshot = store.read().await.unwrap();
    for range in [all_day(None), all_day(Some(host))] {
        assert_eq!(snapshot.count_appointments(&range).await.unwrap(), (450, 360));
        let planned = snapshot.planned_appointments(&range, 5).await.unwrap();
        let is_cancelled = |status: &AppointmentStatus| matches!(status, AppointmentStatus::Cancelled { .. });
        assert!(planned.appointments.iter().all(|appointment| !is_cancelled(&appointment.status)));
        assert_eq!((planned.rows, planned.has_more), (5, true));
    }
    let empty = AppointmentRange { from: in_minutes(900), ..all_day(None) };
    assert_eq!(snapshot.count_appointments(&empty).await.unwrap(), (0, 0));
}

/// A copy of a row, with an id that no version writes and that is sorted before all others.
async fn insert_unreadable(store: &Store, row: AppointmentId, n: u8) {
    let mut tx = store.begin().await.unwrap();
    let copied = execute!(&mut tx; "
        INSERT INTO appointments (id, host_id, guest_name, guest_email, guest_zone, starts_at, starts_local, starts_zone,
                                  ends_at, minutes, kind, status, booked_at, booked_by, version)
        SELECT $2, host_id, guest_name, guest_email, guest_zone, starts_at, starts_local, starts_zone, ends_at, minutes,
               kind, status, booked_at, booked_by, version
          FROM appointments
         WHERE id = $1"; row.to_string(), format!("0{n}"));
    assert_eq!(copied.unwrap(), 1);
    tx.commit().await.unwrap();
}

async fn unreadable_rows_at_the_edges_of_a_part_are_counted_once(store: Store) {
    let host = host(&store).await;
    let mut ids = Vec::new();
    for minutes in [0, 10, 20] {
        let appointment = appointment(host, in_minutes(minutes), 5);
        let mut tx = store.begin().await.unwrap();
        tx.insert_appointment(&appointment).await.unwrap();
        tx.commit().await.unwrap();
        ids.push(appointment.id);
    }
    for (row, n) in [(ids[1], 1), (ids[1], 2), (ids[2], 3)] {
        insert_unreadable(&store, row, n).await;
    }
    // By time: one that can be read, two that cannot, the second, one that cannot, the third.
    let mut snapshot = store.read().await.unwrap();
    for range in [all_day(None), all_day(Some(host))] {
        let start = snapshot.appointments_after(&range, None, 1).await.unwrap();
        let after = start.last.map(|last| last.position);
        let part = snapshot.appointments_after(&range, after, 4).await.unwrap();
        let edges = |part: &AppointmentRows| {
            let edge = |edge: Option<PartEdge>| edge.map(|edge| (edge.position.id, edge.unreadable));
            (part.rows, edge(part.first), edge(part.last))
        };
        assert_eq!(edges(&part), (4, Some((ids[1], 2)), Some((ids[1], 1))));
        assert_eq!(snapshot.count_appointments_before(&range, part.first.unwrap()).await.unwrap(), 1);
        let end = ListPosition { starts_at: in_minutes(20), id: ids[2] };
        assert_eq!(edges(&snapshot.appointments_before(&range, end, 4).await.unwrap()), edges(&part));
    }
}
