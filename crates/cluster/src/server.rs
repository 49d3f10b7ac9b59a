//! A running server.

use std::fs::DirBuilder;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::programs;

/// Starts the server, prints `ready`, and waits for end of input, which comes when its process ends in any way.
/// `initdb` refuses root, so root becomes the user `postgres`.
const SCRIPT: &str = r#"
set -e
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
if [ "$(id -u)" = 0 ]; then chown postgres "$DIR"; fi
cd "$DIR"
as "$BIN/initdb" -D "$DIR/data" -U anteroom --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync
as "$BIN/pg_ctl" -D "$DIR/data" -w -l "$DIR/log" start -o "-k $DIR -c listen_addresses='' $SETTINGS"
echo ready
exec >/dev/null 2>&1
cat
as "$BIN/pg_ctl" -D "$DIR/data" -w -m immediate stop
cd /
rm -rf "$DIR"
"#;

/// What the server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// Hundreds of small databases. Commits are not durable.
    Tests,
    /// One large database. Commits are durable, as Debian installs it.
    Benchmark,
}

impl ServerKind {
    const fn settings(self) -> &'static str {
        match self {
            Self::Tests => "-c fsync=off -c max_connections=400 -c shared_buffers=32MB",
            Self::Benchmark => "-c shared_buffers=512MB -c max_wal_size=4GB",
        }
    }
}

/// A server of this process, with its data and its socket in one folder. Dropping it, or the end of the process, stops
/// it and removes the folder.
#[derive(Debug)]
pub struct Server {
    script: Child,
    programs: PathBuf,
    folder: PathBuf,
}

impl Server {
    /// Starts a server with its data in a new folder inside `parent`.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or did not start.
    pub fn start(kind: ServerKind, parent: &Path) -> io::Result<Self> {
        let programs = programs::folder().ok_or_else(|| io::Error::other(programs::NOT_INSTALLED))?;
        let folder = new_folder(parent)?;
        let script = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("DIR", &folder)
            .env("BIN", &programs)
            .env("SETTINGS", kind.settings())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // In its own process group: Ctrl-C must not kill it before it has cleaned up.
            .process_group(0)
            .spawn()?;
        let mut server = Self { script, programs, folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> io::Result<()> {
        let stdout = self.script.stdout.take().ok_or_else(|| io::Error::other("stdout is piped"))?;
        if BufReader::new(stdout).lines().any(|line| line.is_ok_and(|line| line == "ready")) {
            return Ok(());
        }
        let mut output = String::new();
        if let Some(stderr) = &mut self.script.stderr {
            stderr.read_to_string(&mut output)?;
        }
        Err(io::Error::other(format!("PostgreSQL did not start: {output}")))
    }

    /// URL of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://anteroom@localhost/{database}?host={}", self.folder.display())
    }

    /// Makes a new database without tables and returns its URL.
    ///
    /// # Errors
    /// There is one of this name.
    pub fn create_database(&self, name: &str) -> io::Result<String> {
        self.run("createdb", &[name])?;
        Ok(self.url(name))
    }

    /// Runs one of PostgreSQL's programs on this server.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> io::Result<()> {
        let mut command = Command::new(self.programs.join(program));
        let output =
            command.arg("--host").arg(&self.folder).args(["--username", "anteroom"]).args(arguments).output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("{program}: {}", String::from_utf8_lossy(&output.stderr))))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}

/// Nobody else may use the socket in it, which asks for no password. A process of the same number may have left a folder.
fn new_folder(parent: &Path) -> io::Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("anteroom-pg-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|()| folder),
        }
    }
}
