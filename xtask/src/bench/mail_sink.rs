//! A mail server that accepts every mail and keeps none, for the benchmark of mail: how many came, and when.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// What came so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Received {
    pub(super) mails: u64,
    pub(super) bytes: u64,
    pub(super) connections: u64,
    pub(super) first: Option<Instant>,
    pub(super) last: Option<Instant>,
}

type Shared = Arc<(Mutex<Received>, Condvar)>;

/// The server. Its threads end with the process.
pub(super) struct MailSink {
    pub(super) address: SocketAddr,
    received: Shared,
}

impl MailSink {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, received) = (listener.local_addr()?, Shared::default());
        let shared = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                update(&shared, |received| received.connections += 1);
                std::thread::spawn(move || drop(session(stream, &shared)));
            }
        });
        Ok(Self { address, received })
    }

    /// Waits for so many mails. An error if they are not there in time.
    pub(super) fn wait_for(&self, mails: u64, limit: Duration) -> Result<Received> {
        let (received, changed) = &*self.received;
        let guard = received.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(guard, limit, |received| received.mails < mails);
        let (received, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            bail!("{} of {mails} mails came in {} s", received.mails, limit.as_secs());
        }
        Ok(*received)
    }
}

fn update(shared: &Shared, change: impl FnOnce(&mut Received)) {
    change(&mut shared.0.lock().unwrap_or_else(PoisonError::into_inner));
    shared.1.notify_all();
}

/// One session (RFC 5321), with PIPELINING as mail servers have it.
fn session(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut replies = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    replies.write_all(b"220 sink ESMTP\r\n")?;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let reply: &[u8] = match line.get(..4).unwrap_or_default() {
            b"EHLO" => b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            b"DATA" => {
                replies.write_all(b"354 go on\r\n")?;
                let bytes = body(&mut lines)?;
                let now = Instant::now();
                update(shared, |received| {
                    received.mails += 1;
                    received.bytes += bytes;
                    received.first.get_or_insert(now);
                    received.last = Some(now);
                });
                b"250 ok\r\n"
            }
            b"QUIT" => return replies.write_all(b"221 bye\r\n"),
            _ => b"250 ok\r\n",
        };
        replies.write_all(reply)?;
    }
}

/// Reads a mail to its end. Returns its length.
fn body(lines: &mut impl BufRead) -> std::io::Result<u64> {
    let (mut line, mut bytes) = (Vec::new(), 0);
    loop {
        line.clear();
        let length = lines.read_until(b'\n', &mut line)?;
        if length == 0 || line == b".\r\n" {
            return Ok(bytes);
        }
        bytes += length as u64;
    }
}
