//! A PostgreSQL server of this process, with its data and its socket in one folder. As Debian installs it, so that commits
//! are durable, with more memory.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::data_folder::new_folder;
use crate::install;

/// Starts the server, prints `ready`, and waits for end of input, which comes when this process ends in any way.
/// `initdb` refuses root, so root becomes the user `postgres`. The tests have such a server in `crates/cluster`, whose
/// commits are not durable.
const SCRIPT: &str = r#"
set -e
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
if [ "$(id -u)" = 0 ]; then chown postgres "$DIR"; fi
cd "$DIR"
as "$BIN/initdb" -D "$DIR/data" -U anteroom --auth=trust -E UTF8 --locale=C.UTF-8
as "$BIN/pg_ctl" -D "$DIR/data" -w -l "$DIR/log" start -o "-k $DIR -c listen_addresses='' -c shared_buffers=512MB -c max_wal_size=4GB"
echo ready
exec >/dev/null 2>&1
cat
as "$BIN/pg_ctl" -D "$DIR/data" -w -m immediate stop
cd /
rm -rf "$DIR"
"#;

/// A running server. Dropping it stops the server and removes its data.
pub(super) struct PostgresServer {
    script: Child,
    programs: PathBuf,
    folder: PathBuf,
}

impl PostgresServer {
    pub(super) fn start() -> Result<Self> {
        install::postgres()?;
        let programs = install::postgres_programs().context("there is no initdb")?;
        let folder = new_folder("pg")?;
        let script = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("DIR", &folder)
            .env("BIN", &programs)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // In its own process group: Ctrl-C must not kill it before it has cleaned up.
            .process_group(0)
            .spawn();
        let mut server = Self { script: script.context("cannot start a shell")?, programs, folder };
        let mut lines = BufReader::new(server.script.stdout.take().context("stdout is piped")?).lines();
        if !lines.any(|line| line.is_ok_and(|line| line == "ready")) {
            let mut output = String::new();
            server.script.stderr.take().context("stderr is piped")?.read_to_string(&mut output)?;
            bail!("PostgreSQL did not start: {output}");
        }
        Ok(server)
    }

    /// Makes an empty database and returns its URL.
    pub(super) fn database(&self, name: &str) -> Result<String> {
        let mut create = Command::new(self.programs.join("createdb"));
        let output = create.arg("--host").arg(&self.folder).args(["--username", "anteroom", name]).output()?;
        ensure!(output.status.success(), "createdb: {}", String::from_utf8_lossy(&output.stderr));
        Ok(format!("postgres://anteroom@localhost/{name}?host={}", self.folder.display()))
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}
