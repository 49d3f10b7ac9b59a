//! A media thread: owns live rooms and sockets, polls the sockets, feeds the rooms and sends their packets.

mod histogram;
mod stats;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub(crate) use histogram::Histogram;
use mio::{Events, Poll, Token, Waker};
pub(crate) use stats::{ThreadStats, Unhealthy};

use crate::rooms_port::RoomLoop;
use crate::transport::Sockets;
use crate::transport::net::Net;

/// mio token of the waker; those of the sockets follow.
const WAKER: usize = 0;
const FIRST_SOCKET: usize = 1;
/// Commands per turn, so that the sockets are served as well.
const BATCH: usize = 64;

/// A thread with nothing to do takes a turn this often, to show that it is alive.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Sends commands to a media thread.
pub(crate) struct Handle<C> {
    commands: mpsc::Sender<(Instant, C)>,
    waker: Arc<Waker>,
    stats: Arc<ThreadStats>,
}

impl<C> Clone for Handle<C> {
    fn clone(&self) -> Self {
        Self { commands: self.commands.clone(), waker: Arc::clone(&self.waker), stats: Arc::clone(&self.stats) }
    }
}

/// The media thread has ended.
#[derive(Debug, thiserror::Error)]
#[error("the media thread has stopped")]
pub(crate) struct Stopped;

impl<C: Send + 'static> Handle<C> {
    /// Queues a command and wakes the thread. Never blocks.
    pub(crate) fn send(&self, command: C) -> Result<(), Stopped> {
        self.stats.command_sent();
        if self.commands.send((clock(), command)).is_err() {
            self.stats.command_run();
            return Err(Stopped);
        }
        self.waker.wake().map_err(|_| Stopped)
    }

    pub(crate) fn stats(&self) -> &ThreadStats {
        &self.stats
    }
}

/// The running thread. Dropping it handles the commands that are queued already, then stops and joins.
pub(crate) struct MediaThread {
    stop: Arc<AtomicBool>,
    waker: Arc<Waker>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for MediaThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _ = self.waker.wake();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a media thread panicked while it stopped");
        }
    }
}

/// Starts a thread that owns `rooms` and `sockets`. If it ends by itself, `on_failure` gets the reason: its rooms are
/// gone, and only a new process brings the thread back.
pub(crate) fn start<R: RoomLoop + 'static>(
    name: String,
    sockets: Sockets,
    rooms: R,
    on_failure: impl FnOnce(String) + Send + 'static,
) -> io::Result<(Handle<R::Command>, MediaThread)> {
    let (mut event_loop, handle) = EventLoop::new(sockets, rooms)?;
    let stop = Arc::new(AtomicBool::new(false));
    let waker = Arc::clone(&handle.waker);
    let stopped = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name(name.clone()).spawn(move || {
        // After a panic nothing but its drop touches the event loop.
        let reason = match catch_unwind(AssertUnwindSafe(|| event_loop.run(&stopped))) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => format!("{name} cannot poll its sockets: {error}"),
            Err(_) => format!("{name} panicked"),
        };
        event_loop.stats.end();
        on_failure(reason);
    })?;
    Ok((handle, MediaThread { stop, waker, thread: Some(thread) }))
}

#[expect(clippy::disallowed_methods, reason = "source of the rooms' time")]
fn clock() -> Instant {
    Instant::now()
}

/// The thread's work, one turn at a time.
struct EventLoop<R: RoomLoop> {
    poll: Poll,
    events: Events,
    net: Net,
    rooms: R,
    commands: mpsc::Receiver<(Instant, R::Command)>,
    more_commands: bool,
    stats: Arc<ThreadStats>,
}

impl<R: RoomLoop> EventLoop<R> {
    fn new(sockets: Sockets, rooms: R) -> io::Result<(Self, Handle<R::Command>)> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), Token(WAKER))?);
        let net = Net::new(sockets, poll.registry().try_clone()?, FIRST_SOCKET)?;
        let (sender, commands) = mpsc::channel();
        let events = Events::with_capacity(1_024);
        let stats = Arc::new(ThreadStats::new(clock()));
        let handle = Handle { commands: sender, waker, stats: Arc::clone(&stats) };
        Ok((Self { poll, events, net, rooms, commands, more_commands: false, stats }, handle))
    }

    /// Turns until `stop` is set, then handles the commands that are left.
    fn run(&mut self, stop: &AtomicBool) -> io::Result<()> {
        let mut now = clock();
        while !stop.load(Ordering::Acquire) {
            self.wait(now)?;
            let begun = clock();
            self.serve(begun);
            now = clock();
            self.stats.turns.record(now - begun);
        }
        while self.serve(clock()) {}
        Ok(())
    }

    /// Sleeps until there is something to do.
    fn wait(&mut self, now: Instant) -> io::Result<()> {
        let busy = self.more_commands || self.net.is_ready();
        let deadline = [self.rooms.deadline(), self.net.deadline()].into_iter().flatten().min();
        let idle = deadline.map_or(LONGEST_SLEEP, |at| at.saturating_duration_since(now).min(LONGEST_SLEEP));
        match self.poll.poll(&mut self.events, Some(if busy { Duration::ZERO } else { idle })) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in &self.events {
            if event.token().0 >= FIRST_SOCKET {
                self.net.mark_ready(event.token().0, FIRST_SOCKET);
            }
        }
        Ok(())
    }

    /// One turn: a batch of packets, a batch of commands, due timers; then drains the rooms. True if commands are left.
    fn serve(&mut self, now: Instant) -> bool {
        self.stats.beat(now);
        self.net.receive(now, &mut self.rooms);
        self.more_commands = self.run_commands(now);
        if self.rooms.deadline().is_some_and(|at| at <= now) {
            self.rooms.tick(now);
        }
        self.rooms.drain(&mut self.net);
        self.net.flush();
        self.more_commands
    }

    fn run_commands(&mut self, now: Instant) -> bool {
        for _ in 0..BATCH {
            match self.commands.try_recv() {
                Ok((sent, command)) => {
                    self.stats.command_run();
                    self.stats.queue_age.record(now.saturating_duration_since(sent));
                    self.rooms.command(now, command);
                }
                Err(_) => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
