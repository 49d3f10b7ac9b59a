//! A private PostgreSQL cluster for the tests: no network, its own directory, removed when the test process ends.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use sqlx::{Connection, Executor, PgConnection};

const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// Starts the cluster, prints `ready`, and waits for end of input, which comes when the test process ends in any way.
/// `initdb` refuses root, so root becomes the user `postgres`.
const SCRIPT: &str = r#"
set -e
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
if [ "$(id -u)" = 0 ]; then chown postgres "$DIR"; fi
cd "$DIR"
as "$BIN/initdb" -D "$DIR/data" -U anteroom --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync
as "$BIN/pg_ctl" -D "$DIR/data" -w -l "$DIR/log" start -o "-k $DIR -c listen_addresses='' -c fsync=off -c max_connections=400 -c shared_buffers=32MB"
echo ready
exec >/dev/null 2>&1
cat
as "$BIN/pg_ctl" -D "$DIR/data" -w -m immediate stop
cd /
rm -rf "$DIR"
"#;

/// URL of a new, migrated database.
pub(super) async fn fresh_database() -> String {
    create_database("prepared").await
}

/// URL of a new database without tables.
pub(super) async fn empty_database() -> String {
    create_database("template1").await
}

async fn create_database(template: &str) -> String {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    let cluster = cluster();
    let name = format!("promise_{}", NAMES.fetch_add(1, Relaxed));
    let mut connection = PgConnection::connect(&url(cluster, "postgres")).await.unwrap();
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    connection.execute(sqlx::AssertSqlSafe(create)).await.unwrap();
    connection.close().await.unwrap();
    url(cluster, &name)
}

fn url(directory: &Path, database: &str) -> String {
    format!("postgres://anteroom@localhost/{database}?host={}", directory.display())
}

/// Directory of the cluster. One cluster per test process, with one migrated database as a template.
fn cluster() -> &'static Path {
    static CLUSTER: OnceLock<std::path::PathBuf> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let directory = start();
        let prepared = url(&directory, "prepared");
        let maintenance = url(&directory, "postgres");
        // On a new thread, because this one already runs a runtime.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&maintenance).await.unwrap();
                connection.execute("CREATE DATABASE prepared").await.unwrap();
                let store = crate::Store::open(&prepared).await.unwrap();
                store.migrate().await.unwrap();
                store.close().await;
            });
        })
        .join()
        .unwrap();
        directory
    })
}

fn start() -> std::path::PathBuf {
    assert!(
        Path::new(PROGRAMS).join("initdb").exists(),
        "PostgreSQL 15 is not installed; its programs are expected in {PROGRAMS}: apt-get install postgresql-15"
    );
    // The script removes it.
    let directory = tempfile::Builder::new().prefix("anteroom-pg-").tempdir().unwrap().keep();
    let mut script = Command::new("sh")
        .args(["-c", SCRIPT])
        .env("DIR", &directory)
        .env("BIN", PROGRAMS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // In its own process group: Ctrl-C must not kill it before it has cleaned up.
        .process_group(0)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
    let ready = lines.any(|line| line.unwrap() == "ready");
    if !ready {
        let mut output = String::new();
        script.stderr.take().unwrap().read_to_string(&mut output).unwrap();
        panic!("PostgreSQL did not start: {output}");
    }
    // The script reads its input until this process ends.
    std::mem::forget(script);
    directory
}
