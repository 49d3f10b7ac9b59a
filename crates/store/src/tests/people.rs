//! People of appointments: stored with the booking, read by appointments and participants, and found for bookings of the
//! previous version.

use anteroom_domain::{Address, Appointment, Author, Consent, Contact, Participant, Private, Role};

use super::on_both_engines;
use super::samples::{appointment, confirmed, consultation, host, in_minutes, now, person, planned};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Store};

on_both_engines![
    participants_have_the_name_of_their_own_person,
    the_guest_of_the_previous_version_is_read_and_stored_later,
    consent_is_kept_for_each_address,
    an_address_of_a_newer_channel_is_not_read,
    an_unreadable_person_does_not_hide_other_appointments,
    people_without_appointments_are_found_and_deleted,
];

async fn participants_have_the_name_of_their_own_person(store: Store) {
    let booked = confirmed(&store).await;
    let mut meeting = consultation(booked.id);
    let [host, guest] = &meeting.participants[..] else { panic!("host and guest") };
    let companion = &booked.companions[0];
    let guest = Participant { person: Some(booked.guest.id), ..guest.clone() };
    let third = Participant::new(
        anteroom_domain::ParticipantId::new(now(), super::samples::unique_bytes()),
        Role::Companion,
        Some(companion.id),
        companion.name.clone(),
    );
    meeting.participants = vec![host.clone(), guest, third];
    let mut tx = store.begin().await.unwrap();
    tx.insert_consultation(&meeting).await.unwrap();
    assert_eq!(tx.find_consultation(meeting.id).await.unwrap().as_ref(), Some(&meeting));

    let renamed = execute!(&mut tx; "UPDATE people SET name = 'Kim Lee' WHERE id = $1"; companion.id.to_string());
    assert_eq!(renamed.unwrap(), 1);
    let found = tx.find_consultation(meeting.id).await.unwrap().unwrap();
    let names: Vec<_> = found.participants.iter().map(|one| one.name.reveal().as_str()).collect();
    assert_eq!(names, ["Dr. Ada Łukasz", "李 Grace O’Hara", "Kim Lee"]);
    let appointment = tx.find_appointment(booked.id).await.unwrap().unwrap();
    assert_eq!(appointment.companions[0].name.reveal().as_str(), "Kim Lee");
    assert_eq!(appointment.guest, booked.guest);
}

async fn the_guest_of_the_previous_version_is_read_and_stored_later(store: Store) {
    let mut booked = appointment(host(&store).await, in_minutes(5), 30);
    booked.companions.clear();
    let mut tx = store.begin().await.unwrap();
    tx.insert_appointment(&booked).await.unwrap();
    let id = booked.id.to_string();
    execute!(&mut tx; "DELETE FROM appointment_people WHERE appointment_id = $1"; id.as_str()).unwrap();

    let read = tx.find_appointment(booked.id).await.unwrap().unwrap();
    assert_eq!(read.guest.id.to_string(), id.replace("apt_", "prs_"));
    let facts = |of: &Appointment| {
        let (email, phone) = (of.guest.email().cloned(), of.guest.phone().cloned());
        (of.guest.name.clone(), email, phone, of.guest.zone.clone())
    };
    assert_eq!(facts(&read), facts(&booked));
    assert_eq!(tx.appointments_between(None, now(), in_minutes(10), 9).await.unwrap(), std::slice::from_ref(&read));
    for _ in 0..2 {
        tx.insert_people(&read).await.unwrap();
        assert_eq!(tx.find_appointment(booked.id).await.unwrap().as_ref(), Some(&read));
    }
}

async fn consent_is_kept_for_each_address(store: Store) {
    let booked = confirmed(&store).await;
    let mut address = booked.guest.addresses[0].clone();
    let mut tx = store.begin().await.unwrap();
    let by = Author::User(booked.host);
    for consent in [
        Consent::Given { at: in_minutes(1), by: by.clone(), text: "reminders, 2026-11".into() },
        Consent::Revoked { at: in_minutes(2), by: by.clone() },
        Consent::Given { at: in_minutes(3), by, text: "reminders, 2026-12".into() },
    ] {
        address.consent = consent;
        tx.save_address(booked.guest.id, &address).await.unwrap();
        let found = tx.find_appointment(booked.id).await.unwrap().unwrap();
        assert_eq!(found.guest.addresses[0], address);
        assert_eq!(found.guest.addresses[1..], booked.guest.addresses[1..]);
        assert_eq!(found.companions, booked.companions);
    }
    let kept = fetch_optional!(&mut tx, (Option<i64>, Option<String>); "
        SELECT revoked_at, normalised
          FROM addresses
         WHERE person_id = $1 AND channel = 'email'"; booked.guest.id.to_string());
    assert_eq!(kept.unwrap(), Some((Some(in_minutes(2).as_millisecond()), Some("grace@example.org".to_owned()))));
}

async fn an_address_of_a_newer_channel_is_not_read(store: Store) {
    let booked = confirmed(&store).await;
    let other = Address::given_at_booking(Contact::Email(Private::new("x@example.org".parse().unwrap())), now());
    let mut tx = store.begin().await.unwrap();
    tx.save_address(booked.guest.id, &other).await.unwrap();
    execute!(&mut tx; "
        UPDATE addresses
           SET channel = 'pigeon'
         WHERE person_id = $1 AND value = 'x@example.org'"; booked.guest.id.to_string())
    .unwrap();
    assert_eq!(tx.find_appointment(booked.id).await.unwrap(), Some(booked));
}

async fn an_unreadable_person_does_not_hide_other_appointments(store: Store) {
    let (unreadable, other) = (confirmed(&store).await, planned(&store).await);
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "UPDATE people SET created_at = 900000000000000000 WHERE id = $1"; unreadable.guest.id.to_string())
        .unwrap();
    let day = tx.appointments_between(None, now(), in_minutes(600), 9).await.unwrap();
    assert_eq!(day.iter().map(|found| found.id).collect::<Vec<_>>(), [other.appointment]);
    let alone = tx.find_appointment(unreadable.id).await;
    assert!(matches!(alone, Err(Error::Corrupt { column: "people.created_at" })), "{alone:?}");
    assert_ne!(person("A", "a@example.org", None).id, person("A", "a@example.org", None).id);
}

async fn people_without_appointments_are_found_and_deleted(store: Store) {
    let (removed, kept) = (confirmed(&store).await, confirmed(&store).await);
    let mut tx = store.begin().await.unwrap();
    let people: Vec<_> = removed.people().chain(kept.people()).map(|person| person.id).collect();
    let listed = tx.people_after(None).await.unwrap();
    assert_eq!(listed, people.iter().map(|id| (*id, false)).collect::<Vec<_>>());
    assert_eq!(tx.people_after(Some(people[1])).await.unwrap(), listed[2..]);
    execute!(&mut tx; "
        INSERT INTO people (id, name, zone, created_at, version)
        VALUES ($1, $2, $3, $4, $5)"; "person_", "Unreadable", "UTC", 0_i64, 0_i64)
    .unwrap();
    assert_eq!(tx.people_after(None).await.unwrap(), listed, "a row that cannot be read does not stop the sweep");

    execute!(&mut tx; "DELETE FROM appointments WHERE id = $1"; removed.id.to_string()).unwrap();
    let unused: Vec<_> = tx.people_after(None).await.unwrap().into_iter().map(|(_, unused)| unused).collect();
    assert_eq!(unused, [true, true, false, false]);
    let mut deleted = Vec::new();
    for id in people {
        deleted.push(tx.delete_unused_person(id).await.unwrap());
    }
    assert_eq!(deleted, unused);
    let left = fetch_optional!(&mut tx, (i64,); "SELECT COUNT(*) FROM addresses").unwrap();
    assert_eq!(left, Some((3,)), "of the guest two, of the companion one");
    assert_eq!(tx.find_appointment(kept.id).await.unwrap(), Some(kept));
}
