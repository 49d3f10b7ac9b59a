//! Rows that a newer version wrote or an operator edited: text is shown, the rest is left out of lists and logged.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use anteroom_domain::{Appointment, Role, WhoMayEnd, WordingPack};

use super::on_both_engines;
use super::samples::{confirmed, consultation, host, in_minutes, now, planned, practice, user};
use crate::engine::{execute, fetch_optional};
use crate::{Error, Store};

on_both_engines![
    damaged_text_is_read,
    an_appointment_of_a_newer_version_does_not_hide_the_others,
    a_user_of_a_newer_version_does_not_hide_the_others,
    a_consultation_of_a_newer_version_does_not_hide_the_others,
    an_unreadable_connection_does_not_hide_the_others,
    a_role_of_a_newer_version_is_kept_and_has_no_rights,
    a_practice_is_always_read,
    unreadable_rows_are_logged_without_their_values,
];

async fn day(store: &Store) -> Vec<Appointment> {
    let mut snapshot = store.read().await.unwrap();
    snapshot.appointments_between(None, now(), in_minutes(600), 100).await.unwrap()
}

async fn damaged_text_is_read(store: Store) {
    let id = confirmed(&store).await.id.to_string();
    let mut tx = store.begin().await.unwrap();
    let damaged = execute!(&mut tx; "
        UPDATE appointments
           SET guest_name = $2, guest_email = $3, guest_phone = $4, guest_zone = $5, starts_zone = $5,
               starts_local = $6, minutes = $7
         WHERE id = $1"; id, "Grace\u{1}\nO’Hara", "no address", "call me", "Moon/Tycho", "noon", 3_i64);
    assert_eq!(damaged.unwrap(), 1);
    execute!(&mut tx; "DELETE FROM appointment_people").unwrap(); // As the previous version books.
    execute!(&mut tx; "
        UPDATE users
           SET name = $1, email = $2, zone = $3"; "\u{202e}Ada", "", "Moon/Tycho")
    .unwrap();
    tx.commit().await.unwrap();

    let day = day(&store).await;
    let guest = &day[0].guest;
    assert_eq!(guest.name.reveal().as_str(), "Grace\u{fffd}\u{fffd}O’Hara");
    assert_eq!(guest.email().unwrap().reveal().as_str(), "no address");
    assert_eq!(guest.phone().unwrap().reveal().as_str(), "call me");
    assert_eq!((guest.zone.name(), guest.zone.is_known()), ("Moon/Tycho", false));
    assert_eq!((day[0].starts.at, day[0].length.minutes()), (in_minutes(5), 3));
    let mut tx = store.begin().await.unwrap();
    let users = tx.users().await.unwrap();
    assert_eq!((users[0].name.reveal().as_str(), users[0].zone.name()), ("\u{fffd}Ada", "Moon/Tycho"));
    // An unknown zone survives a save.
    tx.save_appointment(&day[0]).await.unwrap();
    let saved = tx.find_appointment(day[0].id).await.unwrap().unwrap();
    assert_eq!((saved.starts.zone.name(), saved.guest.zone.name()), ("Moon/Tycho", "Moon/Tycho"));
}

async fn an_appointment_of_a_newer_version_does_not_hide_the_others(store: Store) {
    let (before, unreadable, after) = (confirmed(&store).await, confirmed(&store).await, confirmed(&store).await);
    for (damage, column) in [
        ("UPDATE appointments SET status = 'held' WHERE id = $1", "appointments.status"),
        ("UPDATE appointments SET status = 'confirmed', kind = 'by_phone' WHERE id = $1", "appointments.kind"),
        ("UPDATE appointments SET kind = 'video', booked_by = 'a robot' WHERE id = $1", "appointments.booked_by"),
        (
            "UPDATE appointments SET booked_by = 'system', booked_at = 900000000000000000 WHERE id = $1",
            "appointments.booked_at",
        ),
    ] {
        let mut tx = store.begin().await.unwrap();
        execute!(&mut tx; damage; unreadable.id.to_string()).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(day(&store).await, [before.clone(), after.clone()], "{damage}");
        let alone = store.read().await.unwrap().find_appointment(unreadable.id).await;
        assert!(matches!(&alone, Err(Error::Corrupt { column: named }) if *named == column), "{alone:?}");
    }
}

async fn a_user_of_a_newer_version_does_not_hide_the_others(store: Store) {
    let (first, second) = (host(&store).await, host(&store).await);
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "UPDATE users SET role = 'receptionist' WHERE id = $1"; first.to_string()).unwrap();
    let found: Vec<_> = tx.users().await.unwrap().into_iter().map(|user| user.id).collect();
    assert_eq!(found, [second]);
    assert!(matches!(tx.find_user(first).await, Err(Error::Corrupt { column: "users.role" })));
}

async fn a_consultation_of_a_newer_version_does_not_hide_the_others(store: Store) {
    let (one, two, three) = (planned(&store).await, planned(&store).await, planned(&store).await);
    let mut tx = store.begin().await.unwrap();
    execute!(&mut tx; "UPDATE consultations SET phase = 'paused' WHERE id = $1"; one.id.to_string()).unwrap();
    execute!(&mut tx; "UPDATE participants SET entry = 'held' WHERE id = $1"; two.participants[1].id.to_string())
        .unwrap();
    let asked = [one.appointment, two.appointment, three.appointment];
    assert_eq!(tx.consultations_of(&asked).await.unwrap(), [three]);
    assert!(matches!(tx.find_consultation(one.id).await, Err(Error::Corrupt { column: "consultations.phase" })));
    assert!(matches!(tx.find_consultation(two.id).await, Err(Error::Corrupt { column: "participants.entry" })));
}

async fn an_unreadable_connection_does_not_hide_the_others(store: Store) {
    let (one, two) = (planned(&store).await, planned(&store).await);
    let (unreadable, other) = (one.participants[0].id, two.participants[0].id);
    let mut tx = store.begin().await.unwrap();
    for (id, since) in [(unreadable, 900_000_000_000_000_000), (other, 1_000_i64)] {
        execute!(&mut tx; "UPDATE participants SET connected_since = $2 WHERE id = $1"; id.to_string(), since).unwrap();
    }
    let found: Vec<_> = tx.connected_participants().await.unwrap().into_iter().map(|(_, id, _)| id).collect();
    assert_eq!(found, [other]);
}

async fn a_role_of_a_newer_version_is_kept_and_has_no_rights(store: Store) {
    let kept = planned(&store).await;
    let mut tx = store.begin().await.unwrap();
    let id = kept.participants[1].id.to_string();
    execute!(&mut tx; "UPDATE participants SET role = 'interpreter' WHERE id = $1"; id.as_str()).unwrap();
    execute!(&mut tx; "UPDATE appointment_people SET role = 'interpreter' WHERE role = 'companion'").unwrap();
    let found = tx.find_consultation(kept.id).await.unwrap().unwrap();
    assert_eq!(found.participants.last().unwrap().role, Role::Unknown);
    assert_eq!(tx.find_appointment(kept.appointment).await.unwrap().unwrap().companions, []);
    tx.save_consultation(&found).await.unwrap();
    let role = fetch_optional!(&mut tx, (String,); "SELECT role FROM participants WHERE id = $1"; id).unwrap();
    assert_eq!(role, Some(("interpreter".to_owned(),)));
}

async fn a_practice_is_always_read(store: Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_practice(&practice()).await.unwrap();
    execute!(&mut tx; "
        UPDATE practices
           SET name = $1, pack = 'zoo', zone = 'Moon/Tycho', opens_before = 999, who_may_end = 'everyone'";
        "Praxis\u{7}")
    .unwrap();
    let practice = tx.find_practice().await.unwrap().unwrap();
    assert_eq!(
        (practice.name.as_str(), practice.pack, practice.zone.name()),
        ("Praxis\u{fffd}", WordingPack::General, "Moon/Tycho")
    );
    assert_eq!((practice.policy.opens_before(), practice.policy.who_may_end), (120, WhoMayEnd::Host));
}

/// SQLite stores any type in any column, and any bytes as text.
#[tokio::test]
async fn a_row_of_another_type_does_not_hide_the_others() {
    super::on_sqlite(async |store: Store| {
        let (before, unreadable) = (confirmed(&store).await, confirmed(&store).await);
        for damage in [
            "UPDATE appointments SET guest_name = x'ff00' WHERE id = $1",
            "UPDATE appointments SET guest_name = CAST(x'ff00' AS TEXT) WHERE id = $1",
            "UPDATE appointments SET guest_name = 'x', minutes = 'half an hour' WHERE id = $1",
        ] {
            let mut tx = store.begin().await.unwrap();
            execute!(&mut tx; damage; unreadable.id.to_string()).unwrap();
            tx.commit().await.unwrap();
            assert_eq!(day(&store).await, std::slice::from_ref(&before), "{damage}");
        }
    })
    .await;
}

/// Everything that this test process logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// For the whole process: a callsite that another thread reached first may not log for one thread alone.
    fn of_process() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
            log
        })
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn unreadable_rows_are_logged_without_their_values(store: Store) {
    let log = Log::of_process();
    let mut tx = store.begin().await.unwrap();
    let odd = user("odd@example.org");
    tx.insert_user(&odd).await.unwrap();
    let appointment = super::samples::appointment(odd.id, in_minutes(5), 30);
    tx.insert_appointment(&appointment).await.unwrap();
    tx.insert_consultation(&consultation(appointment.id)).await.unwrap();
    execute!(&mut tx; "UPDATE users SET role = 'Grace likes 李'").unwrap();
    execute!(&mut tx; "UPDATE appointments SET kind = 'Grace likes 李'").unwrap();
    execute!(&mut tx; "UPDATE participants SET entry = 'Grace likes 李'").unwrap();
    assert_eq!(tx.users().await.unwrap(), []);
    assert_eq!(tx.appointments_between(None, now(), in_minutes(600), 9).await.unwrap(), []);
    assert_eq!(tx.consultations_of(&[appointment.id]).await.unwrap(), []);

    let logged = log.text();
    for expected in [
        odd.id.to_string(),
        appointment.id.to_string(),
        "con_".into(),
        "users.role".into(),
        "participants.entry".into(),
    ] {
        assert!(logged.contains(&expected), "{expected}: {logged}");
    }
    for personal in ["Grace", "李", "Ada", "example.org"] {
        assert!(!logged.contains(personal), "{personal}: {logged}");
    }
}
