//! The running server.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::programs;

/// Starts the server, prints `ready`, and waits for end of input, which comes when the test process ends in any way.
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

/// A server of this process, with its data and its socket in one folder.
pub(crate) struct Server {
    programs: PathBuf,
    folder: PathBuf,
}

impl Server {
    pub(crate) fn start() -> Self {
        let programs = programs::folder();
        // The script removes it.
        let folder = tempfile::Builder::new().prefix("anteroom-pg-").tempdir().expect("a temporary folder").keep();
        let mut script = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("DIR", &folder)
            .env("BIN", &programs)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // In its own process group: Ctrl-C must not kill it before it has cleaned up.
            .process_group(0)
            .spawn()
            .expect("a shell");
        let mut lines = BufReader::new(script.stdout.take().expect("it is piped")).lines();
        if !lines.any(|line| line.is_ok_and(|line| line == "ready")) {
            let mut output = String::new();
            let _ = script.stderr.take().expect("it is piped").read_to_string(&mut output);
            panic!("PostgreSQL did not start: {output}");
        }
        // The script reads its input until this process ends.
        std::mem::forget(script);
        Self { programs, folder }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://anteroom@localhost/{database}?host={}", self.folder.display())
    }

    /// Runs one of PostgreSQL's programs on this server.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        let output = command.arg("--host").arg(&self.folder).args(["--username", "anteroom"]).args(arguments).output();
        let output = output.expect("the program is beside initdb");
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
