//! Rows round-trip unchanged and are found by each of their keys.

use anteroom_domain::{
    ApiKeyId, AppointmentStatus, Author, Entry, Outcome, ParticipantId, Period, Phase, RecordedOutcome, Role, RoomName,
    Secret, StillThere, WordingPack,
};

use super::on_both_engines;
use super::samples::{
    appointment, confirmed, consultation, host, in_minutes, invitation, now, planned, practice, unique_bytes,
};
use crate::{Error, KeyTicket, MediaServerRun, Store};

on_both_engines![
    a_practice_round_trips_and_exists_once,
    an_appointment_round_trips,
    an_appointment_keeps_columns_of_earlier_statuses,
    appointments_of_a_day_are_listed_in_order,
    a_consultation_is_found_by_each_of_its_keys,
    a_consultation_keeps_participants_and_admissions,
    a_key_keeps_its_last_ticket_until_the_end,
    an_appointment_has_one_consultation,
    a_media_restart_marks_all_as_disconnected,
    a_consultation_keeps_what_took_place,
    the_latest_run_of_the_media_server_is_known,
    consultations_of_several_appointments_are_found_together,
    a_link_is_found_by_its_secret_and_can_be_revoked,
];

async fn a_practice_round_trips_and_exists_once(store: Store) {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.find_practice().await.unwrap(), None);
    tx.insert_practice(&practice()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.read().await.unwrap().find_practice().await.unwrap(), Some(practice()));

    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_practice(&practice()).await, Err(Error::Taken)));
    drop(tx);

    let mut changed = practice();
    changed.pack = WordingPack::Beauty;
    let mut tx = store.begin().await.unwrap();
    tx.save_practice(&changed).await.unwrap();
    tx.commit().await.unwrap();
    let found = store.read().await.unwrap().find_practice().await.unwrap().unwrap();
    assert_eq!((found.pack, found.version), (WordingPack::Beauty, 1));
}

async fn an_appointment_round_trips(store: Store) {
    let host = host(&store).await;
    let with_phone = appointment(host, in_minutes(5), 50);
    let mut without = appointment(host, in_minutes(90), 15);
    without.guest.addresses.truncate(1);
    without.companions.clear();
    let mut tx = store.begin().await.unwrap();
    tx.insert_appointment(&with_phone).await.unwrap();
    tx.insert_appointment(&without).await.unwrap();
    tx.commit().await.unwrap();
    let mut snapshot = store.read().await.unwrap();
    assert_eq!(snapshot.find_appointment(with_phone.id).await.unwrap().as_ref(), Some(&with_phone));
    assert_eq!(snapshot.find_appointment(without.id).await.unwrap().as_ref(), Some(&without));
}

async fn an_appointment_keeps_columns_of_earlier_statuses(store: Store) {
    let confirmed = confirmed(&store).await;
    let by = Author::Participant(ParticipantId::new(now(), unique_bytes()));
    let mut cancelled = confirmed.clone();
    cancelled.status = AppointmentStatus::Cancelled { at: in_minutes(3), by: by.clone() };
    let mut tx = store.begin().await.unwrap();
    tx.save_appointment(&cancelled).await.unwrap();
    tx.commit().await.unwrap();

    let mut snapshot = store.read().await.unwrap();
    let found = snapshot.find_appointment(confirmed.id).await.unwrap().unwrap();
    assert_eq!(found.status, AppointmentStatus::Cancelled { at: in_minutes(3), by });
    assert_eq!(found.version, 1);
    let still: Option<(Option<i64>, Option<String>)> =
        crate::engine::fetch_optional!(&mut snapshot, (Option<i64>, Option<String>); "
        SELECT confirmed_at, confirmed_by
          FROM appointments
         WHERE id = $1"; confirmed.id.to_string())
        .unwrap();
    assert_eq!(still, Some((Some(now().as_millisecond()), Some(confirmed.host.to_string()))));
}

async fn appointments_of_a_day_are_listed_in_order(store: Store) {
    let (ada, bea) = (host(&store).await, host(&store).await);
    let mut tx = store.begin().await.unwrap();
    let mut booked = Vec::new();
    for (host, minutes) in [(ada, 60), (ada, 0), (bea, 30), (ada, 24 * 60), (bea, -1)] {
        let appointment = appointment(host, in_minutes(minutes), 30);
        tx.insert_appointment(&appointment).await.unwrap();
        booked.push(appointment);
    }
    tx.commit().await.unwrap();

    let mut snapshot = store.read().await.unwrap();
    let (from, to) = (in_minutes(0), in_minutes(24 * 60));
    let everybodys = snapshot.appointments_between(None, from, to, 100).await.unwrap();
    assert_eq!(everybodys, [&booked[1], &booked[2], &booked[0]].map(Clone::clone));
    let adas = snapshot.appointments_between(Some(ada), from, to, 100).await.unwrap();
    assert_eq!(adas, [&booked[1], &booked[0]].map(Clone::clone));
    assert_eq!(snapshot.appointments_between(None, from, to, 1).await.unwrap(), booked[1..2]);
}

async fn a_consultation_is_found_by_each_of_its_keys(store: Store) {
    let kept = planned(&store).await;
    planned(&store).await;
    let mut snapshot = store.read().await.unwrap();
    let expected = Some(kept.clone());
    assert_eq!(snapshot.find_consultation(kept.id).await.unwrap(), expected);
    assert_eq!(snapshot.consultation_of_appointment(kept.appointment).await.unwrap(), expected);
    assert_eq!(snapshot.consultation_in_room(&kept.room).await.unwrap(), expected);
    assert_eq!(snapshot.consultation_of_participant(kept.participants[1].id).await.unwrap(), expected);
    assert_eq!(snapshot.consultation_in_room(&RoomName::from_text("kitchen")).await.unwrap(), None);
}

async fn a_consultation_keeps_participants_and_admissions(store: Store) {
    let mut kept = planned(&store).await;
    let host = kept.participants[0].id;
    let mut entries = vec![
        Entry::Waiting { since: in_minutes(1) },
        Entry::Admitted { by: Author::Participant(host), at: in_minutes(2) },
        Entry::Declined { by: Author::Participant(host), at: in_minutes(3) },
        Entry::Left { at: in_minutes(4) },
        Entry::Waiting { since: in_minutes(5) },
    ];
    let phases = [
        Phase::Live { started_at: in_minutes(2), started_by: Author::Participant(host) },
        Phase::Ended { started_at: in_minutes(2), ended_at: in_minutes(30), ended_by: Author::Participant(host) },
    ];
    for (n, entry) in entries.drain(..).enumerate() {
        kept.phase = phases[usize::from(n > 2)].clone();
        let guest = &mut kept.participants[1];
        (guest.entry, guest.ticket_number) = (entry, guest.ticket_number + 1);
        guest.arrived_at = Some(in_minutes(2));
        (guest.tab, guest.moved_at) = ([Some("7f".parse().unwrap()), None][n % 2], [None, Some(in_minutes(3))][n % 2]);
        guest.connected_since = (n % 2 == 0).then(|| in_minutes(2));
        let mut tx = store.begin().await.unwrap();
        tx.save_consultation(&kept).await.unwrap();
        tx.commit().await.unwrap();
        kept.version += 1;
        assert_eq!(store.read().await.unwrap().find_consultation(kept.id).await.unwrap().as_ref(), Some(&kept));
    }
    let mut snapshot = store.read().await.unwrap();
    let facts: Option<(Option<i64>, Option<String>)> =
        crate::engine::fetch_optional!(&mut snapshot, (Option<i64>, Option<String>); "
        SELECT admitted_at, admitted_by
          FROM participants
         WHERE id = $1"; kept.participants[1].id.to_string())
        .unwrap();
    assert_eq!(facts, Some((Some(in_minutes(2).as_millisecond()), Some(host.to_string()))));
}

async fn a_consultation_keeps_what_took_place(store: Store) {
    let mut kept = planned(&store).await;
    let recorded = |outcome| RecordedOutcome { outcome, by: Author::System, at: in_minutes(9) };
    let period = |from, to| Period { arrived_at: in_minutes(from), departed_at: in_minutes(to) };
    for (still_there, recorded, periods) in [
        (StillThere::Asked { at: in_minutes(1) }, None, vec![period(1, 2)]),
        (
            StillThere::Answered { at: in_minutes(2) },
            Some(recorded(Outcome::TookPlace)),
            vec![period(1, 2), period(3, 4)],
        ),
        (StillThere::NotAsked, Some(recorded(Outcome::TechnicalFailure)), vec![period(1, 2), period(3, 7)]),
    ] {
        (kept.still_there, kept.recorded) = (still_there, recorded);
        kept.participants[1].periods = periods;
        let mut tx = store.begin().await.unwrap();
        tx.save_consultation(&kept).await.unwrap();
        tx.commit().await.unwrap();
        kept.version += 1;
        assert_eq!(store.read().await.unwrap().find_consultation(kept.id).await.unwrap().as_ref(), Some(&kept));
    }
    let mut tx = store.begin().await.unwrap();
    let newer = "UPDATE consultations SET outcome = 'postponed' WHERE id = $1";
    crate::engine::execute!(&mut tx; newer; kept.id.to_string()).unwrap();
    tx.commit().await.unwrap();
    let found = store.read().await.unwrap().find_consultation(kept.id).await.unwrap().unwrap();
    assert_eq!(found.recorded, None, "of a newer version");
}

async fn a_key_keeps_its_last_ticket_until_the_end(store: Store) {
    let (key, other) = (ApiKeyId::new(unique_bytes()), ApiKeyId::new(unique_bytes()));
    let mut kept = planned(&store).await;
    let host = kept.participants[0].id;
    kept.phase = Phase::Live { started_at: in_minutes(2), started_by: Author::Participant(host) };
    let id = kept.id;
    let ticket = |key: &ApiKeyId, number| KeyTicket { key: key.clone(), consultation: id, participant: host, number };
    let mut tx = store.begin().await.unwrap();
    for issued_to in [Some(&key), Some(&key), Some(&other), None] {
        kept.participants[0].ticket_number += 1;
        tx.save_consultation(&kept).await.unwrap();
        kept.version += 1;
        if let Some(key) = issued_to {
            tx.save_key_ticket(&ticket(key, kept.participants[0].ticket_number)).await.unwrap();
        }
    }
    assert_eq!(tx.live_tickets_of_key(&key).await.unwrap(), [ticket(&key, 2)]);
    assert_eq!(tx.live_tickets_of_key(&other).await.unwrap(), [ticket(&other, 3)]);
    kept.phase =
        Phase::Ended { started_at: in_minutes(2), ended_at: in_minutes(30), ended_by: Author::Participant(host) };
    tx.save_consultation(&kept).await.unwrap();
    let rows = crate::engine::fetch_optional!(&mut tx, (i64,); "SELECT COUNT(*) FROM key_tickets");
    assert_eq!(rows.unwrap(), Some((0,)));
    tx.commit().await.unwrap();
}

async fn an_appointment_has_one_consultation(store: Store) {
    let first = planned(&store).await;
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_consultation(&consultation(first.appointment)).await, Err(Error::Taken)));
}

async fn consultations_of_several_appointments_are_found_together(store: Store) {
    let (one, two, other) = (planned(&store).await, planned(&store).await, planned(&store).await);
    let without = confirmed(&store).await;
    let mut snapshot = store.read().await.unwrap();
    let asked = [two.appointment, without.id, one.appointment];
    let mut found = snapshot.consultations_of(&asked).await.unwrap();
    found.sort_by_key(|consultation| consultation.id);
    assert_eq!(found, [one, two]);
    assert!(found.iter().all(|found| found.id != other.id && found.participants[0].role == Role::Host));
    assert_eq!(snapshot.consultations_of(&[]).await.unwrap(), []);
}

async fn a_link_is_found_by_its_secret_and_can_be_revoked(store: Store) {
    let guest = planned(&store).await.participants[1].id;
    let ((secret, first), (_, second)) = (invitation(guest), invitation(guest));
    let mut tx = store.begin().await.unwrap();
    tx.insert_invitation(&first).await.unwrap();
    tx.insert_invitation(&second).await.unwrap();
    assert_eq!(tx.find_invitation(&secret.hash()).await.unwrap().as_ref(), Some(&first));
    assert_eq!(tx.find_invitation(&Secret::new(unique_bytes()).hash()).await.unwrap(), None);

    tx.revoke_invitation(first.id, in_minutes(1)).await.unwrap();
    tx.revoke_invitation(first.id, in_minutes(2)).await.unwrap();
    let links = tx.invitations_of(guest).await.unwrap();
    let revoked: Vec<_> = links.iter().map(|link| link.revoked_at).collect();
    assert_eq!(revoked, [Some(in_minutes(1)), None]);
}

async fn a_media_restart_marks_all_as_disconnected(store: Store) {
    let mut there = planned(&store).await;
    there.participants[0].connected_since = Some(now());
    there.participants[1].connected_since = Some(in_minutes(7));
    let mut tx = store.begin().await.unwrap();
    tx.save_consultation(&there).await.unwrap();
    let connected = |n: usize, since| (there.room.clone(), there.participants[n].id, since);
    let mut found = tx.connected_participants().await.unwrap();
    found.sort_by_key(|(_, _, since)| *since);
    assert_eq!(found, [connected(0, now()), connected(1, in_minutes(7))]);
    assert_eq!(tx.forget_connections(in_minutes(5)).await.unwrap(), 2);
    assert_eq!(tx.connected_participants().await.unwrap(), []);
    assert_eq!(tx.forget_connections(in_minutes(9)).await.unwrap(), 0);
    tx.commit().await.unwrap();

    let found = store.read().await.unwrap().find_consultation(there.id).await.unwrap().unwrap();
    assert_eq!(found.participants[0].connected_since, None);
    assert_eq!(found.participants[0].departed_at, Some(in_minutes(5)));
    assert_eq!(found.participants[1].departed_at, Some(in_minutes(7)), "not before they connected");
    assert_eq!(found.participants[0].periods, [Period { arrived_at: now(), departed_at: in_minutes(5) }]);
}

async fn the_latest_run_of_the_media_server_is_known(store: Store) {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.media_server_run().await.unwrap(), None);
    for (started_at, alive_at) in [(now(), in_minutes(3)), (in_minutes(5), in_minutes(6))] {
        tx.begin_media_server_run(started_at).await.unwrap();
        assert_eq!(tx.media_server_run().await.unwrap(), Some(MediaServerRun { started_at, alive_at: started_at }));
        tx.save_media_server_alive(alive_at).await.unwrap();
        assert_eq!(tx.media_server_run().await.unwrap(), Some(MediaServerRun { started_at, alive_at }));
    }
}
