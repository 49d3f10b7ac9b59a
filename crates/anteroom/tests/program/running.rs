//! The program as a child process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A command on a data directory.
pub(crate) fn anteroom(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom"));
    command.args(args).arg("--data").arg(data).current_dir(data).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running demo, killed when dropped.
pub(crate) struct Demo {
    child: Child,
    pub(crate) json: Value,
}

impl Demo {
    pub(crate) fn start(data: &Path) -> Self {
        Self::run(anteroom(data, &["demo", "--json", "--listen", "127.0.0.1:0"]))
    }

    pub(crate) fn run(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { json: serde_json::from_str(&line).unwrap_or_default(), child }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.json["url"].as_str().unwrap().trim_start_matches("http://").parse().unwrap()
    }

    /// The response to one request: method, path, headers.
    pub(crate) fn ask(&self, request: &str, headers: &[&str], body: &str) -> String {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = body.len();
        let head = format!("{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n");
        read_response(TcpStream::connect(self.address()).unwrap(), &format!("{head}{headers}\r\n{body}"))
    }
}

/// Sends the request and reads until the server closes.
pub(crate) fn read_response(mut stream: TcpStream, request: &str) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    let read = stream.read_to_string(&mut response);
    assert!(read.is_ok(), "{read:?} after {response}");
    response
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
