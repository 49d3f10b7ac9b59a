//! Two programs on one PostgreSQL database.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::running::{Server, anteroom};

/// By then it has noticed that the database is lost.
const LIMIT: Duration = Duration::from_secs(60);

/// Rooms and attendance of the one would be unknown to the other.
#[test]
fn second_program_on_a_database_is_refused_with_a_sentence() {
    let database = anteroom_cluster::empty_database();
    let (first_data, second_data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", &database];
    let mut first = anteroom(first_data.path(), &serve).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(first.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("running"), "{line}");

    let second = anteroom(second_data.path(), &serve).output().unwrap();
    let error = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success() && error.contains("another Anteroom with the embedded media server"), "{error}");

    first.kill().unwrap();
    first.wait().unwrap();
}

/// Another program waits for the database, gets it when the connection of the first ends, and the first notices.
#[test]
fn program_ends_when_another_has_taken_its_database() {
    let database = anteroom_cluster::empty_database();
    let data = tempfile::tempdir().unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--database", &database];
    let mut program = anteroom(data.path(), &serve).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("running"), "{line}");

    let other = std::thread::spawn({
        let database = database.clone();
        move || anteroom_cluster::run_sql(&database, "SELECT pg_advisory_lock(7020676848177606509), pg_sleep(600)")
    });
    anteroom_cluster::run_sql(&database, END_THE_HOLDER);
    let pid = i32::try_from(program.id()).unwrap();
    let (_waiting, limit) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        if limit.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).unwrap();
        }
    });
    let ended = program.wait_with_output().unwrap();
    let log = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success() && log.contains("no longer reserved for this program: another Anteroom"), "{log}");
    anteroom_cluster::drop_database(&database);
    assert!(other.join().is_err(), "it had the lock to the end");
}

/// Waits until the other one waits.
const END_THE_HOLDER: &str = "
DO $$
DECLARE
    here oid := (SELECT oid FROM pg_database WHERE datname = current_database());
BEGIN
    FOR turn IN 1..3000 LOOP
        EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = here AND NOT granted);
        PERFORM pg_sleep(0.01);
    END LOOP;
    PERFORM pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = here AND granted;
END $$";

/// Starts and ends a server, and waits until PostgreSQL has noticed that it is gone.
fn run_once(data: &Path, database: &str) {
    Server::start(data, &["--database", database]).stop();
    anteroom_cluster::run_sql(database, WAIT_UNTIL_FREE);
}

const WAIT_UNTIL_FREE: &str = "
DO $$
DECLARE
    here oid := (SELECT oid FROM pg_database WHERE datname = current_database());
BEGIN
    FOR turn IN 1..3000 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = here);
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$";

/// A second server, with a data directory of its own, signs with the key of the first.
#[test]
fn servers_on_one_database_have_the_same_livekit_key() {
    let database = anteroom_cluster::empty_database();
    let started_with = |own_key: Option<&str>| {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("livekit.toml");
        if let Some(key) = own_key {
            std::fs::write(&file, key).unwrap();
        }
        run_once(data.path(), &database);
        std::fs::read_to_string(file).unwrap()
    };
    let first = started_with(None);
    assert!(first.starts_with("key = \"API"), "{first}");
    assert_eq!(started_with(None), first);
    let of_the_operator = "key = \"mine\"\nsecret = \"0123456789abcdef0123456789abcdef\"\n";
    assert_eq!(started_with(Some(of_the_operator)), of_the_operator);
    assert_eq!(started_with(None), first, "nothing changed for the others");
}

/// An installation that had a file before.
#[test]
fn key_of_the_first_server_becomes_that_of_the_database() {
    let database = anteroom_cluster::empty_database();
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let key = "key = \"mine\"\nsecret = \"0123456789abcdef0123456789abcdef\"\n";
    std::fs::write(first.path().join("livekit.toml"), key).unwrap();
    for data in [&first, &second] {
        run_once(data.path(), &database);
    }
    assert_eq!(std::fs::read_to_string(second.path().join("livekit.toml")).unwrap(), key);
}
