//! An SMTP server session: the part of RFC 5321 a sender needs. All sizes are bounded.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::time::timeout;

use super::Mailbox;

/// Maximum mail size. Bytes.
const LARGEST: usize = 2 * 1024 * 1024;

/// How much of an oversized mail is read before the connection is closed, so that it can be rejected properly.
const TOLERATED: usize = 4 * LARGEST;

/// Maximum line length with line end, in commands and mails (RFC 5321, section 4.5.3.1.6, requires 1000).
const LONGEST: u64 = 4096;

/// Maximum recipients per mail.
const RECIPIENTS: usize = 100;

/// Timeout for the next line.
const TIMEOUT: Duration = Duration::from_secs(60);

const OK: &str = "250 2.0.0 ok";

/// Envelope of the current mail.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

/// Serves one session until the client disconnects or violates the protocol.
pub(crate) async fn serve_smtp(socket: impl AsyncRead + AsyncWrite + Unpin, mailbox: &Mailbox) -> io::Result<()> {
    let mut stream = SmtpStream(BufStream::new(socket));
    stream.send_line("220 mailbox.localhost ESMTP").await?;
    run_session(stream, mailbox).await
}

/// The same without a greeting, as after STARTTLS.
#[cfg(test)]
pub(crate) async fn serve_smtp_after_starttls(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    mailbox: &Mailbox,
) -> io::Result<()> {
    run_session(SmtpStream(BufStream::new(socket)), mailbox).await
}

async fn run_session(mut stream: SmtpStream<impl AsyncRead + AsyncWrite + Unpin>, mailbox: &Mailbox) -> io::Result<()> {
    let (mut greeted, mut envelope) = (false, Envelope::default());
    while let Some(line) = stream.read_line().await? {
        let line = String::from_utf8_lossy(&line);
        let (verb, rest) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "QUIT" => return stream.send_line("221 2.0.0 bye").await,
            "EHLO" => {
                (greeted, envelope) = (true, Envelope::default());
                stream.send_line(&format!("250-mailbox.localhost\r\n250-SIZE {LARGEST}\r\n250-8BITMIME")).await?;
                "250 SMTPUTF8"
            }
            "HELO" => {
                (greeted, envelope) = (true, Envelope::default());
                "250 mailbox.localhost"
            }
            "NOOP" => OK,
            "RSET" => {
                envelope = Envelope::default();
                OK
            }
            "VRFY" => "252 2.1.5 send it and see",
            "MAIL" if greeted && envelope.from.is_none() => envelope.begin(rest),
            "RCPT" if envelope.from.is_some() => envelope.add(rest),
            "DATA" if !envelope.to.is_empty() => {
                stream.send_line("354 end with a dot").await?;
                match stream.message().await? {
                    Some(raw) => {
                        let Envelope { from, to } = std::mem::take(&mut envelope);
                        mailbox.store(from.unwrap_or_default(), to, raw);
                        OK
                    }
                    None => {
                        envelope = Envelope::default();
                        "552 5.3.4 too large"
                    }
                }
            }
            "MAIL" | "RCPT" | "DATA" => "503 5.5.1 not in this order",
            _ => "500 5.5.2 not understood",
        };
        stream.send_line(answer).await?;
    }
    Ok(())
}

impl Envelope {
    fn begin(&mut self, rest: &str) -> &'static str {
        let Some((path, options)) = path(rest, "FROM:") else { return "501 5.5.4 MAIL FROM:<address>" };
        let sizes =
            options.split(' ').filter_map(|option| option.to_ascii_uppercase().strip_prefix("SIZE=")?.parse().ok());
        if sizes.max().is_some_and(|size: usize| size > LARGEST) {
            return "552 5.3.4 too large";
        }
        self.from = Some(path.to_owned());
        OK
    }

    fn add(&mut self, rest: &str) -> &'static str {
        match path(rest, "TO:") {
            Some(("", _)) | None => "501 5.5.4 RCPT TO:<address>",
            Some(_) if self.to.len() >= RECIPIENTS => "452 4.5.3 too many",
            Some((path, _)) => {
                self.to.push(path.to_owned());
                OK
            }
        }
    }
}

/// `FROM:<a@b.example> SIZE=1000` is `a@b.example` and `SIZE=1000`.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let begin = rest.get(..keyword.len()).filter(|begin| begin.eq_ignore_ascii_case(keyword))?;
    let (path, options) = rest[begin.len()..].trim_start().strip_prefix('<')?.split_once('>')?;
    Some((path, options.trim()))
}

struct SmtpStream<S>(BufStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> SmtpStream<S> {
    async fn send_line(&mut self, line: &str) -> io::Result<()> {
        self.0.write_all(line.as_bytes()).await?;
        self.0.write_all(b"\r\n").await?;
        self.0.flush().await
    }

    /// One line with its end; `None` after the client has disconnected.
    async fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.0).take(LONGEST);
        timeout(TIMEOUT, limited.read_until(b'\n', &mut line)).await??;
        match line.last() {
            Some(b'\n') => Ok(Some(line)),
            Some(_) if line.len() as u64 == LONGEST => Err(io::ErrorKind::InvalidData.into()),
            _ => Ok(None),
        }
    }

    /// The mail up to the final dot, without dot-stuffing; `None` if it is too large. Only CR LF ends a line: a dot
    /// between bare line feeds is content, which prevents SMTP smuggling.
    async fn message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mut raw, mut received, mut at_start) = (Vec::new(), 0, true);
        loop {
            let line = self.read_line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
            received += line.len();
            let line = match line.as_slice() {
                b".\r\n" if at_start => return Ok((received <= LARGEST).then_some(raw)),
                [b'.', rest @ ..] if at_start => rest,
                line => line,
            };
            at_start = line.ends_with(b"\r\n");
            if received > TOLERATED {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if received <= LARGEST {
                raw.extend_from_slice(line);
            } else {
                raw = Vec::new();
            }
        }
    }
}
