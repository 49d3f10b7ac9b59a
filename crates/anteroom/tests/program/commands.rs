//! The commands of the program: output, exit codes, and the demo's line of JSON.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::running::{Demo, anteroom};

const PASSWORD: &str = "three grey pigeons";

/// Runs a command that reads a password from standard input.
fn run_with_password(data: &Path, args: &[&str], password: &str) -> Output {
    let mut child = anteroom(data, args).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    child.wait_with_output().unwrap()
}

const SETUP: [&str; 9] = [
    "setup",
    "--practice",
    "Okafor & Brandt",
    "--zone",
    "Europe/Berlin",
    "--name",
    "Mira",
    "--email",
    "mira@practice.example",
];

#[test]
fn setup_then_user_add_and_key_succeed() {
    let data = tempfile::tempdir().unwrap();
    let output = run_with_password(data.path(), &SETUP, PASSWORD);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let add = ["user", "add", "--name", "Dr. Amara", "--email", "amara@practice.example"];
    assert!(run_with_password(data.path(), &add, PASSWORD).status.success());
    let key = anteroom(data.path(), &["user", "key", "--name", "booking site"]).output().unwrap();
    assert!(String::from_utf8(key.stdout).unwrap().starts_with("Authorization: Bearer key_"));
    let monitoring = ["user", "key", "--name", "prometheus", "--scopes", "metrics,record"];
    assert!(anteroom(data.path(), &monitoring).output().unwrap().status.success());
    let wrong = ["user", "key", "--name", "prometheus", "--scopes", "metrics,payments"];
    let refused = anteroom(data.path(), &wrong).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains(r#""payments" is no scope"#));
}

#[test]
fn password_link_is_printed_for_a_known_address_only() {
    let data = tempfile::tempdir().unwrap();
    assert!(run_with_password(data.path(), &SETUP, PASSWORD).status.success());
    let link = |email| {
        let args = ["user", "password-link", "--public-url", "https://video.example", email];
        anteroom(data.path(), &args).output().unwrap()
    };
    let printed = String::from_utf8(link("MIRA@practice.example").stdout).unwrap();
    let secret = printed.trim_end().strip_prefix("https://video.example/password/");
    assert_eq!(secret.map(str::len), Some(32), "{printed}");
    let refused = link("eve@practice.example");
    assert!(!refused.status.success());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("no person logs in with this address"));
}

#[test]
fn invalid_setup_reports_the_field_and_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let short = run_with_password(data.path(), &SETUP, "short");
    assert!(!short.status.success());
    assert!(String::from_utf8(short.stderr).unwrap().contains("password: This could be guessed."));
    assert!(run_with_password(data.path(), &SETUP, PASSWORD).status.success(), "the refused attempt changed something");
    let twice = run_with_password(data.path(), &SETUP, PASSWORD);
    assert!(String::from_utf8(twice.stderr).unwrap().contains("already set up"));
    let old_name = [&["user", "found"], &SETUP[1..]].concat();
    let thrice = run_with_password(data.path(), &old_name, PASSWORD);
    assert!(String::from_utf8(thrice.stderr).unwrap().contains("already set up"));
}

#[test]
fn demo_line_is_complete_and_stable_between_starts() {
    let data = tempfile::tempdir().unwrap();
    let first = Demo::start(data.path()).json.clone();
    let fields = [
        "/url",
        "/host_link",
        "/guest_link",
        "/admin/email",
        "/admin/password",
        "/host/email",
        "/host/password",
        "/appointment_id",
        "/consultation_id",
        "/room_name",
        "/api/key",
        "/api/secret",
        "/livekit/url",
        "/livekit/key",
        "/livekit/secret",
        "/mailbox_url",
    ];
    for field in fields {
        assert!(first.pointer(field).and_then(Value::as_str).is_some_and(|value| !value.is_empty()), "{field}");
    }
    let again = Demo::start(data.path()).json.clone();
    for same in ["/appointment_id", "/room_name", "/admin/password", "/api/secret", "/livekit/secret"] {
        assert_eq!(first.pointer(same), again.pointer(same), "{same}");
    }
}

#[test]
fn each_media_thread_has_a_port() {
    let data = tempfile::tempdir().unwrap();
    let args = ["demo", "--json", "--listen", "127.0.0.1:0", "--media-threads", "3"];
    let mut child = anteroom(data.path(), &args).env("NO_COLOR", "1").spawn().unwrap();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    child.kill().unwrap();
    let log = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    let ports: BTreeSet<&str> =
        log.lines().filter_map(|line| line.split_once("(UDP and TCP) port=")).map(|(_, port)| port).collect();
    assert_eq!(ports.len(), 3, "{log}");
}

#[test]
fn key_files_are_readable_only_by_their_owner() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().unwrap();
    drop(Demo::start(data.path()));
    for file in ["livekit.toml", "demo.toml", "anteroom.db"] {
        let mode = std::fs::metadata(data.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}");
    }
}

#[test]
fn trusted_proxies_are_read_from_flag_environment_and_file() {
    let data = tempfile::tempdir().unwrap();
    let migrate = |args: &[&str], environment: &str| {
        let mut command = anteroom(data.path(), &[&["migrate"], args].concat());
        let output = command.env("ANTEROOM_TRUSTED_PROXIES", environment).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert!(migrate(&[], "127.0.0.1, 10.0.0.0/8").0);
    assert!(migrate(&["--trusted-proxies", "::1,fd00::/8"], "10.0.0.0/33").0, "the flag overrides the environment");
    let (_, error) = migrate(&[], "10.0.0.0/33");
    assert!(error.contains("10.0.0.0/33"), "{error}");
    std::fs::write(data.path().join("anteroom.toml"), "trusted_proxies = [\"ten\"]\n").unwrap();
    assert!(migrate(&[], "10.0.0.1").0, "the environment overrides the file");
    let output = anteroom(data.path(), &["migrate"]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("trusted_proxies") && error.contains("ten"), "{error}");
}

#[test]
fn data_directory_is_locked_by_one_server() {
    let data = tempfile::tempdir().unwrap();
    let first = Demo::start(data.path());
    let second = anteroom(data.path(), &["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8(second.stderr).unwrap().contains("another anteroom is running"));
    drop(first);
    assert!(Demo::start(data.path()).json.is_object(), "a killed server still holds the lock");
}
