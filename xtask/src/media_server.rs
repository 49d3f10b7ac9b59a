//! The media server without the consultation pages, as a child process for tests of other programs against it.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::test_build;

/// API key and secret of the test server.
pub(crate) const KEY: &str = "devkey";
pub(crate) const SECRET: &str = "secret";

/// A running server; dropping it kills the process.
pub(crate) struct MediaServer {
    child: Child,
    port: u16,
}

/// Builds the server and returns the path of the binary.
pub(crate) fn build() -> Result<PathBuf> {
    test_build::example("plain")
}

impl MediaServer {
    /// Starts the server on free ports and waits for its ready line on stderr.
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let port = free_ports(1)?;
        let mut child = Command::new(program)
            .arg(format!("127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut log = BufReader::new(child.stderr.take().expect("stderr was piped three lines above")).lines();
        let server = Self { child, port };
        for line in log.by_ref() {
            if line?.contains("listening; API key") {
                // Keep draining stderr: a full pipe would block the server.
                std::thread::spawn(move || log.for_each(drop));
                return Ok(server);
            }
        }
        bail!("{} exited before it was ready", program.display())
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

/// Consecutive ports: the first for signalling, the others, one for each media thread, for media over UDP and TCP.
pub(crate) fn free_ports(media_threads: u16) -> Result<u16> {
    let is_free = |port| TcpListener::bind(("0.0.0.0", port)).is_ok() && UdpSocket::bind(("0.0.0.0", port)).is_ok();
    loop {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let Some(last) = port.checked_add(media_threads) else { continue };
        if (port + 1..=last).all(is_free) {
            return Ok(port);
        }
    }
}
