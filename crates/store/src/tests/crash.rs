//! Durability: acknowledged writes survive a kill and a reopen.
//!
//! A kill tests the order of acknowledgement and write, not the disk sync; for that see
//! `every_commit_reaches_the_disk_before_it_is_acknowledged`.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use futures_util::future::join_all;

use super::samples::{unique_bytes, user};
use crate::Store;
use crate::engine::fetch_optional;

/// Environment variable with the database URL for the child process.
const DATABASE: &str = "ANTEROOM_STORE_CRASH_TEST_DATABASE";

async fn open(url: &str) -> Store {
    let store = Store::open(url).await.unwrap();
    store.migrate().await.unwrap();
    store
}

#[test]
fn acknowledged_writes_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("anteroom.db").display());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::crash::child_process_entry", "--nocapture"])
        .env(DATABASE, &url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = BTreeSet::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some((_, id)) = line.unwrap().split_once("kept ") {
            acknowledged.insert(id.to_owned());
        }
        if acknowledged.len() == 300 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= 300, "the child ended before it was killed");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let found: BTreeSet<_> = runtime.block_on(async {
        let store = open(&url).await;
        let users = store.read().await.unwrap().users().await.unwrap();
        users.iter().map(|user| user.id.to_string()).collect()
    });
    assert_eq!(acknowledged.difference(&found).count(), 0);
}

/// Not a test: the entry point of the child process started by the test above. Eight writers print every acknowledged
/// write. In a normal test run it returns at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_process_entry() {
    let Some(url) = std::env::var_os(DATABASE) else { return };
    let store = open(url.to_str().unwrap()).await;
    let writer = async || {
        loop {
            let user = user(&format!("{}@example.org", u64::from_be_bytes(unique_bytes())));
            let mut tx = store.begin().await.unwrap();
            tx.insert_user(&user).await.unwrap();
            tx.commit().await.unwrap();
            println!("kept {}", user.id);
        }
    };
    join_all((0..8).map(|_| writer())).await;
}

#[tokio::test]
async fn acknowledged_writes_survive_a_reopen() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("some/where/anteroom.db").display());
    let ada = user("ada@example.org");
    let store = open(&url).await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_user(&ada).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    assert_eq!(open(&url).await.read().await.unwrap().users().await.unwrap(), [ada]);
}

#[tokio::test]
async fn every_commit_reaches_the_disk_before_it_is_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&format!("sqlite:{}", folder.path().join("anteroom.db").display())).await;
    let mut tx = store.begin().await.unwrap();
    let full = fetch_optional!(&mut tx, (i64,); "SELECT synchronous FROM pragma_synchronous").unwrap();
    let log = fetch_optional!(&mut tx, (String,); "SELECT journal_mode FROM pragma_journal_mode").unwrap();
    assert_eq!((full, log), (Some((2,)), Some(("wal".to_owned(),))));
}

#[tokio::test]
async fn a_temporary_database_is_deleted_with_its_store() {
    let store = open("sqlite::memory:").await;
    super::samples::host(&store).await;
    let mut snapshot = store.read().await.unwrap();
    let file = fetch_optional!(&mut snapshot, (String,); "SELECT file FROM pragma_database_list").unwrap().unwrap().0;
    assert!(std::path::Path::new(&file).exists(), "{file}");
    drop(snapshot);
    store.close().await;
    drop(store);
    assert!(!std::path::Path::new(&file).exists(), "{file}");
}

#[tokio::test]
async fn database_files_are_readable_by_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/anteroom.db");
    let store = open(&format!("sqlite:{}", file.display())).await;
    super::samples::host(&store).await;
    for (name, mode) in [("new", 0o700), ("new/anteroom.db", 0o600), ("new/anteroom.db-wal", 0o600)] {
        let found = folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{name}");
    }
}
