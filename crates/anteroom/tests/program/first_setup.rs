//! The first set-up of a server, and what happens to one that has lost its practice.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::running::{Server, anteroom};

const FORM: &str = "practice=Okafor&pack=clinic&zone=Europe/Berlin&name=Mira&email=mira@practice.example&\
    password=three grey pigeons";
const FORM_TYPE: &str = "content-type: application/x-www-form-urlencoded";

/// The code in the setup link that the server has printed.
fn printed_code(server: &mut Server) -> String {
    let line = server.next_line();
    let link = line.strip_prefix("Set it up with this link: ").expect("a new server prints a setup link");
    link.strip_prefix(&format!("{}/setup?code=", server.url)).expect("the link leads to this server").to_owned()
}

fn set_up(server: &mut Server) {
    let code = printed_code(server);
    let page = server.ask(&format!("GET /setup?code={code}"), &["accept: text/html"], "");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let done = server.ask("POST /setup", &[FORM_TYPE], &format!("code={code}&{FORM}"));
    assert!(done.starts_with("HTTP/1.1 303") && done.contains("location: /day"), "{done}");
}

/// Starts a server that does not start, and returns what it prints to stderr.
fn refusal(data: &Path) -> String {
    let output = anteroom(data, &["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

fn remove_database(data: &Path) {
    for file in ["anteroom.db", "anteroom.db-wal", "anteroom.db-shm"] {
        let _ = fs::remove_file(data.join(file));
    }
}

#[test]
fn only_the_newest_setup_link_sets_up_the_server() {
    let data = tempfile::tempdir().unwrap();
    let mut first = Server::start(data.path(), &[]);
    let old = printed_code(&mut first);
    first.stop();
    let mut server = Server::start(data.path(), &[]);
    for code in ["", old.as_str()] {
        let refused = server.ask("POST /setup", &[FORM_TYPE], &format!("code={code}&{FORM}"));
        assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    }
    set_up(&mut server);
    let page = server.ask(&format!("GET /setup?code={old}"), &["accept: text/html"], "");
    assert!(page.contains("location: /login"), "{page}");
}

#[test]
fn server_that_lost_its_practice_does_not_start_empty() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path(), &[]);
    set_up(&mut server);
    server.stop();
    let keys = fs::read(data.path().join("livekit.toml")).unwrap();
    remove_database(data.path());
    for database in ["missing", "empty", "without a practice"] {
        match database {
            "empty" => fs::write(data.path().join("anteroom.db"), "").unwrap(),
            "without a practice" => assert!(anteroom(data.path(), &["migrate"]).status().unwrap().success()),
            _ => {}
        }
        let error = refusal(data.path());
        for named in ["livekit.toml", "anteroom.db", "--database", "--new-practice"] {
            assert!(error.contains(named), "{database}: {error}");
        }
    }
    let mut again = Server::start(data.path(), &["--new-practice"]);
    set_up(&mut again);
    again.stop();
    Server::start(data.path(), &[]).stop();
    let key = |text: Vec<u8>| String::from_utf8(text).unwrap().lines().next().map(str::to_owned);
    assert_eq!(key(keys), key(fs::read(data.path().join("livekit.toml")).unwrap()), "the API key stays");
}

#[test]
fn server_that_was_never_set_up_starts_again() {
    let data = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut server = Server::start(data.path(), &[]);
        printed_code(&mut server);
        server.stop();
    }
    remove_database(data.path());
    assert!(refusal(data.path()).contains("--new-practice"), "keys without a database");
}

#[test]
fn start_on_a_full_disk_leaves_no_broken_key_file() {
    let data = tempfile::tempdir().unwrap();
    let mut full = Command::new("sh");
    full.args(["-c", "ulimit -f 0 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_anteroom"), "serve", "--listen"]);
    full.args(["127.0.0.1:0", "--data"]).arg(data.path()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(!full.status().unwrap().success());
    printed_code(&mut Server::start(data.path(), &[]));
    // What an earlier version left behind.
    remove_database(data.path());
    fs::write(data.path().join("livekit.toml"), "").unwrap();
    printed_code(&mut Server::start(data.path(), &[]));
}

#[test]
fn foreign_page_cannot_use_the_name_it_was_reached_by() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path(), &[]);
    set_up(&mut server);
    let post = |origin: &str| server.ask("POST /logout", &[FORM_TYPE, &format!("origin: {origin}")], "");
    assert!(post(&server.url).starts_with("HTTP/1.1 303"));
    assert!(post(&server.url.replace("127.0.0.1", "localhost")).starts_with("HTTP/1.1 303"));
    // `x` is the name in the `Host` header.
    assert!(post("http://x").starts_with("HTTP/1.1 403"));
}

/// A copy without the file of the keys, and without what was only in the write-ahead log.
#[test]
fn missing_key_file_is_named_with_what_to_copy() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path(), &[]);
    set_up(&mut server);
    let copied_while_running = tempfile::tempdir().unwrap();
    fs::copy(data.path().join("anteroom.db"), copied_while_running.path().join("anteroom.db")).unwrap();
    server.stop();
    let copied = tempfile::tempdir().unwrap();
    fs::copy(data.path().join("anteroom.db"), copied.path().join("anteroom.db")).unwrap();

    let log = Server::start(copied.path(), &[]).stop();
    let keys = copied.path().join("livekit.toml").display().to_string();
    let named = format!("{keys} was created. If this is a copy of another data directory, copy that file too");
    assert!(log.contains(&named), "{log}");

    let mut server = Server::start(copied_while_running.path(), &[]);
    printed_code(&mut server);
    let log = server.stop();
    let keys = copied_while_running.path().join("livekit.toml").display().to_string();
    assert!(
        log.contains(&format!("there is no practice in it, and {keys} was missing. If it is a copy, stop")),
        "{log}"
    );
}
