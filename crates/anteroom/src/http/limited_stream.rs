//! Closes a connection whose client takes no bytes, or whose place is needed.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::listener::OpenConnection;

/// How long a write may wait until the client takes at least one byte. Phones lose their network for some seconds.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

pub(super) struct LimitedStream<S> {
    stream: S,
    connection: Arc<OpenConnection>,
    replaced: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Runs while a write waits.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<S> LimitedStream<S> {
    pub(super) fn new(stream: S, connection: Arc<OpenConnection>) -> Self {
        let replaced = Box::pin(connection.replaced.clone().cancelled_owned());
        Self { stream, connection, replaced, deadline: None }
    }

    fn keeps_its_place(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.replaced.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }

    /// Runs the deadline while `write` is pending.
    fn limited<T>(&mut self, cx: &mut Context<'_>, write: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if write.is_ready() {
            if self.deadline.take().is_some() {
                self.connection.resumes();
            }
            return write;
        }
        let deadline = self.deadline.get_or_insert_with(|| {
            self.connection.stalls();
            #[expect(clippy::disallowed_methods, reason = "a timeout of one connection, not of a rule")]
            Box::pin(sleep(WRITE_TIMEOUT))
        });
        if deadline.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.connection.times_out();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LimitedStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.keeps_its_place(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LimitedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.keeps_its_place(cx)?;
        let write = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.limited(cx, write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.keeps_its_place(cx)?;
        let write = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.limited(cx, write)
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::file_limit::OpenFiles;
    use crate::http::listener::HttpConnections;
    use crate::http::{ConnectionLimits, connections};

    fn connection(total: usize) -> (HttpConnections, Arc<OpenConnection>) {
        let listener =
            HttpConnections::new(ConnectionLimits { total, per_client: total }, Vec::new(), OpenFiles::new(1 << 20));
        let connection = listener.open([127, 0, 0, 1].into(), 3).unwrap();
        (listener, Arc::new(connection))
    }

    #[tokio::test(start_paused = true)]
    async fn client_that_takes_no_bytes_is_closed_after_the_deadline() {
        let (ours, _theirs) = duplex(64);
        let mut stream = LimitedStream::new(ours, connection(1).1);
        let start = Instant::now();
        let written = timeout(2 * WRITE_TIMEOUT, stream.write_all(&[0; 1_000])).await.expect("a write has a deadline");
        assert_eq!((written.unwrap_err().kind(), start.elapsed()), (io::ErrorKind::TimedOut, WRITE_TIMEOUT));
    }

    #[tokio::test(start_paused = true)]
    async fn slow_client_is_served_to_the_end() {
        let (ours, mut theirs) = duplex(64);
        let mut stream = LimitedStream::new(ours, connection(1).1);
        let mut taken = [0; 1_000];
        let reads = async {
            for part in taken.chunks_mut(50) {
                // Nothing arrives on the other side of a pause.
                let _ = timeout(WRITE_TIMEOUT / 2, std::future::pending::<()>()).await;
                theirs.read_exact(part).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(stream.write_all(&[7; 1_000]), reads);
        written.unwrap();
        assert_eq!(taken, [7; 1_000]);
    }

    #[tokio::test]
    async fn connection_that_takes_no_bytes_makes_room_for_another() {
        let (listener, stalled) = connection(1);
        stalled.use_begins();
        let (ours, _theirs) = duplex(64);
        let mut stream = LimitedStream::new(ours, stalled);
        assert_eq!(listener.open([127, 0, 0, 2].into(), 3).err(), Some(connections::Full::Server), "it is in use");
        let replaced = async {
            let writes = stream.write_all(&[0; 1_000]).await;
            writes.unwrap_err().kind()
        };
        let opens = async { listener.open([127, 0, 0, 2].into(), 3) };
        let (kind, other) = tokio::join!(replaced, opens);
        assert_eq!(kind, io::ErrorKind::ConnectionAborted);
        drop((stream, other.unwrap()));
        assert_eq!(listener.count(), 0);
    }
}
