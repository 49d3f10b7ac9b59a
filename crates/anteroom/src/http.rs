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
        let server = axum_server::from_tcp(listener.into_std()?)?.acceptor(NoDelayAcceptor::new());
        // Who may speak either version is waited for without end until the first bytes tell which. Browsers speak the
        // second one over TLS alone.
        let mut server = server.handle(handle.clone()).http1_only();
        let limits = server.http_builder();
        limits.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(LONGEST_HEAD);
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_connects_and_does_not_ask_is_hung_up_on() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let end = CancellationToken::new();
        let work = async {
            for said in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nHost"] {
                let mut line = TcpStream::connect(address).await.unwrap();
                line.write_all(said.as_bytes()).await.unwrap();
                let over = timeout(3 * HEADERS, line.read_to_end(&mut Vec::new())).await;
                assert!(over.is_ok(), "the line is still open after {said:?}");
            }
        };
        tokio::select! {
            () = serve(listener, Router::new(), end) => panic!("the listener ended"),
            () = work => {}
        }
    }
}
