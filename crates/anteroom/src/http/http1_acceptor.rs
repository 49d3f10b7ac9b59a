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
const OTHER_VERSION: &[u8] = b"PRI";

/// Gives every line this long for its first letters, and sends small messages at once.
#[derive(Clone, Copy)]
pub(crate) struct Prompt(pub(crate) Duration);

impl<S> Accept<TcpStream, S> for Prompt {
    type Stream = Opening;
    type Service = S;
    type Future = Ready<io::Result<(Opening, S)>>;

    fn accept(&self, line: TcpStream, service: S) -> Self::Future {
        #[expect(clippy::disallowed_methods, reason = "a line's own limit; nobody else has one to move")]
        let patience = Some(Box::pin(sleep(self.0)));
        // Signalling is many small messages that must not wait for each other: no Nagle.
        let opening = line.set_nodelay(true).map(|()| Opening { line, heard: 0, patience });
        ready(opening.map(|opening| (opening, service)))
    }
}

/// A line that is hung up on if it does not begin in time, or begins in the other version.
pub(crate) struct Opening {
    line: TcpStream,
    /// How many letters so far could still become the other version.
    heard: usize,
    patience: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Opening {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if let Some(patience) = &mut self.patience
            && patience.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        ready!(Pin::new(&mut self.line).poll_read(cx, buf))?;
        if self.patience.is_some() {
            for letter in buf.filled().iter().skip(before) {
                if OTHER_VERSION.get(self.heard) != Some(letter) {
                    // From here on the listener's own limit for headers counts.
                    self.patience = None;
                    break;
                }
                self.heard += 1;
                if self.heard == OTHER_VERSION.len() {
                    return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Opening {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.line).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.line).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.line.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(cx)
    }
}
