//! Flags, environment variables and the configuration file: what is accepted, and what a refusal says.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::running::anteroom;

/// The command must fail; what it says.
fn refusal(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{command:?} succeeded");
    String::from_utf8(output.stderr).unwrap()
}

fn serve(data: &Path, args: &[&str]) -> Command {
    anteroom(data, &[&["serve", "--listen", "127.0.0.1:0"], args].concat())
}

/// All variables that `serve` reads, from its help.
fn variables(data: &Path) -> Vec<String> {
    let help = String::from_utf8(anteroom(data, &["serve", "--help"]).output().unwrap().stdout).unwrap();
    let names = help.split("[env: ").skip(1).filter_map(|rest| rest.split(['=', ']']).next());
    names.map(str::to_owned).collect()
}

#[test]
fn empty_variables_are_not_set() {
    let data = tempfile::tempdir().unwrap();
    let variables = variables(data.path());
    assert!(variables.len() > 10, "{variables:?}");
    for name in &variables {
        let output = anteroom(data.path(), &["migrate"]).env(name, "").output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let output = anteroom(data.path(), &["migrate"]).envs(variables.iter().map(|name| (name, ""))).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn refused_setting_is_named() {
    let taken = TcpListener::bind("[::]:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (args, named) in [
        (["--smtp-url", "mail.example"], "--smtp-url"),
        (["--advertise", "video.example"], "--advertise"),
        (["--advertise", "stun:127.0.0.1:1"], "--advertise stun:127.0.0.1:1"),
        (["--public-url", "video.example"], "public_url"),
        (["--database", "mysql://host/name"], "--database"),
        (["--trusted-proxies", "10.0.0.0/64"], "--trusted-proxies"),
        (["--webhook", "ftp://host/"], "webhook_urls"),
        (["--media-port", &port], "--media-port"),
        (["--auto-create-rooms", "perhaps"], "--auto-create-rooms"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let message = refusal(serve(data.path(), &args));
        assert!(message.contains(named), "{args:?}: {message}");
    }
}

#[test]
fn refused_mail_setting_does_not_reveal_the_password() {
    let data = tempfile::tempdir().unwrap();
    let message = refusal(serve(data.path(), &["--smtp-url", "smtp://user:hidden-word@mail.example:port"]));
    assert!(message.contains("--smtp-url") && !message.contains("hidden-word"), "{message}");
    let sender = ["--smtp-url", "smtp://mail.example", "--mail-from", "nobody"];
    assert!(refusal(serve(data.path(), &sender)).contains("--mail-from"));
}

#[test]
fn unusable_files_are_named() {
    for name in ["anteroom.toml", "livekit.toml", "anteroom.db"] {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join(name), "no such thing = at all\n".repeat(40)).unwrap();
        let message = refusal(serve(data.path(), &[]));
        assert!(message.contains(name), "{name}: {message}");
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(file.path());
    let message = refusal(command);
    assert!(message.contains(&file.path().display().to_string()), "{message}");
}

#[test]
fn unknown_configuration_key_is_an_error() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("anteroom.toml"), "listne = \"127.0.0.1:0\"\n").unwrap();
    assert!(refusal(anteroom(data.path(), &["migrate"])).contains("listne"));
}

#[test]
fn media_addresses_are_logged_with_their_setting() {
    let data = tempfile::tempdir().unwrap();
    let mut child = serve(data.path(), &["--advertise", "203.0.113.10:20638"]).env("NO_COLOR", "1").spawn().unwrap();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    child.kill().unwrap();
    let log = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    let line = log.lines().find(|line| line.contains("media addresses")).unwrap_or_default();
    assert!(line.contains("203.0.113.10:20638") && line.contains("--advertise"), "{log}");
}
