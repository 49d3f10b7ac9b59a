//! Whether a SQLite file can be used, and if not, what an operator can do.

use std::io;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::Error;

/// Opens the file for writing, which creates it and its log, and checks all of it: a server that goes on writing to a
/// damaged file makes the damage worse. Takes about four seconds per gigabyte.
pub(super) async fn check(options: &SqliteConnectOptions, path: &Path) -> Result<(), Error> {
    match first_finding(options).await {
        Ok(finding) if finding == "ok" => Ok(()),
        Ok(finding) => Err(explained(path, &format!("{DAMAGED} ({})", finding.replace('\n', " ")))),
        Err(error) => Err(explained_by_code(path, error)),
    }
}

async fn first_finding(options: &SqliteConnectOptions) -> Result<String, sqlx::Error> {
    let mut connection = options.connect().await?;
    let finding = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(finding)
}

const DAMAGED: &str = "it is damaged or not a SQLite database. Stop the server, keep a copy of the file, and restore the \
                       latest backup; `sqlite3 FILE .recover` saves what can still be read";
const NOT_WRITABLE: &str = "the user that runs the server must be able to write the file and its folder";
const FULL: &str = "the disk is full: free some space and start again";

fn explained_by_code(path: &Path, error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    match code.map(|code| code & 0xff) {
        Some(11 | 26) => explained(path, DAMAGED),
        Some(8 | 14 | 23) => explained(path, NOT_WRITABLE),
        Some(13) => explained(path, FULL),
        _ => Error::from(error),
    }
}

/// An error of the operating system about a file or its folder.
pub(super) fn explained_by_kind(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            explained(path, &format!("{NOT_WRITABLE} ({error})"))
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => explained(path, FULL),
        io::ErrorKind::IsADirectory => explained(path, "it is a folder: add the name of a file in it"),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            explained(path, "a part of the path is a file, not a folder")
        }
        _ => explained(path, &error.to_string()),
    }
}

fn explained(path: &Path, what: &str) -> Error {
    Error::Address(format!("{}: {what}", path.display()))
}
