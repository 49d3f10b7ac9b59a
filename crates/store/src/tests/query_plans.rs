//! Every query uses an index, so that it stays fast with a million appointments.

use std::collections::BTreeSet;
use std::panic::Location;
use std::sync::Mutex;

use anteroom_domain::{ApiKeyId, Author, Channel, DeliveryKey, DeliveryState, MessageKind, PasswordLink};
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection, Row, SqliteConnection};

use super::any_engine::AnyEngine;
use super::filled;
use super::samples::{confirmed, consultation, in_minutes, invitation, now, password, planned, unique_bytes};
use crate::engine::EngineKind;
use crate::tests::cluster;
use crate::{AppointmentRange, Due, Lane, ListPosition, PartEdge, Store};

static ASKED: Mutex<BTreeSet<(EngineKind, &'static str)>> = Mutex::new(BTreeSet::new());

/// The engine of a connection.
pub(crate) trait HasEngine {
    const KIND: EngineKind;
}

impl HasEngine for &mut SqliteConnection {
    const KIND: EngineKind = EngineKind::Sqlite;
}

impl HasEngine for &mut PgConnection {
    const KIND: EngineKind = EngineKind::Postgres;
}

/// Records the text of every statement of the store that this test process runs on an engine. Tests of this process run
/// statements of their own beside it, such as changes of whole tables.
#[track_caller]
pub(crate) fn remember(engine: EngineKind, sql: &'static str) {
    if !Location::caller().file().contains("/tests/") {
        ASKED.lock().unwrap().insert((engine, sql));
    }
}

/// Those who wait are few among all participants of a day.
const WAITING: &str = "participants_waiting";

/// Messages that failed are few among all messages.
const FAILED: &str = "deliveries_failed";

/// Small tables, and statements that need the whole table.
fn may_scan_the_table(sql: &str) -> bool {
    let of_small_table = ["FROM users", "FROM api_keys"].iter().any(|table| sql.contains(table));
    sql.contains("COUNT(") || (of_small_table && !sql.contains("WHERE"))
}

/// Runs every query once.
async fn run_every_query(store: &Store) {
    let kept = planned(store).await;
    let fresh = confirmed(store).await;
    let (secret, link) = invitation(kept.participants[1].id);
    let mut tx = store.begin().await.unwrap();
    tx.find_practice().await.unwrap();
    tx.find_user(fresh.host).await.unwrap();
    tx.users_of([fresh.host]).await.unwrap();
    tx.find_user_by_email(&"x@y".parse().unwrap()).await.unwrap();
    tx.save_password(&password(fresh.host)).await.unwrap();
    tx.password_of(fresh.host).await.unwrap();
    tx.delete_password(fresh.host).await.unwrap();
    tx.save_device(&secret.hash(), fresh.host, now()).await.unwrap();
    tx.users_of_device(&secret.hash()).await.unwrap();
    tx.keep_latest_devices(fresh.host, 20).await.unwrap();
    tx.delete_devices_of(fresh.host).await.unwrap();
    tx.find_session(&secret.hash()).await.unwrap();
    tx.delete_session(&secret.hash()).await.unwrap();
    tx.sessions_of(fresh.host).await.unwrap();
    tx.first_session_expiry().await.unwrap();
    tx.save_session_use(&secret.hash(), now()).await.unwrap();
    tx.delete_other_sessions(fresh.host, &secret.hash()).await.unwrap();
    tx.delete_sessions_of(fresh.host).await.unwrap();
    tx.delete_expired_sessions(now()).await.unwrap();
    let key = ApiKeyId::new(unique_bytes());
    tx.find_api_key(&key).await.unwrap();
    tx.save_api_key_use(&key, now()).await.unwrap();
    tx.revoke_api_key(&key, now()).await.unwrap();
    tx.api_keys().await.unwrap();
    let password_link = PasswordLink {
        hash: secret.hash(),
        user: fresh.host,
        created_at: now(),
        created_by: Author::System,
        expires_at: now(),
    };
    tx.save_password_link(&password_link).await.unwrap();
    tx.find_password_link(&password_link.hash).await.unwrap();
    tx.first_password_link_expiry().await.unwrap();
    tx.delete_expired_password_links(now()).await.unwrap();
    tx.lock_admins_and([fresh.host; 2]).await.unwrap();
    tx.upcoming_of(fresh.host, now()).await.unwrap();
    tx.upcoming_ids_of(fresh.host, now(), None, 10).await.unwrap();
    tx.login_failures(&[7; 32]).await.unwrap();
    tx.first_forgotten_login_failure().await.unwrap();
    tx.delete_forgotten_login_failures(now()).await.unwrap();
    tx.live_seats_of(fresh.host).await.unwrap();
    tx.live_tickets_of_key(&key).await.unwrap();
    tx.live_tickets_of_session(&password_link.hash).await.unwrap();
    tx.delete_tickets_for(kept.id).await.unwrap();
    tx.raise_user_version(fresh.host).await.unwrap();
    tx.lock_user(fresh.host).await.unwrap();
    tx.lock_api_key(&key).await.unwrap();
    tx.lock_appointment(fresh.id).await.unwrap();
    tx.lock_consultation(kept.id).await.unwrap();
    tx.overlapping(fresh.host, now(), in_minutes(1), Some(fresh.id)).await.unwrap();
    for host in [Some(fresh.host), None] {
        let range = AppointmentRange { host, from: now(), to: in_minutes(60) };
        let at = ListPosition { starts_at: now(), id: fresh.id };
        tx.appointments_after(&range, None, 10).await.unwrap();
        tx.appointments_before(&range, at, 10).await.unwrap();
        tx.planned_appointments(&range, 10).await.unwrap();
        tx.appointments_with_waiting(&range, 10).await.unwrap();
        tx.appointments_with_failed_messages(&range, 10).await.unwrap();
        tx.count_appointments(&range).await.unwrap();
        tx.count_appointments_before(&range, PartEdge { position: at, unreadable: 0 }).await.unwrap();
    }
    tx.planned_starts(now(), Some(fresh.id), 10).await.unwrap();
    tx.find_appointment(fresh.id).await.unwrap();
    tx.save_appointment(&fresh).await.unwrap();
    tx.insert_people(&fresh).await.unwrap();
    tx.people_after(Some(fresh.guest.id)).await.unwrap();
    tx.delete_unused_person(fresh.guest.id).await.unwrap();
    tx.insert_consultation(&consultation(fresh.id)).await.unwrap();
    tx.find_consultation(kept.id).await.unwrap();
    tx.consultation_of_appointment(fresh.id).await.unwrap();
    tx.consultation_of_participant(link.participant).await.unwrap();
    tx.consultation_in_room(&kept.room).await.unwrap();
    tx.consultations_of(&[fresh.id]).await.unwrap();
    tx.save_consultation(&kept).await.unwrap();
    tx.connected_participants().await.unwrap();
    tx.forget_connections(now()).await.unwrap();
    tx.media_server_run().await.unwrap();
    tx.begin_media_server_run(now()).await.unwrap();
    tx.save_media_server_alive(now()).await.unwrap();
    tx.insert_invitation(&link).await.unwrap();
    tx.find_invitation(&secret.hash()).await.unwrap();
    tx.invitations_of(link.participant).await.unwrap();
    tx.revoke_invitation(link.id, now()).await.unwrap();
    tx.revoke_invitations_of(link.participant, now()).await.unwrap();
    let check = anteroom_domain::Notice::Deserted { consultation: kept.id };
    tx.post(&check, Due::now(now())).await.unwrap();
    tx.next_job_at(Lane::Checks).await.unwrap();
    tx.lane_counts(now()).await.unwrap();
    let job = tx.lease_job(Lane::Checks, now(), in_minutes(1)).await.unwrap().unwrap();
    tx.renew_lease(&job, now()).await.unwrap();
    tx.put_job_back(&job, "", now()).await.unwrap();
    tx.put_untried_job_back(&job, now()).await.unwrap();
    tx.is_in_hand(&check, now()).await.unwrap();
    tx.take_over_outbox().await.unwrap();
    tx.give_job_up(&job, "", now()).await.unwrap();
    tx.finish_job(&job).await.unwrap();
    tx.withdraw_untried(&check).await.unwrap();
    tx.withdraw(&check).await.unwrap();
    let key = DeliveryKey { participant: link.participant, message: MessageKind::Confirmed, channel: Channel::Email };
    tx.queue_delivery(&key, kept.appointment, now()).await.unwrap();
    tx.keep_delivery_secret(&key, kept.appointment, &secret, now()).await.unwrap();
    tx.delivery_secret(&key).await.unwrap();
    tx.record_delivery(&key, kept.appointment, DeliveryState::Accepted, None, now()).await.unwrap();
    tx.deliveries_of(kept.appointment).await.unwrap();
    tx.audit_of("x", 0, 10).await.unwrap();
    tx.commit().await.unwrap();
}

/// The recorded statements of an engine that should use an index.
fn statements(engine: EngineKind) -> Vec<&'static str> {
    let asked = ASKED.lock().unwrap();
    let ours = |sql: &str| ["SELECT", "UPDATE", "DELETE"].iter().any(|verb| sql.trim_start().starts_with(verb));
    let tables = |sql: &str| {
        !["pragma_", "information_schema", "current_setting", "pg_sleep"].iter().any(|other| sql.contains(other))
    };
    let of_engine = asked.iter().filter(|(kind, _)| *kind == engine).map(|(_, sql)| *sql);
    let found: Vec<_> = of_engine.filter(|sql| ours(sql) && tables(sql) && !may_scan_the_table(sql)).collect();
    assert!(found.len() > 25, "only {}", found.len());
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_uses_an_index_for_every_query() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("anteroom.db").display().to_string();
    let store = Store::open(&format!("sqlite:{file}")).await.unwrap();
    store.migrate().await.unwrap();
    run_every_query(&store).await;
    let mut connection = SqliteConnection::connect(&format!("sqlite:{file}")).await.unwrap();
    for sql in statements(EngineKind::Sqlite) {
        let plan = connection.fetch_all(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|step| step.get("detail")).collect();
        let scans = |step: &&String| step.starts_with("SCAN") && !step.contains("INDEX") && !step.contains("json_each");
        let of_failed = sql.contains("state = 'failed'");
        assert!(!of_failed || steps.iter().any(|step| step.contains(FAILED)), "{sql}\n{steps:#?}");
        let sorts = |step: &&String| step.contains("TEMP B-TREE") && sql.contains("LIMIT") && !of_failed;
        assert_eq!(steps.iter().find(scans), None, "{sql}\n{steps:#?}");
        assert_eq!(steps.iter().find(sorts), None, "{sql}\n{steps:#?}");
        // With an index on the time alone, the appointments of all hosts would be read.
        let of_a_host = !sql.contains("host_id = $1") || steps.iter().any(|step| step.contains("appointments_by_host"));
        assert!(of_a_host, "{sql}\n{steps:#?}");
        let of_waiting = !sql.contains("entry = 'waiting'") || steps.iter().any(|step| step.contains(WAITING));
        assert!(of_waiting, "{sql}\n{steps:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_uses_an_index_for_every_query() {
    let url = cluster::fresh_database();
    let store = Store::open(&url).await.unwrap();
    run_every_query(&store).await;
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    // The planner scans empty tables; with scans disabled it shows whether an index is available.
    connection.execute("SET enable_seqscan = off").await.unwrap();
    for sql in statements(EngineKind::Postgres) {
        let steps = generic_plan(&mut connection, sql).await;
        assert!(!steps.iter().any(|step| step.contains("Seq Scan")), "{sql}\n{steps:#?}");
        let of_waiting = !sql.contains("entry = 'waiting'") || steps.iter().any(|step| step.contains(WAITING));
        assert!(of_waiting, "{sql}\n{steps:#?}");
    }
}

/// The plan that PostgreSQL makes for a prepared statement without looking at its arguments. It uses that plan from the
/// sixth time on if it expects no better one for them.
async fn generic_plan(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let parameters = (1..=30).rev().find(|n| sql.contains(&format!("${n}"))).unwrap_or(0);
    let nulls = vec!["NULL"; parameters].join(", ");
    let arguments = if parameters == 0 { String::new() } else { format!("({nulls})") };
    let explain = format!(
        "SET plan_cache_mode = force_generic_plan; PREPARE p AS {sql}; EXPLAIN EXECUTE p{arguments}; DEALLOCATE p"
    );
    let plan = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(connection).await.unwrap();
    plan.iter().map(|step| step.get(0)).collect()
}

/// Steps that read a whole table, or sort more than a query with a LIMIT returns.
fn reads_too_much(sql: &str, steps: &[String]) -> bool {
    let is_one_row = |step: &String| {
        ["practices", "media_server", "server_keys"].iter().any(|one| step.contains(&format!("Seq Scan on {one} ")))
    };
    let scans = |step: &String| step.contains("Seq Scan") && !is_one_row(step);
    let sorts = |step: &String| step.trim_start().trim_start_matches("->").trim_start().starts_with("Sort ");
    // All of them are read before the LIMIT.
    let few = steps.iter().any(|step| step.contains(WAITING) || step.contains(FAILED));
    let is_sweep = sql.contains("DELETE FROM login_failures"); // What has become useless since the last one, minutes ago.
    (!is_sweep && steps.iter().any(scans)) || (sql.contains("LIMIT") && !few && steps.iter().any(sorts))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_plans_every_query_of_a_large_practice_by_an_index() {
    let sqlite = Store::open("sqlite::memory:").await.unwrap();
    sqlite.migrate().await.unwrap();
    let url = cluster::fresh_database();
    run_every_query(&Store::open(&cluster::fresh_database()).await.unwrap()).await;
    filled::fill_large(&mut AnyEngine::connect(&url).await, &tables(&sqlite).await, 20_000).await;

    let mut connection = PgConnection::connect(&url).await.unwrap();
    for sql in statements(EngineKind::Postgres) {
        let steps = generic_plan(&mut connection, sql).await;
        assert!(!reads_too_much(sql, &steps), "{sql}\n{steps:#?}");
    }
    // The test can see what it is for: a tenth of the table is assumed for an unknown limit.
    let unknown_limit = "
        DELETE FROM jobs
         WHERE id IN (SELECT id
                        FROM jobs
                       WHERE given_up_at IS NULL AND lane = $1 AND next_at <= $2
                       ORDER BY next_at, id
                       LIMIT $3)";
    let steps = generic_plan(&mut connection, unknown_limit).await;
    assert!(reads_too_much(unknown_limit, &steps), "{steps:#?}");
}

/// The tables, as SQLite describes them.
async fn tables(sqlite: &Store) -> Vec<filled::Table> {
    let mut snapshot = sqlite.read().await.unwrap();
    let crate::engine::Connection::Sqlite(connection) = snapshot.connection().unwrap() else { unreachable!() };
    filled::tables(connection).await
}
