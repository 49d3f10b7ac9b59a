//! The HTTP listener of pages, API and signalling, with time limits against connections that send nothing.

mod http1_acceptor;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::http1_acceptor::Http1Acceptor;

/// Time allowed for the request headers. Browsers send them at once; slow clients only occupy connections (Slowloris).
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Time allowed for running requests at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Maximum size of request line and headers, in bytes. A LiveKit join request has its SDP offer in the request line.
const MAX_HEAD_BYTES: usize = 128 * 1024;

/// Serves until `shutdown`, then lets running requests finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let handle = Handle::new();
    let served = async {
        // Not `http1_only`: with it, axum-server serves without upgrades, and every WebSocket is closed.
        let server = axum_server::from_tcp(listener.into_std()?)?.acceptor(Http1Acceptor(HEADER_TIMEOUT));
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
mod tests {
    use axum::extract::WebSocketUpgrade;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn websocket_upgrade_works() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let greet = |upgrade: WebSocketUpgrade| async move {
            upgrade.on_upgrade(|mut socket| async move { socket.send("hello".into()).await.unwrap() })
        };
        let router = Router::new().route("/", axum::routing::any(greet));
        let work = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut received = Vec::new();
            stream.read_to_end(&mut received).await.unwrap();
            assert!(received.ends_with(b"hello"), "{}", String::from_utf8_lossy(&received));
        };
        tokio::select! {
            () = serve(listener, router, CancellationToken::new()) => panic!("the listener ended"),
            () = work => {}
        }
    }

    #[tokio::test(start_paused = true)]
    async fn connection_without_complete_headers_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let work = async {
            for sent in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nHost"] {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.write_all(sent.as_bytes()).await.unwrap();
                let over = timeout(3 * HEADER_TIMEOUT, stream.read_to_end(&mut Vec::new())).await;
                assert!(over.is_ok(), "the connection is still open after {sent:?}");
            }
        };
        tokio::select! {
            () = serve(listener, Router::new(), shutdown) => panic!("the listener ended"),
            () = work => {}
        }
    }
}
