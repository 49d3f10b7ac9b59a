//! The program as a child process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
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

    pub(crate) fn ask(&self, request: &str, headers: &[&str], body: &str) -> String {
        ask(self.address(), request, headers, body)
    }
}

/// A running `anteroom serve`, killed when dropped.
pub(crate) struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(data: &Path, args: &[&str]) -> Self {
        Self::run(anteroom(data, &[&["serve", "--listen", "127.0.0.1:0"], args].concat()))
    }

    pub(crate) fn run(mut command: Command) -> Self {
        let mut child = command.env("NO_COLOR", "1").spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, lines, url: String::new() };
        let line = server.next_line();
        line.strip_prefix("Anteroom is running at ").expect("the server starts").clone_into(&mut server.url);
        server
    }

    /// The next line of standard output.
    pub(crate) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Ends it as a supervisor does, and returns its log. The log must fit the buffer of a pipe.
    pub(crate) fn stop(mut self) -> String {
        let pid = i32::try_from(self.child.id()).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().unwrap()
    }

    pub(crate) fn ask(&self, request: &str, headers: &[&str], body: &str) -> String {
        ask(self.address(), request, headers, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The response to one request: method and path, headers, body.
fn ask(address: SocketAddr, request: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let head = format!("{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n");
    read_response(TcpStream::connect(address).unwrap(), &format!("{head}{headers}\r\n{body}"))
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
