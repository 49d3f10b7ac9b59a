//! The listener over real sockets.

use std::future::Future;

use axum::extract::WebSocketUpgrade;
use axum::routing::{any, get};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::limited_stream::WRITE_TIMEOUT;
use super::*;
use crate::file_limit::{self, OpenFiles};

const LIMITS: ConnectionLimits = ConnectionLimits { total: 1_000, per_client: 300 };

/// Serves the routes while the client works.
async fn while_serving<F: Future<Output = ()>>(router: Router, client: impl FnOnce(SocketAddr, HttpConnections) -> F) {
    let connections = HttpConnections::new(LIMITS, Vec::new(), OpenFiles::new(1 << 20));
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let client = client(listener.local_addr().unwrap(), connections.clone());
    tokio::select! {
        () = serve(listener, router, connections, CancellationToken::new()) => panic!("the listener ended"),
        () = client => {}
    }
}

/// A connection from another address of this machine.
async fn connect_from(host: u8, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, host], 0))).unwrap();
    socket.connect(to).await.unwrap()
}

async fn exchange(mut stream: TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

const UPGRADE: &str = "GET /socket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

fn websocket() -> Router {
    let greet = |upgrade: WebSocketUpgrade| async move {
        upgrade.on_upgrade(|mut socket| async move { socket.send("hello".into()).await.unwrap() })
    };
    Router::new().route("/socket", any(greet))
}

#[tokio::test]
async fn websocket_upgrade_works() {
    while_serving(websocket(), |address, _| async move {
        let received = exchange(TcpStream::connect(address).await.unwrap(), UPGRADE).await;
        assert!(received.ends_with("hello"), "{received}");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn connection_without_complete_headers_is_closed() {
    while_serving(Router::new(), |address, _| async move {
        for sent in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nHost"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(sent.as_bytes()).await.unwrap();
            let over = timeout(3 * HEADER_TIMEOUT, stream.read_to_end(&mut Vec::new())).await;
            assert!(over.is_ok(), "the connection is still open after {sent:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn thousand_browsers_connect_in_one_moment() {
    file_limit::raise().unwrap();
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    // Nothing is accepted: a connection that does not fit into the backlog waits for ever.
    let connected: Vec<std::net::TcpStream> =
        (0..1_000).map_while(|_| std::net::TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok()).collect();
    assert_eq!(connected.len(), 1_000);
}

/// 1,100 clients of one address ask for a large file again and again, and read nothing.
#[tokio::test]
async fn clients_that_never_read_are_bounded_and_do_not_affect_others() {
    file_limit::raise().unwrap();
    let script = get(async || "x".repeat(62_000));
    let router = Router::new().route("/script.js", script).route("/login", get(async || "log in"));
    while_serving(router, |address, connections| async move {
        let mut flood = Vec::new();
        for _ in 0..1_100 {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(2_048).unwrap();
            let mut stream = socket.connect(address).await.unwrap();
            let requests = "GET /script.js HTTP/1.1\r\nhost: x\r\n\r\n".repeat(200);
            // Fails where the server has closed the connection already.
            let _ = stream.write_all(requests.as_bytes()).await;
            flood.push(stream);
        }
        let request = "GET /login HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let response = exchange(connect_from(2, address).await, request).await;
        assert!(response.ends_with("log in"), "{response}");
        assert!(connections.count() <= LIMITS.per_client + 1, "{} connections", connections.count());

        tokio::time::pause();
        let all_closed = async {
            while connections.count() > 0 {
                let _ = timeout(Duration::from_secs(1), std::future::pending::<()>()).await;
            }
        };
        assert!(timeout(20 * WRITE_TIMEOUT, all_closed).await.is_ok(), "{} are open", connections.count());
        assert_eq!(flood.len(), 1_100);
    })
    .await;
}

#[tokio::test]
async fn websocket_keeps_its_place_and_gives_it_back() {
    let held = Router::new().route(
        "/socket",
        any(|upgrade: WebSocketUpgrade| async move {
            upgrade.on_upgrade(|mut socket| async move { while let Some(Ok(_)) = socket.recv().await {} })
        }),
    );
    let limits = ConnectionLimits { total: 1, per_client: 1 };
    let connections = HttpConnections::new(limits, Vec::new(), OpenFiles::new(1 << 20));
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let client = async {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(UPGRADE.as_bytes()).await.unwrap();
        let mut head = [0; 12];
        socket.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 101");
        let refused = exchange(connect_from(2, address).await, "").await;
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 5"), "{refused}");
        drop(socket);
        while connections.count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = serve(listener, held, connections.clone(), CancellationToken::new()) => panic!("the listener ended"),
        () = client => {}
    }
}

#[tokio::test]
async fn metrics_count_connections() {
    while_serving(Router::new().route("/", get(async || "")), |address, connections| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        stream.read_exact(&mut [0; 12]).await.unwrap();
        let metrics = connections.metrics();
        assert!(metrics.contains("\nanteroom_http_connections 1\n"), "{metrics}");
        assert!(metrics.contains("anteroom_http_connections_closed_total{reason=\"write_timeout\"} 0\n"), "{metrics}");
    })
    .await;
}
