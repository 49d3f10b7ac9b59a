//! Every migration keeps the rows of a full database of the version before, on both engines.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqlSafeStr, SqliteConnection};
use tempfile::TempDir;

use super::any_engine::AnyEngine;
use super::cluster;
use super::filled::{self, Table};
use crate::{Error, postgres, sqlite};

/// What a migration changes on purpose: its version, and a table or `table.column` whose old values it replaces.
const CHANGED: &[(i64, &str)] = &[(16, "outbox"), (44, "deliveries.provider_id")];

/// Columns that no version has written or read: table and name.
const NEVER_WRITTEN: &[(&str, &str)] = &[("deliveries", "provider_id")];

/// A database of an engine, without the store.
struct Database {
    url: String,
    _folder: Option<TempDir>,
}

impl Database {
    async fn on_both_engines() -> [Self; 2] {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = format!("sqlite:{}", folder.path().join("anteroom.db").display());
        let postgres = cluster::empty_database();
        [Self { url: sqlite, _folder: Some(folder) }, Self { url: postgres, _folder: None }]
    }

    fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    fn migrations(&self) -> Vec<Migration> {
        if self.is_sqlite() {
            sqlite_migrations()
        } else {
            sqlx::migrate!("migrations/postgres").iter().cloned().collect()
        }
    }

    /// Applies the migrations up to a version, as the program does.
    async fn migrate_to(&self, version: i64) {
        let up_to = self.migrations().into_iter().filter(|migration| migration.version <= version).collect();
        self.migrate(up_to).await.unwrap();
    }

    async fn migrate(&self, migrations: Vec<Migration>) -> Result<(), Error> {
        let migrator = Migrator::with_migrations(migrations);
        if self.is_sqlite() {
            return sqlite::migrate(&options(&self.url), migrator).await;
        }
        let pool = postgres::open(&self.url)?;
        let done = postgres::migrate_with(&pool, migrator).await;
        pool.close().await;
        done
    }

    async fn fill(&self, tables: &[Table]) {
        let mut connection = AnyEngine::connect(&self.url).await;
        filled::fill(&mut connection, tables).await;
        connection.close().await;
    }

    /// The rows of some columns, by table.
    async fn rows(&self, columns: &Columns) -> BTreeMap<String, Vec<String>> {
        let mut connection = AnyEngine::connect(&self.url).await;
        let mut rows = BTreeMap::new();
        for (table, columns) in columns {
            let columns: Vec<String> = columns.iter().map(|column| connection.as_text(column)).collect();
            let mut found = connection.texts(format!("SELECT {} FROM {table}", columns.join(" || ' | ' || "))).await;
            found.sort();
            rows.insert(table.clone(), found);
        }
        connection.close().await;
        rows
    }

    async fn run(&self, sql: &str) {
        let mut connection = AnyEngine::connect(&self.url).await;
        connection.try_run(sql.to_owned()).await.unwrap();
        connection.close().await;
    }

    /// The first column of each row, which is text.
    async fn texts(&self, sql: &str) -> Vec<String> {
        let mut connection = AnyEngine::connect(&self.url).await;
        let texts = connection.texts(sql.to_owned()).await;
        connection.close().await;
        texts
    }

    /// The versions of the applied migrations.
    async fn versions(&self) -> Vec<String> {
        let mut connection = AnyEngine::connect(&self.url).await;
        let version = connection.as_text("version");
        let versions = connection.texts(format!("SELECT {version} FROM _sqlx_migrations ORDER BY version")).await;
        connection.close().await;
        versions
    }
}

fn options(sqlite: &str) -> SqliteConnectOptions {
    sqlite.parse::<SqliteConnectOptions>().unwrap().create_if_missing(true)
}

fn sqlite_migrations() -> Vec<Migration> {
    sqlx::migrate!("migrations/sqlite").iter().cloned().collect()
}

fn newest() -> i64 {
    sqlite_migrations().last().unwrap().version
}

/// Column names by table.
type Columns = BTreeMap<String, BTreeSet<String>>;

fn columns(tables: &[Table]) -> Columns {
    let names = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect();
    tables.iter().map(|table| (table.name.clone(), names(table))).collect()
}

/// The columns that the migration keeps as they are.
fn kept(version: i64, mut columns: Columns) -> Columns {
    for (_, changed) in CHANGED.iter().filter(|(changed_by, _)| *changed_by == version) {
        match changed.split_once('.') {
            Some((table, column)) => columns.get_mut(table).is_some_and(|columns| columns.remove(column)),
            None => columns.remove(*changed).is_some(),
        };
    }
    columns
}

async fn tables(database: &Database) -> Vec<Table> {
    filled::tables(&mut connect(&database.url).await).await
}

async fn connect(sqlite: &str) -> SqliteConnection {
    options(sqlite).connect().await.unwrap()
}

#[tokio::test]
async fn no_migration_loses_a_row() {
    let versions: Vec<i64> = sqlite_migrations().iter().map(|migration| migration.version).collect();
    for pair in versions.windows(2) {
        let (before, version) = (pair[0], pair[1]);
        let databases = Database::on_both_engines().await;
        databases[0].migrate_to(before).await;
        let tables = tables(&databases[0]).await;
        let kept = kept(version, columns(&tables));
        for database in &databases {
            database.migrate_to(before).await;
            database.fill(&tables).await;
            let rows = database.rows(&kept).await;
            assert!(rows.values().all(|rows| !rows.is_empty()), "{rows:?}");
            database.migrate_to(version).await;
            assert_eq!(database.rows(&kept).await, rows, "migration {version}");
        }
    }
}

/// What is owed when the program is updated is done by the new one, in its lane.
#[tokio::test]
async fn pending_notices_of_the_outbox_become_jobs() {
    for database in Database::on_both_engines().await {
        database.migrate_to(15).await;
        let mut connection = AnyEngine::connect(&database.url).await;
        for (kind, lane) in [("confirmed", "letters"), ("removed", "rooms"), ("deserted", "rooms")] {
            let insert = "INSERT INTO outbox (kind, lane, payload, subject, due_at, next_at, attempts, version)";
            connection.try_run(format!("{insert} VALUES ('{kind}', '{lane}', '{{}}', 'x', 1, 2, 3, 4)")).await.unwrap();
        }
        database.migrate_to(16).await;
        let rows =
            "SELECT kind || ' ' || lane || ' ' || due_at || next_at || attempts || version FROM jobs ORDER BY kind";
        let jobs = connection.texts(rows.to_owned()).await;
        assert_eq!(jobs, ["confirmed messages 1234", "deserted checks 1234", "removed rooms 1234"]);
        assert_eq!(connection.texts("SELECT kind FROM outbox".to_owned()).await, [""; 0]);
        connection.close().await;
    }
}

#[tokio::test]
async fn every_password_becomes_a_credential() {
    let databases = Database::on_both_engines().await;
    databases[0].migrate_to(20).await;
    let tables = tables(&databases[0]).await;
    for database in &databases {
        database.migrate_to(20).await;
        database.fill(&tables).await;
        let passwords = database.texts("SELECT id || ' ' || password_hash FROM users ORDER BY 1").await;
        database.migrate_to(newest()).await;
        assert!(!passwords.is_empty());
        assert_eq!(database.texts("SELECT user_id || ' ' || data FROM credentials ORDER BY 1").await, passwords);
    }
}

#[tokio::test]
async fn every_guest_becomes_a_person_of_their_own() {
    let databases = Database::on_both_engines().await;
    databases[0].migrate_to(27).await;
    let tables = tables(&databases[0]).await;
    for database in &databases {
        database.migrate_to(27).await;
        database.fill(&tables).await;
        database.run("UPDATE participants SET role = CASE WHEN seat / 1000 % 2 = 0 THEN 'guest' ELSE 'host' END").await;
        // Two bookings of one address: merging people is a decision of staff.
        database.run("UPDATE appointments SET guest_email = 'jamie@guest.example', guest_name = 'Jamie'").await;
        let guests =
            "SELECT id || ' ' || guest_name || ' ' || guest_zone || ' ' || booked_at FROM appointments ORDER BY 1";
        let booked = database.texts(guests).await;
        let emails = database.texts("SELECT id || ' ' || guest_email FROM appointments ORDER BY 1").await;
        let phones = database
            .texts("SELECT id || ' ' || guest_phone FROM appointments WHERE guest_phone IS NOT NULL ORDER BY 1")
            .await;
        database.migrate_to(newest()).await;

        let people = "SELECT id || ' ' || name || ' ' || zone || ' ' || created_at FROM people ORDER BY 1";
        assert_eq!(database.texts(people).await, booked);
        let addresses =
            |channel| format!("SELECT person_id || ' ' || value FROM addresses WHERE channel = '{channel}' ORDER BY 1");
        assert_eq!(database.texts(&addresses("email")).await, emails);
        assert_eq!(database.texts(&addresses("phone")).await, phones);
        assert!(!phones.is_empty() && phones.len() < emails.len());
        let party = "SELECT appointment_id || ' ' || person_id || ' ' || role || ' ' || place FROM appointment_people ORDER BY 1";
        let expected = database.texts("SELECT id || ' ' || id || ' guest 0' FROM appointments ORDER BY 1").await;
        assert_eq!(database.texts(party).await, expected);
        let of_guests =
            "SELECT p.id || ' ' || p.person_id FROM participants p WHERE p.person_id IS NOT NULL ORDER BY 1";
        let expected = "
            SELECT p.id || ' ' || c.appointment_id
              FROM participants p
              JOIN consultations c ON c.id = p.consultation_id
             WHERE p.role = 'guest'
             ORDER BY 1";
        let expected = database.texts(expected).await;
        assert!(!expected.is_empty());
        assert_eq!(database.texts(of_guests).await, expected);
    }
}

/// The previous version still runs: it knows neither the new tables nor the new column.
#[tokio::test]
async fn rows_of_the_previous_version_are_still_accepted() {
    let databases = Database::on_both_engines().await;
    databases[0].migrate_to(27).await;
    let mut before = tables(&databases[0]).await;
    for table in &mut before {
        table.columns.retain(|column| !NEVER_WRITTEN.contains(&(table.name.as_str(), column.name.as_str())));
    }
    for database in &databases {
        database.migrate_to(newest()).await;
        database.fill(&before).await;
    }
}

/// A migration that a test adds after the newest.
fn added(sql: &'static str) -> Migration {
    let description = "added by a test".into();
    Migration::new(newest() + 1, description, MigrationType::Simple, sql.into_sql_str(), false)
}

/// Asserts that a failed migration changed nothing, and that the next attempt finds no lock of the failed one.
async fn check_unchanged(database: &Database, rows: &BTreeMap<String, Vec<String>>, kept: &Columns) {
    assert_eq!(database.rows(kept).await, *rows);
    assert_eq!(database.versions().await.len(), database.migrations().len());
    let finished = added("CREATE TABLE half (id BIGINT NOT NULL)");
    database.migrate([database.migrations(), vec![finished]].concat()).await.unwrap();
}

#[tokio::test]
async fn a_failed_migration_changes_nothing() {
    for database in Database::on_both_engines().await {
        database.migrate_to(newest()).await;
        let failing = added(
            "CREATE TABLE half (id BIGINT NOT NULL);
             DELETE FROM invitations;
             INSERT INTO half (id) SELECT version FROM no_such_table;",
        );
        let [sqlite, _] = Database::on_both_engines().await;
        sqlite.migrate_to(newest()).await;
        let tables = tables(&sqlite).await;
        database.fill(&tables).await;
        let kept = columns(&tables);
        let rows = database.rows(&kept).await;
        let answer = database.migrate([database.migrations(), vec![failing]].concat()).await;
        assert!(matches!(answer, Err(Error::Migration(_))), "{answer:?}");
        check_unchanged(&database, &rows, &kept).await;
    }
}

#[tokio::test]
async fn a_migration_that_breaks_references_names_the_table() {
    let [database, _] = Database::on_both_engines().await;
    database.migrate_to(newest()).await;
    let tables = tables(&database).await;
    database.fill(&tables).await;
    let kept = columns(&tables);
    let rows = database.rows(&kept).await;
    let answer = database.migrate([database.migrations(), vec![added("DELETE FROM consultations")]].concat()).await;
    let error = answer.unwrap_err();
    assert!(matches!(&error, Error::ForeignKey { table } if table == "participants"), "{error:?}");
    assert!(error.to_string().contains("table participants"), "{error}");
    check_unchanged(&database, &rows, &kept).await;
}

/// Environment variable with the database URL for the child process.
const DATABASE: &str = "ANTEROOM_STORE_MIGRATION_TEST_DATABASE";

#[tokio::test]
async fn a_killed_migration_leaves_nothing_half_done() {
    let [sqlite, postgres] = Database::on_both_engines().await;
    sqlite.migrate_to(newest()).await;
    postgres.migrate_to(newest()).await;
    let tables = tables(&sqlite).await;
    let kept = columns(&tables);
    for database in [sqlite, postgres] {
        database.fill(&tables).await;
        let rows = database.rows(&kept).await;
        if database.is_sqlite() {
            let child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "tests::migrations::child_process_entry", "--nocapture"])
                .env(DATABASE, &database.url)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            assert_eq!(child.code(), None, "the child was not killed by a signal");
        } else {
            let killed = added("DELETE FROM invitations; SELECT pg_terminate_backend(pg_backend_pid())");
            let answer = database.migrate([database.migrations(), vec![killed]].concat()).await;
            // The server may have closed the connection before its error was read.
            assert!(matches!(answer, Err(Error::Migration(_) | Error::Unavailable(_))), "{answer:?}");
        }
        check_unchanged(&database, &rows, &kept).await;
    }
}

/// Not a test: the entry point of the child process started by the test above. It dies in the middle of a migration,
/// where SQLite compares two values. In a normal test run it returns at once.
#[tokio::test]
async fn child_process_entry() {
    let Some(url) = std::env::var_os(DATABASE) else { return };
    let options = options(url.to_str().unwrap()).collation("kill", |_, _| std::process::abort());
    let killed = added("DELETE FROM invitations; SELECT id FROM users ORDER BY id COLLATE kill");
    let migrator = Migrator::with_migrations([sqlite_migrations(), vec![killed]].concat());
    sqlite::migrate(&options, migrator).await.unwrap();
}
