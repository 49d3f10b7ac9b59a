//! Shards: several media threads, each with its own port, sockets and rooms.
//!
//! A room lives on the thread that its name hashes to, from its first participant to its end. Its clients get only the
//! candidates of that thread, so their packets arrive there and at no other. The threads share the DTLS certificate and
//! the directory, nothing else.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, watch};

use crate::media_thread::{self, Handle, MediaThread, Stopped, ThreadStats, Unhealthy};
use crate::rooms::{Command, Rooms};
use crate::transport::{self, SharedStats, Sockets};

/// Sends commands to the rooms, on whichever thread they live.
#[derive(Clone)]
pub(crate) struct Shards {
    threads: Arc<[Handle<Command>]>,
    ports: Arc<[MediaPort]>,
}

/// The port of one media thread.
pub(crate) struct MediaPort {
    pub(crate) number: u16,
    pub(crate) stats: Arc<SharedStats>,
}

/// The running media threads. Dropping it stops them.
pub(crate) struct MediaThreads {
    pub(crate) shards: Shards,
    /// Why a thread has ended by itself, once one has.
    pub(crate) failure: watch::Receiver<Option<String>>,
    _threads: Vec<MediaThread>,
}

/// Starts `count` threads. `rooms` makes those of thread `n`, with its candidates.
pub(crate) fn start(
    wire: &transport::Config,
    count: u16,
    mut rooms: impl FnMut(u16, Arc<anteroom_media::Config>) -> Rooms,
) -> io::Result<MediaThreads> {
    let (failed, failure) = watch::channel(None);
    let mut first: Option<Arc<anteroom_media::Config>> = None;
    let (mut handles, mut ports, mut threads) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..count {
        let (sockets, port) = bind(wire, index)?;
        ports.push(port);
        let (udp, tcp) = (sockets.udp_candidates(), sockets.tcp_candidates());
        let media = match &first {
            Some(first) => first.with_candidates(udp, tcp),
            None => anteroom_media::Config::new(udp, tcp),
        };
        let media = Arc::new(media.map_err(io::Error::other)?);
        first.get_or_insert_with(|| Arc::clone(&media));
        let failed = failed.clone();
        let on_failure = move |reason| drop(failed.send_replace(Some(reason)));
        let rooms = rooms(index, media);
        let (handle, thread) = media_thread::start(format!("media-{index}"), sockets, rooms, on_failure)?;
        handles.push(handle);
        threads.push(thread);
    }
    let shards = Shards { threads: handles.into(), ports: ports.into() };
    Ok(MediaThreads { shards, failure, _threads: threads })
}

/// Each thread has a port of its own: the configured one and those after it, or any free ones.
fn bind(wire: &transport::Config, index: u16) -> io::Result<(Sockets, MediaPort)> {
    let wire = wire.for_thread(index)?;
    let sockets = Sockets::bind(&wire);
    let port = wire.listen.port();
    let sockets = sockets.map_err(|error| io::Error::new(error.kind(), format!("media port {port}: {error}")))?;
    let bound = sockets.udp.first().ok_or_else(|| io::Error::other("no address to listen on"))?.local_addr()?;
    let addresses = sockets.udp_candidates();
    tracing::info!(?addresses, "clients are sent these media addresses; --advertise sets others");
    tracing::info!(port = bound.port(), "media port (UDP and TCP)");
    let port = MediaPort { number: bound.port(), stats: sockets.stats() };
    Ok((sockets, port))
}

impl Shards {
    /// Queues a command for the thread that has its room. Never blocks.
    pub(crate) fn send(&self, command: Command) -> Result<(), Stopped> {
        let thread = match &command {
            Command::Shutdown => return self.send_to_all(|| Command::Shutdown),
            Command::Flush(done) => return self.send_to_all(|| Command::Flush(done.clone())),
            Command::Join(join) => self.of_name(&join.bearer.room),
            Command::Resume(resume) => self.of_name(&resume.bearer.room),
            // Thread n numbers its rooms n + a multiple of the count of threads.
            Command::Request { session, .. } | Command::SignalClosed(session) | Command::Disconnect { session, .. } => {
                self.of_number(session.room)
            }
            Command::Close { room, .. } | Command::Remove { room, .. } => self.of_name(room),
            Command::Api(call) => self.of_name(call.room()),
            #[cfg(test)]
            Command::Panic { room } | Command::Park { room, .. } | Command::PanicThread { room } => self.of_name(room),
        };
        thread.ok_or(Stopped)?.send(command)
    }

    /// Waits until every thread has handled the commands before this, or has ended.
    pub(crate) async fn flush(&self) {
        let (done, mut flushed) = mpsc::unbounded_channel();
        // A thread that has stopped drops its sender at once.
        let _ = self.send(Command::Flush(done));
        while flushed.recv().await.is_some() {}
    }

    /// Whether every thread works.
    pub(crate) fn check(&self, now: Instant) -> Result<(), Unhealthy> {
        self.stats().try_for_each(|thread| thread.check(now))
    }

    /// What each thread reports about itself, in their order.
    pub(crate) fn stats(&self) -> impl ExactSizeIterator<Item = &ThreadStats> {
        self.threads.iter().map(Handle::stats)
    }

    /// The port of each thread, in the same order.
    pub(crate) fn ports(&self) -> &[MediaPort] {
        &self.ports
    }

    fn send_to_all(&self, command: impl Fn() -> Command) -> Result<(), Stopped> {
        // One that has stopped keeps the command from no other.
        self.threads.iter().map(|thread| thread.send(command())).fold(Ok(()), Result::and)
    }

    /// Everybody who names a room must come to the same thread, also before the room is open: so a hash decides, which
    /// needs no shared table and spreads many rooms evenly.
    fn of_name(&self, room: &str) -> Option<&Handle<Command>> {
        let mut hasher = DefaultHasher::new();
        room.hash(&mut hasher);
        self.of_number(hasher.finish())
    }

    fn of_number(&self, number: u64) -> Option<&Handle<Command>> {
        self.threads.get((number % self.threads.len() as u64) as usize)
    }
}
