//! The open HTTP connections: their number, in all and of each client, and which one makes room when there are too many.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use tokio::time::Instant;

/// How many connections may be open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    pub(crate) total: usize,
    pub(crate) per_client: usize,
}

/// A limit that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    Server,
    Client,
}

/// A connection that may be open.
#[derive(Debug)]
pub(super) struct Opened<H> {
    pub(super) id: u64,
    /// The connection that must close in its place, and why.
    pub(super) replaces: Option<(H, Full)>,
}

/// Ids of connections, in the order of the instants since which they are idle.
type IdleSince = BTreeSet<(Instant, u64)>;

/// All open connections. `H` is what closes one.
#[derive(Debug)]
pub(super) struct ConnectionTable<H> {
    limits: ConnectionLimits,
    last_id: u64,
    open: HashMap<u64, Connection<H>>,
    /// Those that may be replaced, the longest idle ones first.
    idle: IdleSince,
    clients: HashMap<IpAddr, Client>,
}

#[derive(Debug)]
struct Connection<H> {
    /// `None`: a proxy, which is no client of its own and has no limit.
    client: Option<IpAddr>,
    handle: H,
    /// A request is handled, its response is sent, or the connection is a WebSocket.
    in_use: bool,
    /// Since when it waits for a request.
    waits_since: Instant,
    /// Since when it waits for the client to take bytes.
    stalled_since: Option<Instant>,
}

impl<H> Connection<H> {
    fn idle_since(&self) -> Option<Instant> {
        if self.in_use { self.stalled_since } else { Some(self.waits_since) }
    }
}

#[derive(Debug, Default)]
struct Client {
    open: usize,
    idle: IdleSince,
}

impl<H> ConnectionTable<H> {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, last_id: 0, open: HashMap::new(), idle: IdleSince::new(), clients: HashMap::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Admits a connection. If there are too many, the one that is idle for longest is replaced; if none is idle, the
    /// new one is refused.
    pub(super) fn open(&mut self, now: Instant, client: Option<IpAddr>, handle: H) -> Result<Opened<H>, Full> {
        let replaces = match self.full_for(client) {
            Some(full) => Some((self.replaced(full, client).ok_or(full)?, full)),
            None => None,
        };
        self.last_id += 1;
        let id = self.last_id;
        if let Some(client) = client {
            self.clients.entry(client).or_default().open += 1;
        }
        self.open.insert(id, Connection { client, handle, in_use: false, waits_since: now, stalled_since: None });
        self.index(id);
        Ok(Opened { id, replaces })
    }

    /// A request has begun.
    pub(super) fn use_begins(&mut self, id: u64) {
        self.update(id, |connection| connection.in_use = true);
    }

    /// The response has been handed over.
    pub(super) fn use_ends(&mut self, now: Instant, id: u64) {
        self.update(id, |connection| (connection.in_use, connection.waits_since) = (false, now));
    }

    /// The client takes no bytes since this instant, or takes some again.
    pub(super) fn stalls(&mut self, since: Option<Instant>, id: u64) {
        self.update(id, |connection| connection.stalled_since = since);
    }

    /// The connection has closed. One that was replaced is not known any more.
    pub(super) fn close(&mut self, id: u64) -> Option<H> {
        self.unindex(id);
        let connection = self.open.remove(&id)?;
        if let Some(client) = connection.client
            && let Some(of_client) = self.clients.get_mut(&client)
        {
            of_client.open -= 1;
            if of_client.open == 0 {
                self.clients.remove(&client);
            }
        }
        Some(connection.handle)
    }

    fn full_for(&self, client: Option<IpAddr>) -> Option<Full> {
        let of_client = client.and_then(|client| self.clients.get(&client)).map_or(0, |client| client.open);
        if client.is_some() && of_client >= self.limits.per_client {
            Some(Full::Client)
        } else {
            (self.open.len() >= self.limits.total).then_some(Full::Server)
        }
    }

    fn replaced(&mut self, full: Full, client: Option<IpAddr>) -> Option<H> {
        let idle = match full {
            Full::Server => &self.idle,
            Full::Client => &self.clients.get(&client?)?.idle,
        };
        let (_, oldest) = *idle.first()?;
        self.close(oldest)
    }

    fn update(&mut self, id: u64, change: impl FnOnce(&mut Connection<H>)) {
        self.unindex(id);
        if let Some(connection) = self.open.get_mut(&id) {
            change(connection);
        }
        self.index(id);
    }

    fn index(&mut self, id: u64) {
        self.for_each_index(id, BTreeSet::insert);
    }

    fn unindex(&mut self, id: u64) {
        self.for_each_index(id, |index, entry| index.remove(&entry));
    }

    fn for_each_index(&mut self, id: u64, change: impl Fn(&mut IdleSince, (Instant, u64)) -> bool) {
        let Some(connection) = self.open.get(&id) else { return };
        let Some(since) = connection.idle_since() else { return };
        change(&mut self.idle, (since, id));
        if let Some(client) = connection.client.and_then(|client| self.clients.get_mut(&client)) {
            change(&mut client.idle, (since, id));
        }
    }
}

#[cfg(test)]
mod tests;
