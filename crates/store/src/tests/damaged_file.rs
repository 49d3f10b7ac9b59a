//! Files of SQLite that cannot be used: the error names the file and what an operator can do.

use std::fs;
use std::path::Path;

use super::samples::host;
use crate::{Error, Store};

async fn open(path: &Path) -> Result<Store, Error> {
    Store::open(&format!("sqlite:{}", path.display())).await
}

async fn refusal(path: &Path) -> String {
    let error = open(path).await.err().unwrap();
    assert!(matches!(error, Error::Address(_)), "{error:?}");
    assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
    error.to_string()
}

/// A closed database with some hundred users.
async fn filled(path: &Path) {
    let store = open(path).await.unwrap();
    store.migrate().await.unwrap();
    for _ in 0..200 {
        host(&store).await;
    }
    store.close().await;
}

#[tokio::test]
async fn a_damaged_file_is_refused_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anteroom.db");
    filled(&path).await;
    let whole = fs::read(&path).unwrap();

    let mut damaged = whole.clone();
    let middle = damaged.len() / 2 / 4096 * 4096;
    damaged[middle..middle + 4096].fill(0xa5);
    fs::write(&path, &damaged).unwrap();
    let refused = refusal(&path).await;
    assert!(refused.contains("damaged") && refused.contains("backup"), "{refused}");
    assert!(!refused.contains("example.org"), "{refused}");

    for other in [&whole[..whole.len() / 2], b"not a database, but long enough to have a header of its own".as_slice()]
    {
        fs::write(&path, other).unwrap();
        assert!(refusal(&path).await.contains("damaged or not a SQLite database"));
    }

    fs::write(&path, &whole).unwrap();
    open(&path).await.unwrap().close().await;
}

#[tokio::test]
async fn a_folder_in_place_of_the_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path()).await.contains("it is a folder"));
    fs::write(folder.path().join("file"), "").unwrap();
    assert!(refusal(&folder.path().join("file/anteroom.db")).await.contains("is a file, not a folder"));
}

#[tokio::test]
async fn a_replaced_file_acknowledges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, aside) = (folder.path().join("anteroom.db"), folder.path().join("aside.db"));
    filled(&path).await;
    let store = open(&path).await.unwrap();
    let users = async || Ok::<_, Error>(store.read().await?.users().await?.len());
    assert_eq!(users().await.unwrap(), 200);

    fs::rename(&path, &aside).unwrap();
    for replaced in [false, true] {
        if replaced {
            fs::copy(&aside, &path).unwrap();
        }
        let error = store.begin().await.err().unwrap();
        let printed = format!("{error:?}");
        assert!(matches!(error, Error::Unavailable(_)) && printed.contains(&path.display().to_string()), "{printed}");
        assert!(matches!(users().await, Err(Error::Unavailable(_))));
    }

    fs::rename(&aside, &path).unwrap();
    host(&store).await;
    assert_eq!(users().await.unwrap(), 201);
}
