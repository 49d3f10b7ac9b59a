//! Two programs on one PostgreSQL database.

use std::io::{BufRead, BufReader};

use crate::running::anteroom;

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
