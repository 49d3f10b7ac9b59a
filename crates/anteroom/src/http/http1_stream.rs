//! Closes connections that do not begin with an HTTP/1 request in time.
//!
//! A listener that supports upgrades first reads enough bytes to detect the HTTP version, and that read has no
//! timeout. This stream adds one, and refuses HTTP/2.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// Start of the HTTP/2 connection preface (RFC 9113 section 3.4). Browsers use HTTP/2 only over TLS.
const HTTP2_PREFACE: &[u8] = b"PRI";

/// A connection that fails if its first bytes are late or are HTTP/2.
pub(super) struct Http1Stream {
    stream: TcpStream,
    /// How many bytes so far match the HTTP/2 preface.
    matched: usize,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Http1Stream {
    pub(super) fn new(stream: TcpStream, timeout: Duration) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a timeout of one connection, not of a rule")]
        let deadline = Some(Box::pin(sleep(timeout)));
        Self { stream, matched: 0, deadline }
    }
}

impl AsyncRead for Http1Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if self.deadline.is_some() {
            for byte in buf.filled().iter().skip(before) {
                if HTTP2_PREFACE.get(self.matched) != Some(byte) {
                    // From here on the listener's header timeout applies.
                    self.deadline = None;
                    break;
                }
                self.matched += 1;
                if self.matched == HTTP2_PREFACE.len() {
                    return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Http1Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
