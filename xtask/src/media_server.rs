//! The media server alone, for as long as somebody else's program is tried against it.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::paths::{self, Profile};
use crate::process::{command, run};

/// What its tokens are signed with.
pub(crate) const KEY: &str = "devkey";
pub(crate) const SECRET: &str = "secret";

/// A running server; dropping it ends it.
pub(crate) struct MediaServer {
    child: Child,
    port: u16,
}

/// The program, as cargo builds it.
pub(crate) fn build() -> Result<PathBuf> {
    run(&mut command("cargo", &["build", "--package", "anteroom-rtc", "--example", "plain"]))?;
    Ok(paths::built(Profile::Dev)?.join("examples/plain"))
}

impl MediaServer {
    /// Starts it on free ports and waits until it says that it is open.
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let port = free_port_pair()?;
        let mut child = Command::new(program)
            .arg(format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let mut log = BufReader::new(child.stderr.take().expect("stderr was piped three lines above")).lines();
        let server = Self { child, port };
        for line in log.by_ref() {
            if line?.contains("open, with devkey") {
                // It must never wait for somebody to read what it says.
                std::thread::spawn(move || log.for_each(drop));
                return Ok(server);
            }
        }
        bail!("{} ended before it was open", program.display())
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }
}

impl Drop for MediaServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Two ports in a row: signalling, and media over UDP and TCP.
fn free_port_pair() -> Result<u16> {
    loop {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let Some(next) = port.checked_add(1) else { continue };
        if TcpListener::bind(("0.0.0.0", next)).is_ok() && UdpSocket::bind(("0.0.0.0", next)).is_ok() {
            return Ok(port);
        }
    }
}
