//! The first letters on a line: whoever connects says soon what they want, and in the version we speak.
//!
//! A listener that can hand a line over to a WebSocket first reads far enough to tell one version of HTTP from the
//! other, and that reading has no limit of its own. Ours has.

use std::future::{Future, Ready, ready};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// Only the second version begins like this (RFC 9113 section 3.4). Browsers speak that one over TLS alone.
const HTTP2_PREFACE: &[u8] = b"PRI";

/// Gives every line this long for its first letters, and sends small messages at once.
#[derive(Clone, Copy)]
pub(crate) struct Http1Acceptor(pub(crate) Duration);

impl<S> Accept<TcpStream, S> for Http1Acceptor {
    type Stream = Http1Stream;
    type Service = S;
    type Future = Ready<io::Result<(Http1Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        #[expect(clippy::disallowed_methods, reason = "a stream's own limit; nobody else has one to move")]
        let deadline = Some(Box::pin(sleep(self.0)));
        // Signalling is many small messages that must not wait for each other: no Nagle.
        let accepted = stream.set_nodelay(true).map(|()| Http1Stream { stream, matched: 0, deadline });
        ready(accepted.map(|accepted| (accepted, service)))
    }
}

/// A line that is hung up on if it does not begin in time, or begins in the other version.
pub(crate) struct Http1Stream {
    stream: TcpStream,
    /// How many letters so far could still become the other version.
    matched: usize,
    deadline: Option<Pin<Box<Sleep>>>,
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
                    // From here on the listener's own limit for headers counts.
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
