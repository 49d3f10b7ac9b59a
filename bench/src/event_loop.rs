//! All clients on one thread: sockets by epoll, timers by scan.

use std::time::{Duration, Instant};

use anyhow::Result;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

use crate::client::{Client, Socket};
use crate::clock::Now;
use crate::histogram::Histogram;
use crate::peer_connection::Buffers;
use crate::plan::Participant;
use crate::signalling::JoinMethod;
use crate::tally::Tally;

const SOCKETS: [Socket; 3] = [Socket::Signal, Socket::Publisher, Socket::Subscriber];

/// The clients of a run and what they received.
pub(crate) struct EventLoop {
    poll: Poll,
    events: Events,
    buffers: Buffers,
    first_address: usize,
    /// In the order of joining. `None`: the session ended.
    clients: Vec<Option<Client>>,
    pub(crate) tally: Tally,
    /// How late media was sent within the window, in nanoseconds: the load of this process.
    pub(crate) lateness: Histogram,
    /// Why sessions ended.
    pub(crate) failures: Vec<String>,
}

impl EventLoop {
    /// On loopback, clients use addresses from this number on.
    pub(crate) fn new(first_address: usize) -> Result<Self> {
        Ok(Self {
            first_address,
            poll: Poll::new()?,
            events: Events::with_capacity(1_024),
            buffers: Buffers::new(),
            clients: Vec::new(),
            tally: Tally::default(),
            lateness: Histogram::default(),
            failures: Vec::new(),
        })
    }

    /// A participant joins. Blocks until the server has accepted.
    pub(crate) fn join(&mut self, who: Participant, method: JoinMethod<'_>) -> Result<()> {
        let number = self.clients.len();
        let mut client = method.enter(Now::read(), number as u32, self.first_address + number, who)?;
        let registry = self.poll.registry();
        let token = |socket: Socket| Token(number * SOCKETS.len() + socket as usize);
        registry.register(&mut SourceFd(&client.signalling().raw_fd()), token(Socket::Signal), Interest::READABLE)?;
        registry.register(&mut client.connections.publisher.socket, token(Socket::Publisher), Interest::READABLE)?;
        if let Some(subscriber) = &mut client.connections.subscriber {
            registry.register(&mut subscriber.socket, token(Socket::Subscriber), Interest::READABLE)?;
        }
        self.clients.push(Some(client));
        // The first messages may have come with the answer to the upgrade.
        self.with_client(number, |client, this| {
            client.receive(Now::read(), Socket::Signal, &mut this.buffers, &mut this.tally)
        });
        Ok(())
    }

    /// Those whose session has not ended.
    pub(crate) fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.iter().flatten()
    }

    /// As [`EventLoop::clients`].
    pub(crate) fn clients_mut(&mut self) -> impl Iterator<Item = &mut Client> {
        self.clients.iter_mut().flatten()
    }

    /// Runs for this long.
    pub(crate) fn run(&mut self, duration: Duration) -> Result<()> {
        self.run_until(duration, |_| false).map(drop)
    }

    /// Runs until the condition, checked 100 times a second, is true. False: it was not within the limit.
    pub(crate) fn run_until(&mut self, limit: Duration, done: impl Fn(&Self) -> bool) -> Result<bool> {
        const CHECK: Duration = Duration::from_millis(10);
        let mut now = Now::read();
        let end = now.instant + limit;
        let mut check = now.instant + CHECK;
        while now.instant < end {
            now = self.turn(now, check.min(end))?;
            if check <= now.instant {
                check = now.instant + CHECK;
                if done(self) {
                    return Ok(true);
                }
            }
        }
        Ok(done(self))
    }

    /// Waits for the next socket or timer and handles it.
    fn turn(&mut self, now: Now, end: Instant) -> Result<Now> {
        let due = self.clients().map(Client::due).fold(end, Instant::min);
        let wait = due.saturating_duration_since(now.instant);
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            polled => polled?,
        }
        let mut now = Now::read();
        let events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        for event in &events {
            let (number, socket) = (event.token().0 / SOCKETS.len(), SOCKETS[event.token().0 % SOCKETS.len()]);
            self.with_client(number, |client, this| client.receive(now, socket, &mut this.buffers, &mut this.tally));
        }
        self.events = events;
        for number in 0..self.clients.len() {
            if self.clients[number].as_ref().is_some_and(|client| client.due() <= now.instant) {
                now = Now::read();
                self.with_client(number, |client, this| {
                    let late = client.tick(now)?;
                    if this.tally.is_measuring() && late > Duration::ZERO {
                        this.lateness.record(late.as_nanos() as u64);
                    }
                    Ok(())
                });
            }
        }
        Ok(Now::read())
    }

    /// A client whose session ended is dropped.
    fn with_client(&mut self, number: usize, act: impl FnOnce(&mut Client, &mut Self) -> Result<()>) {
        let Some(mut client) = self.clients[number].take() else { return };
        match act(&mut client, self) {
            Ok(()) => self.clients[number] = Some(client),
            Err(error) => self.failures.push(format!("{}: {error:#}", client.connections.who.identity)),
        }
    }
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        // Best effort: the server notices a closed socket too, only later.
        self.clients.iter_mut().flatten().for_each(|client| drop(client.leave()));
    }
}
