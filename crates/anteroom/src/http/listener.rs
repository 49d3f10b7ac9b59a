//! The connections of the HTTP listener: limits, counters and log lines that they share.

use std::net::IpAddr;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anteroom_web as web;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::connections::{ConnectionLimits, ConnectionTable, Full};
use crate::file_limit::OpenFiles;
use crate::log::PerMinute;

/// Of one listener. Cheap to clone.
#[derive(Clone)]
pub(crate) struct HttpConnections(Arc<Shared>);

struct Shared {
    limits: ConnectionLimits,
    trusted_proxies: Vec<web::Network>,
    open: Mutex<ConnectionTable<CancellationToken>>,
    counters: Counters,
    log: Mutex<Log>,
    files: OpenFiles,
}

#[derive(Default)]
struct Counters {
    refused: AtomicU64,
    replaced: AtomicU64,
    write_timeouts: AtomicU64,
}

#[derive(Default)]
struct Log {
    server_full: PerMinute,
    client_full: PerMinute,
    write_timeouts: PerMinute,
}

impl HttpConnections {
    pub(crate) fn new(limits: ConnectionLimits, trusted_proxies: Vec<web::Network>, files: OpenFiles) -> Self {
        let (open, counters, log) = (Mutex::new(ConnectionTable::new(limits)), Counters::default(), Mutex::default());
        Self(Arc::new(Shared { limits, trusted_proxies, open, counters, log, files }))
    }

    /// Admits a connection, in place of another if there are too many.
    pub(super) fn open(&self, peer: IpAddr, descriptor: i32) -> Result<OpenConnection, Full> {
        self.0.files.opened(descriptor);
        let peer = peer.to_canonical();
        let is_proxy = self.0.trusted_proxies.iter().any(|network| network.contains(peer));
        let client = (!is_proxy).then(|| web::client_key(peer));
        let replaced = CancellationToken::new();
        let opened = self.0.open().open(Instant::now(), client, replaced.clone());
        match &opened {
            Ok(opened) => {
                if let Some((longest_idle, full)) = &opened.replaces {
                    longest_idle.cancel();
                    self.0.counters.replaced.fetch_add(1, Relaxed);
                    self.0.log_full(*full, peer);
                }
            }
            Err(full) => {
                self.0.counters.refused.fetch_add(1, Relaxed);
                self.0.log_full(*full, peer);
            }
        }
        Ok(OpenConnection { shared: Arc::clone(&self.0), id: opened?.id, replaced })
    }

    pub(super) fn count(&self) -> usize {
        self.0.open().len()
    }

    /// In the text format of Prometheus.
    pub(crate) fn metrics(&self) -> String {
        let Counters { refused, replaced, write_timeouts } = &self.0.counters;
        let (refused, replaced, write_timeouts) =
            (refused.load(Relaxed), replaced.load(Relaxed), write_timeouts.load(Relaxed));
        format!(
            "# HELP anteroom_http_connections Open connections of pages, API and signalling.\n\
             # TYPE anteroom_http_connections gauge\n\
             anteroom_http_connections {}\n\
             # HELP anteroom_http_connections_refused_total Connections that were refused because of a limit.\n\
             # TYPE anteroom_http_connections_refused_total counter\n\
             anteroom_http_connections_refused_total {refused}\n\
             # HELP anteroom_http_connections_closed_total Connections that the server closed, by reason.\n\
             # TYPE anteroom_http_connections_closed_total counter\n\
             anteroom_http_connections_closed_total{{reason=\"replaced\"}} {replaced}\n\
             anteroom_http_connections_closed_total{{reason=\"write_timeout\"}} {write_timeouts}\n{}",
            self.count(),
            self.0.files.metrics()
        )
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, ConnectionTable<CancellationToken>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log_full(&self, full: Full, peer: IpAddr) {
        let (now, ConnectionLimits { total, per_client }) = (Instant::now(), self.limits);
        match full {
            Full::Server => {
                if let Some(times) = self.log().server_full.count(now) {
                    tracing::warn!(times, total, "too many HTTP connections: idle ones are closed, new ones refused");
                }
            }
            Full::Client => {
                if let Some(times) = self.log().client_full.count(now) {
                    tracing::warn!(
                        times,
                        %peer,
                        per_client,
                        "too many HTTP connections of one address: its idle ones are closed, new ones refused. If it \
                         is a reverse proxy, set --trusted-proxies {peer}"
                    );
                }
            }
        }
    }
}

/// One open connection, in the count until it is dropped.
pub(super) struct OpenConnection {
    shared: Arc<Shared>,
    id: u64,
    /// Cancelled when another connection needs the place of this one.
    pub(super) replaced: CancellationToken,
}

impl OpenConnection {
    /// A request has begun.
    pub(super) fn use_begins(&self) {
        self.shared.open().use_begins(self.id);
    }

    /// Its response is complete.
    pub(super) fn use_ends(&self) {
        self.shared.open().use_ends(Instant::now(), self.id);
    }

    /// The client takes no bytes.
    pub(super) fn stalls(&self) {
        self.shared.open().stalls(Some(Instant::now()), self.id);
    }

    /// The client takes bytes again.
    pub(super) fn resumes(&self) {
        self.shared.open().stalls(None, self.id);
    }

    /// The client has taken no bytes for too long.
    pub(super) fn times_out(&self) {
        self.shared.counters.write_timeouts.fetch_add(1, Relaxed);
        if let Some(times) = self.shared.log().write_timeouts.count(Instant::now()) {
            tracing::warn!(times, "HTTP connections were closed because their clients took no bytes");
        }
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.shared.open().close(self.id);
    }
}
