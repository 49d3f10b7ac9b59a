//! A program as a child process, and what a page of it receives.

use std::io::{BufRead, BufReader as StdBufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

/// How long a response may take.
const LIMIT: Duration = Duration::from_secs(20);

/// A running program, killed when dropped.
pub(crate) struct Node {
    child: Child,
    address: String,
}

impl Node {
    pub(crate) fn start(database: &str, smtp_url: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anteroom-node"));
        command.args([database, smtp_url, "2026-11-20T09:00:00Z"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        StdBufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        let address = url.trim().strip_prefix("http://").expect("it has started").to_owned();
        Self { child, address }
    }

    /// Sets its clock forward.
    pub(crate) fn advance(&mut self, seconds: u32) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{seconds}").unwrap();
    }

    /// SIGKILL: nothing of it runs any more.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it in order.
    pub(crate) fn stop(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }

    /// The status of a request without a body.
    pub(crate) async fn status(&self, request: &str, secret: &str) -> String {
        self.send(request, secret).await.line().await
    }

    /// Opens the live stream of a consultation.
    pub(crate) async fn watch(&self, consultation: &str, secret: &str) -> Page {
        self.send(&format!("GET /api/v1/consultations/{consultation}/live"), secret).await
    }

    async fn send(&self, request: &str, secret: &str) -> Page {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let host = &self.address;
        let head = format!(
            "{request} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {secret}\r\ncontent-length: 0\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        Page(BufReader::new(stream))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A response that is being read.
pub(crate) struct Page(BufReader<TcpStream>);

impl Page {
    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = timeout(LIMIT, self.0.read_line(&mut line)).await.expect("a stream has a beat every eight seconds");
        assert_ne!(read.unwrap(), 0, "the stream goes on");
        line.trim_end().to_owned()
    }

    /// The other participant in the next standing.
    pub(crate) async fn other(&mut self) -> Value {
        loop {
            let line = self.line().await;
            let standing = line.strip_prefix("data: ").and_then(|data| serde_json::from_str::<Value>(data).ok());
            if let Some(standing) = standing.filter(|standing| standing["people"].is_array()) {
                return standing["people"][0].clone();
            }
        }
    }

    /// Reads until the other participant has this value.
    pub(crate) async fn until(&mut self, field: &str, value: &str) -> Value {
        let shown = async {
            loop {
                let other = self.other().await;
                if other[field] == value {
                    return other;
                }
            }
        };
        timeout(LIMIT, shown).await.expect("the page shows it")
    }

    /// The standings that arrive in this time.
    pub(crate) async fn others_within(&mut self, time: Duration) -> Vec<Value> {
        let end = Instant::now() + time;
        let mut others = Vec::new();
        while let Ok(other) = timeout_at(end, self.other()).await {
            others.push(other);
        }
        others
    }
}
