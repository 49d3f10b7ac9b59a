//! What the benchmark relies on, on both engines: the rows can be read, and the secrets open them.

use anteroom_domain::{ApiKeyId, Appointment, AppointmentId, Notice, Role, Secret};
use anteroom_store::{AppointmentRange, Lane, Snapshot, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Options, fill};

/// Friday 20 November 2026, noon.
const NOW: &str = "2026-11-20T12:00:00Z";

fn options(database: String, appointments: i64, together: bool) -> Options {
    let now = Some(NOW.parse().unwrap());
    Options { database, appointments, hosts: 3, together, unsent: false, days_ahead: 1, seed: 7, now }
}

/// Fills a database of each engine and checks it.
async fn on_both(appointments: i64, together: bool, check: impl AsyncFn(Snapshot, &Value)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("anteroom.db").display());
    for url in [sqlite, anteroom_cluster::empty_database()] {
        let access = fill(&options(url.clone(), appointments, together)).await.unwrap();
        let store = Store::open(&url).await.unwrap();
        check(store.read().await.unwrap(), &access).await;
        store.close().await;
        let again = fill(&options(url, 5, true)).await;
        assert!(again.unwrap_err().to_string().contains("has a practice"));
    }
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("no {path}: {value}"))
}

fn secret(value: &Value, path: &str) -> Secret {
    text(value, path).parse().unwrap()
}

#[tokio::test]
async fn practice_with_history_is_complete_and_can_be_used() {
    // Three days of three hosts: yesterday, today, tomorrow.
    on_both(180, false, async |mut db, access| {
        let (key, key_secret) = text(access, "/api_key").split_once('.').unwrap();
        let stored = db.find_api_key(&ApiKeyId::from_text(key)).await.unwrap().unwrap();
        assert_eq!(stored.hash, key_secret.parse::<Secret>().unwrap().hash());
        assert_eq!(access["hosts"].as_array().unwrap().len(), 3);
        for who in ["/admin", "/hosts/2"] {
            let session = secret(access, &format!("{who}/session"));
            let session = db.find_session(&session.hash()).await.unwrap().unwrap();
            assert_eq!(session.user.to_string(), text(access, &format!("{who}/id")));
            assert!(session.expires_at > NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(12));
        }
        let users = db.users().await.unwrap();
        assert_eq!(users.iter().filter(|user| user.role.as_str() == "admin").count(), 1);
        assert_eq!(users.len(), 4);

        let day = |day: &str| format!("2026-11-{day}T00:00:00Z").parse::<Timestamp>().unwrap();
        for (from, to, statuses) in [("19", "20", ["cancelled", "completed"]), ("21", "22", ["booked", "confirmed"])] {
            let found = between(&mut db, day(from), day(to)).await;
            assert_eq!(found.len(), 60, "all are readable");
            assert!(found.iter().all(|one| one.starts.agrees()), "the local time is that of the instant");
            let count = |status: &str| found.iter().filter(|one| one.status.as_str() == status).count();
            assert_eq!(statuses.map(count), [6, 54], "{from}");
            let ids: Vec<AppointmentId> = found.iter().map(|one| one.id).collect();
            let consultations = db.consultations_of(&ids).await.unwrap();
            assert_eq!(consultations.len(), 54);
            for one in &consultations {
                let of = found.iter().find(|appointment| appointment.id == one.appointment).unwrap();
                let person = |role| one.participants.iter().find(|seat| seat.role == role).unwrap().person;
                let expected = (2, None, Some(of.guest.id));
                assert_eq!((one.participants.len(), person(Role::Host), person(Role::Guest)), expected);
            }
        }
        // Every host is free after the last day.
        let free: Timestamp = Timestamp::from_millisecond(access["free_from"].as_i64().unwrap()).unwrap();
        assert_eq!(free.to_string(), "2026-11-22T08:00:00Z");
        assert_eq!(access["appointments"].as_array().unwrap().len(), 180);
        check_guests(&mut db, access, (180 - 81) / 10 * 9).await;
    })
    .await;
}

#[tokio::test]
async fn guests_who_come_together_have_links_and_hosts_of_their_own() {
    on_both(25, true, async |mut db, access| {
        assert_eq!(db.users().await.unwrap().len(), 26);
        check_guests(&mut db, access, 25).await;
        let (from, to) = ("2026-11-20T12:10:00Z".parse().unwrap(), "2026-11-20T12:10:01Z".parse().unwrap());
        let found = between(&mut db, from, to).await;
        let hosts: std::collections::HashSet<_> = found.iter().map(|one| one.host).collect();
        assert_eq!((found.len(), hosts.len()), (25, 25));
        assert!(found.iter().all(|one| one.status.as_str() == "confirmed"));
    })
    .await;
}

#[tokio::test]
async fn confirmations_that_are_due_can_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("anteroom.db").display());
    for url in [sqlite, anteroom_cluster::empty_database()] {
        fill(&Options { unsent: true, ..options(url.clone(), 5, true) }).await.unwrap();
        let store = Store::open(&url).await.unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        let counts = store.read().await.unwrap().lane_counts(now).await.unwrap();
        assert!(counts.iter().any(|(lane, counts)| *lane == Lane::Messages && counts.due == 10), "{counts:?}");
        let mut tx = store.begin().await.unwrap();
        let job = tx.lease_job(Lane::Messages, now, now + SignedDuration::from_mins(5)).await.unwrap().unwrap();
        let Some(Notice::Confirmed { appointment, participant }) = job.notice else { panic!("{job:?}") };
        let of = tx.consultation_of_participant(participant).await.unwrap().unwrap();
        assert_eq!(of.appointment, appointment);
        drop(tx);
        store.close().await;
    }
}

async fn between(db: &mut Snapshot, from: Timestamp, to: Timestamp) -> Vec<Appointment> {
    db.appointments_after(&AppointmentRange { host: None, from, to }, None, 1_000).await.unwrap().appointments
}

/// Each link opens the seat of its participant.
async fn check_guests(db: &mut Snapshot, access: &Value, at_least: usize) {
    let guests = access["guests"].as_array().unwrap();
    assert!(guests.len() >= at_least, "{}", guests.len());
    for guest in guests {
        let invitation = db.find_invitation(&secret(guest, "/link").hash()).await.unwrap().unwrap();
        assert_eq!(invitation.participant.to_string(), text(guest, "/participant"));
        let consultation = db.consultation_of_participant(invitation.participant).await.unwrap().unwrap();
        assert_eq!(consultation.id.to_string(), text(guest, "/consultation"));
        assert_eq!(consultation.participant(invitation.participant).unwrap().role, Role::Guest);
    }
}

#[tokio::test]
async fn same_options_give_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let filled = async |name: &str, seed: u64| {
        let database = format!("sqlite:{}", folder.path().join(name).display());
        fill(&Options { seed, ..options(database, 40, false) }).await.unwrap()
    };
    let first = filled("a.db", 7).await;
    assert_eq!(first, filled("b.db", 7).await);
    assert_ne!(first["guests"], filled("c.db", 8).await["guests"], "other secrets");
}
