//! The listener of pages, API and signalling: patient with people, not with whoever only holds the line.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use axum_server::{Handle, accept::NoDelayAcceptor};
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A browser sends its headers at once. Whoever takes longer holds the line to hold it (Slowloris).
const HEADERS: Duration = Duration::from_secs(10);
/// What is still being answered when the server ends gets this long.
const GRACE: Duration = Duration::from_secs(5);
/// Room for a LiveKit join request, which carries its offer inside the request line.
const LONGEST_HEAD: usize = 128 * 1024;

/// Serves until `end`, then lets what is under way finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, end: CancellationToken) {
    let handle = Handle::new();
    let served = async {
        // Signalling is many small messages that must not wait for each other: no Nagle.
        let mut server =
            axum_server::from_tcp(listener.into_std()?)?.acceptor(NoDelayAcceptor::new()).handle(handle.clone());
        let limits = server.http_builder();
        limits.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(LONGEST_HEAD);
        limits.http2().timer(TokioTimer::new()).keep_alive_interval(HEADERS).max_concurrent_streams(64);
        server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await
    };
    let asked = async {
        end.cancelled().await;
        handle.graceful_shutdown(Some(GRACE));
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = served => if let Err(error) = served {
            tracing::error!(%error, "the listener failed");
        },
        () = asked => {}
    }
}
