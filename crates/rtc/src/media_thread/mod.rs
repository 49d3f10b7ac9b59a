//! The media thread: one thread that owns every live room, polls the sockets, feeds the rooms and sends their packets.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token, Waker};

use crate::rooms_port::RoomLoop;
use crate::transport::Sockets;
use crate::transport::net::Net;

/// mio token of the waker; those of the sockets follow.
const WAKER: usize = 0;
const FIRST_SOCKET: usize = 1;
/// Commands per turn, so that the sockets are served as well.
const BATCH: usize = 64;

/// Sends commands to the media thread.
pub(crate) struct Handle<C> {
    commands: mpsc::Sender<C>,
    waker: Arc<Waker>,
}

impl<C> Clone for Handle<C> {
    fn clone(&self) -> Self {
        Self { commands: self.commands.clone(), waker: Arc::clone(&self.waker) }
    }
}

/// The media thread has ended.
#[derive(Debug, thiserror::Error)]
#[error("the media thread has stopped")]
pub(crate) struct Stopped;

impl<C: Send + 'static> Handle<C> {
    /// Queues a command and wakes the thread. Never blocks.
    pub(crate) fn send(&self, command: C) -> Result<(), Stopped> {
        self.commands.send(command).map_err(|_| Stopped)?;
        self.waker.wake().map_err(|_| Stopped)
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
            tracing::error!("media thread panicked");
        }
    }
}

/// Starts the thread that owns `rooms` and `sockets`.
pub(crate) fn start<R: RoomLoop + 'static>(
    sockets: Sockets,
    rooms: R,
) -> io::Result<(Handle<R::Command>, MediaThread)> {
    let (mut event_loop, handle) = EventLoop::new(sockets, rooms)?;
    let stop = Arc::new(AtomicBool::new(false));
    let waker = Arc::clone(&handle.waker);
    let stopped = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name("media".into()).spawn(move || {
        while !stopped.load(Ordering::Acquire) {
            if let Err(error) = event_loop.wait(clock()) {
                tracing::error!(%error, "media thread cannot poll its sockets");
                return;
            }
            event_loop.serve(clock());
        }
        while event_loop.serve(clock()) {}
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
    commands: mpsc::Receiver<R::Command>,
    more_commands: bool,
}

impl<R: RoomLoop> EventLoop<R> {
    fn new(sockets: Sockets, rooms: R) -> io::Result<(Self, Handle<R::Command>)> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), Token(WAKER))?);
        let net = Net::new(sockets, poll.registry().try_clone()?, FIRST_SOCKET)?;
        let (sender, commands) = mpsc::channel();
        let events = Events::with_capacity(1_024);
        let event_loop = Self { poll, events, net, rooms, commands, more_commands: false };
        Ok((event_loop, Handle { commands: sender, waker }))
    }

    /// Sleeps until there is something to do.
    fn wait(&mut self, now: Instant) -> io::Result<()> {
        let busy = self.more_commands || self.net.is_ready();
        let deadline = [self.rooms.deadline(), self.net.deadline()].into_iter().flatten().min();
        let timeout = deadline.map(|at| at.saturating_duration_since(now));
        match self.poll.poll(&mut self.events, if busy { Some(Duration::ZERO) } else { timeout }) {
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
                Ok(command) => self.rooms.command(now, command),
                Err(_) => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
