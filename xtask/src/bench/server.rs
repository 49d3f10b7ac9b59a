//! The servers that are compared, each as it runs in production: one process, on loopback, with logs as shipped.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::janus;
use super::options::Options;
use crate::media_server::free_ports;
use crate::paths::{self, Profile};
use crate::process::{command, run};
use crate::{install, ui};

pub(super) const KEY: &str = "devkey";
/// LiveKit's server refuses shorter secrets.
pub(super) const SECRET: &str = "a secret of the benchmark, 32 or more";
/// For the ready line.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Anteroom,
    LiveKit,
    /// With its VideoRoom plugin.
    Janus,
}

/// The programs, built.
pub(super) struct Programs {
    anteroom: PathBuf,
    livekit: Option<PathBuf>,
    janus: Option<PathBuf>,
    pub(super) bench: PathBuf,
}

/// Where a process may run.
#[derive(Clone, Copy, Default)]
pub(super) struct Placement {
    /// The only core it may use: 0 or 1.
    pub(super) core: Option<u32>,
    /// Threads that forward media. Default: as the server chooses, one for each core that it may use.
    pub(super) threads: Option<u16>,
}

impl Placement {
    /// `taskset` becomes the program, so the process id is the program's.
    pub(super) fn command(self, program: &Path) -> Command {
        let Some(core) = self.core else { return Command::new(program) };
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string()]).arg(program);
        command
    }

    /// For the load generator: another core than the server's.
    pub(super) fn other_core(self) -> Self {
        Self { core: self.core.map(|core| 1 - core), threads: None }
    }
}

/// A running server; dropping it kills the process.
pub(super) struct Server {
    child: Child,
    pub(super) url: String,
    /// Media port over UDP.
    pub(super) media: String,
    lines: Arc<AtomicU64>,
    data: PathBuf,
}

impl Kind {
    /// Ours and those it is compared with, `--peers livekit,janus` (default: livekit); or one, `--only NAME`.
    pub(super) fn chosen(options: &mut Options<'_>) -> Result<Vec<Self>> {
        let only: Option<String> = options.take("--only")?;
        let peers: Option<String> = options.take("--peers")?;
        let names = match only {
            Some(only) => only,
            None => format!("anteroom,{}", peers.as_deref().unwrap_or("livekit")),
        };
        names.split(',').map(Self::named).collect()
    }

    fn named(name: &str) -> Result<Self> {
        match name {
            "anteroom" => Ok(Self::Anteroom),
            "livekit" | "livekit-server" => Ok(Self::LiveKit),
            "janus" => Ok(Self::Janus),
            _ => bail!("no server is called `{name}`: anteroom, livekit or janus"),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Anteroom => "anteroom",
            Self::LiveKit => "livekit-server",
            Self::Janus => "janus",
        }
    }

    /// What `bench load` calls the protocol that it speaks.
    pub(super) fn protocol(self) -> &'static str {
        match self {
            Self::Anteroom | Self::LiveKit => "livekit",
            Self::Janus => "janus",
        }
    }

    fn ready_line(self) -> &'static str {
        match self {
            Self::Anteroom => "Anteroom is running at",
            Self::LiveKit => "starting LiveKit server",
            Self::Janus => "WebSockets thread started",
        }
    }
}

impl Programs {
    /// Builds the release builds of our program and the load generator, and installs the servers that are compared.
    /// `--no-build` takes the programs that are there.
    pub(super) fn build(kinds: &[Kind], options: &mut Options<'_>) -> Result<Self> {
        if !options.flag("--no-build") {
            install::make()?;
            ui::build()?; // pages are not used, but a release build does not compile without their scripts
            let packages = ["--package", "anteroom", "--package", "anteroom-bench"];
            run(command("cargo", &["build", "--release", "--bins"]).args(packages))?;
        }
        let livekit = kinds.contains(&Kind::LiveKit).then(install::livekit_server).transpose()?;
        let janus = kinds.contains(&Kind::Janus).then(install::janus).transpose()?;
        let bench = paths::built(Profile::Release)?.join("bench");
        Ok(Self { anteroom: paths::program(Profile::Release)?, livekit, janus, bench })
    }

    /// Starts a server on free ports and waits until it accepts connections.
    pub(super) fn start(&self, kind: Kind, placement: Placement) -> Result<Server> {
        let cores = std::thread::available_parallelism()?.get() as u16;
        let port = free_ports(placement.threads.unwrap_or(cores))?;
        let data = std::env::temp_dir().join(format!("anteroom-bench-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&data)?;
        let mut server = match kind {
            Kind::Anteroom => self.anteroom_command(placement, port, &data)?,
            Kind::LiveKit => self.livekit_command(placement, port)?,
            Kind::Janus => self.janus_command(placement, port, &data)?,
        };
        let child = server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("cannot start {}", kind.name()))?;
        let (ready, is_ready) = channel();
        let lines = Arc::new(AtomicU64::new(0));
        let outputs: [Option<Box<dyn Read + Send>>; 2] =
            [child.stdout.take().map(|out| Box::new(out) as _), child.stderr.take().map(|out| Box::new(out) as _)];
        for output in outputs.into_iter().flatten() {
            let (ready, lines) = (ready.clone(), lines.clone());
            std::thread::spawn(move || count_lines(output, kind.ready_line(), &ready, &lines));
        }
        let server = Server {
            child,
            url: format!("ws://127.0.0.1:{port}"),
            media: format!("127.0.0.1:{}", port + 1),
            lines,
            data,
        };
        is_ready.recv_timeout(START_LIMIT).with_context(|| format!("{} is not ready", kind.name()))?;
        Ok(server)
    }

    fn anteroom_command(&self, placement: Placement, port: u16, data: &Path) -> Result<Command> {
        std::fs::write(data.join("livekit.toml"), format!("key = \"{KEY}\"\nsecret = \"{SECRET}\"\n"))?;
        let mut server = placement.command(&self.anteroom);
        // `--new-practice`: the keys are there and the practice is not, which is what a lost database looks like.
        server.args(["serve", "--new-practice", "--advertise", "127.0.0.1", "--listen", &format!("127.0.0.1:{port}")]);
        server.arg("--data").arg(data);
        if let Some(threads) = placement.threads {
            server.args(["--media-threads", &threads.to_string()]);
        }
        Ok(server)
    }

    fn livekit_command(&self, placement: Placement, port: u16) -> Result<Command> {
        let program = self.livekit.as_deref().context("livekit-server is not built")?;
        let config = json!({
            "port": port,
            "bind_addresses": ["127.0.0.1"],
            "keys": { KEY: SECRET },
            "rtc": {
                "tcp_port": port + 1,
                "udp_port": port + 1,
                "node_ip": "127.0.0.1",
                "use_external_ip": false,
                "enable_loopback_candidate": true,
                // With a second interface it names the loopback address for either socket, and clients that send to
                // the other one never connect.
                "interfaces": { "includes": ["lo"] },
            },
            "logging": { "level": "info" },
        });
        let mut server = placement.command(program);
        server.arg("--config-body").arg(config.to_string());
        if let Some(threads) = placement.threads {
            server.env("GOMAXPROCS", threads.to_string());
        }
        Ok(server)
    }

    fn janus_command(&self, placement: Placement, port: u16, data: &Path) -> Result<Command> {
        let event_loops = placement.threads.unwrap_or(std::thread::available_parallelism()?.get() as u16);
        janus::write_configuration(data, port, event_loops)?;
        let mut server = placement.command(self.janus.as_deref().context("janus is not installed")?);
        server.arg("--configs-folder").arg(data);
        Ok(server)
    }
}

impl Server {
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Lines that it has logged.
    pub(super) fn lines(&self) -> u64 {
        self.lines.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// Reads to the end: a full pipe would block the server.
fn count_lines(output: impl Read, ready_line: &str, ready: &Sender<()>, lines: &AtomicU64) {
    for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
        lines.fetch_add(1, Ordering::Relaxed);
        if String::from_utf8_lossy(&line).contains(ready_line) {
            let _ = ready.send(());
        }
    }
}
