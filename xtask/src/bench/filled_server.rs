//! Our server on a database that was filled for a benchmark, as it runs in production: one process, on loopback.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anteroom_cluster::{Server as PostgresServer, ServerKind};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::data_folder::{PARENT, new_folder};
use super::options::Options;
use crate::paths::{self, Profile};
use crate::process::{command, run};
use crate::{demo, install, ui};

/// The programs, built.
pub(super) struct SitePrograms {
    anteroom: PathBuf,
    bench: PathBuf,
    fill: PathBuf,
}

/// A database engine.
pub(super) enum DatabaseEngine {
    Sqlite,
    Postgres(PostgresServer),
}

/// A running server; dropping it kills the process and removes its data.
pub(super) struct FilledServer {
    child: Option<Child>,
    url: String,
    folder: PathBuf,
}

impl SitePrograms {
    /// Builds them, unless `--no-build` is given. `--profile dev` takes the unoptimised ones, for tests.
    pub(super) fn build(options: &mut Options<'_>) -> Result<Self> {
        let profile = match options.take::<String>("--profile")?.as_deref() {
            None | Some("release") => Profile::Release,
            Some("dev") => Profile::Dev,
            Some(other) => bail!("--profile {other} is neither release nor dev"),
        };
        if !options.flag("--no-build") {
            build(profile)?;
        }
        let built = paths::built(profile)?;
        let (anteroom, bench, fill) = (built.join("anteroom"), built.join("bench"), built.join("examples/fill"));
        for program in [&anteroom, &bench, &fill] {
            ensure!(program.is_file(), "{} is not built", program.display());
        }
        Ok(Self { anteroom, bench, fill })
    }

    /// Fills a new database and starts the server on it. `files`: how many files the server may open, if the machine
    /// allows that. `settings`: more arguments of the server.
    pub(super) fn start(
        &self,
        engine: &DatabaseEngine,
        fill: &[&str],
        files: u64,
        settings: &[&str],
    ) -> Result<FilledServer> {
        let folder = new_folder("site")?;
        let mut server = FilledServer { child: None, url: String::new(), folder };
        let database = match engine {
            DatabaseEngine::Sqlite => format!("sqlite:{}", server.folder.join("anteroom.db").display()),
            DatabaseEngine::Postgres(postgres) => postgres
                .create_database(&server.folder.file_name().context("a folder")?.to_string_lossy().replace('-', "_"))?,
        };
        let output = Command::new(&self.fill).args(["--database", &database]).args(fill).output()?;
        ensure!(output.status.success(), "fill: {}", String::from_utf8_lossy(&output.stderr));
        std::fs::write(server.access(), &output.stdout)?;
        let mut serve = with_files(files, &self.anteroom);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--advertise", "127.0.0.1", "--database", &database]);
        serve
            .args(settings)
            .arg("--data")
            .arg(server.folder.join("data"))
            .env("NO_COLOR", "1")
            .current_dir(&server.folder);
        let log = File::create(server.log())?;
        let mut child = serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let stdout = child.stdout.take().context("stdout is piped")?;
        server.child = Some(child);
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let url = line.trim().strip_prefix("Anteroom is running at ");
        server.url = url.with_context(|| format!("the server did not start: {}", server.log_text()))?.to_owned();
        Ok(server)
    }

    /// Runs a load on the server and returns what it measured.
    pub(super) fn load(&self, server: &FilledServer, files: u64, args: &[&str]) -> Result<Value> {
        let process = server.child.as_ref().context("the server runs")?.id().to_string();
        let mut load = with_files(files, &self.bench);
        load.args(args).args(["--url", &server.url, "--server", &process, "--access"]).arg(server.access());
        let output = load.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cannot start the load")?;
        ensure!(output.status.success(), "the load failed; log of the server: {}", server.log_text());
        serde_json::from_slice(&output.stdout).context("the load printed no JSON")
    }
}

impl DatabaseEngine {
    /// `sqlite` or `postgres`.
    pub(super) fn start(name: &str) -> Result<Self> {
        match name {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => {
                install::postgres()?;
                Ok(Self::Postgres(PostgresServer::start(ServerKind::Benchmark, Path::new(PARENT))?))
            }
            _ => bail!("--database takes sqlite or postgres, not {name}"),
        }
    }
}

impl FilledServer {
    fn access(&self) -> PathBuf {
        self.folder.join("access.json")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn log_text(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Warnings and errors that it has logged.
    pub(super) fn warnings(&self) -> Vec<String> {
        let log = self.log_text();
        let warns = |line: &&str| line.contains(" WARN ") || line.contains(" ERROR ");
        log.lines().filter(warns).map(str::to_owned).collect()
    }
}

impl Drop for FilledServer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// As `cargo test --workspace` builds them in the profile of tests: another choice of features would build most
/// libraries again.
fn build(profile: Profile) -> Result<()> {
    if let Profile::Dev = profile {
        return run(&mut command("cargo", &["build", "--quiet", "--workspace", "--bins", "--example", "fill"]));
    }
    ui::build()?;
    demo::build(profile)?;
    run(&mut command("cargo", &["build", "--release", "--package", "anteroom-bench", "--bin", "bench"]))?;
    run(&mut command("cargo", &["build", "--release", "--package", "anteroom-store", "--example", "fill"]))
}

/// The program, which may open this many files if the machine allows that, or as many as it allows.
fn with_files(files: u64, program: &Path) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{}; exec \"$0\" \"$@\"", raise_to(files))]).arg(program);
    command
}

fn raise_to(files: u64) -> String {
    format!(
        "hard=$(ulimit -Hn); [ \"$hard\" = unlimited ] || [ \"$hard\" -ge {files} ] || ulimit -Hn {files} 2>/dev/null"
    )
}

/// How many files a process may open at most, up to `wanted`.
pub(super) fn files_allowed(wanted: u64) -> Result<u64> {
    let output = command("sh", &["-c", &format!("{}; ulimit -Hn", raise_to(wanted))]).output()?;
    let hard = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if hard == "unlimited" { Ok(wanted) } else { Ok(hard.parse::<u64>().context("no limit")?.min(wanted)) }
}
