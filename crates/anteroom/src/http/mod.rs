//! The HTTP listener of pages, API and signalling, with limits against clients that occupy connections.

mod acceptor;
mod connections;
mod http1_stream;
mod limited_stream;
mod listener;
mod request_tracker;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::acceptor::Acceptor;
pub(crate) use self::connections::ConnectionLimits;
pub(crate) use self::listener::HttpConnections;

/// Time allowed for the request headers. Browsers send them at once; slow clients only occupy connections (Slowloris).
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Time allowed for running requests at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Maximum size of request line and headers, in bytes. A LiveKit join request has its SDP offer in the request line.
const MAX_HEAD_BYTES: usize = 128 * 1024;
/// Connections that wait to be accepted. On the hour a thousand browsers connect at once; those that do not fit try
/// again after a second.
const BACKLOG: i32 = 1_024;

/// Listens on an address.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Serves until `shutdown`, then lets running requests finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    connections: HttpConnections,
    shutdown: CancellationToken,
) {
    let handle = Handle::new();
    let served = async {
        // Not `http1_only`: with it, axum-server serves without upgrades, and every WebSocket is closed.
        let server = axum_server::from_tcp(listener.into_std()?)?.acceptor(Acceptor(connections));
        let mut server = server.handle(handle.clone());
        let limits = server.http_builder();
        limits.http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(MAX_HEAD_BYTES);
        server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await
    };
    let stopped = async {
        shutdown.cancelled().await;
        handle.graceful_shutdown(Some(SHUTDOWN_GRACE));
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = served => if let Err(error) = served {
            tracing::error!(%error, "HTTP listener failed");
        },
        () = stopped => {}
    }
}

#[cfg(test)]
mod tests;
