//! What happens to a new TCP connection before it is read: socket options, and the limits on connections.

use std::future::{Ready, ready};
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use anteroom_web::ListenAddress;
use axum_server::accept::Accept;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use super::HEADER_TIMEOUT;
use super::http1_stream::Http1Stream;
use super::limited_stream::{LimitedStream, WRITE_TIMEOUT};
use super::listener::HttpConnections;
use super::request_tracker::RequestTracker;

/// The kernel asks an idle peer whether it is there after the first time, then in the second interval, and gives up
/// after so many probes. Live updates send something every 15 s; what is not acknowledged for [`WRITE_TIMEOUT`] closes
/// the connection too. Without this, a phone that went out of reach would be connected for a quarter of an hour.
const KEEPALIVE: (Duration, Duration, u32) = (Duration::from_secs(30), Duration::from_secs(10), 3);

/// Bytes of a response that the kernel takes before the client is ready for them. Its own limit is 4 MB, of which a
/// client that reads nothing could occupy as many as it has connections.
const MAX_UNSENT: u32 = 128 * 1024;

/// For clients that wait for an answer, although most never see it: the connection closes with their request unread.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\n\
    content-length: 147\r\nretry-after: 5\r\nconnection: close\r\n\r\n\
    {\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"code\":\"overloaded\",\
    \"detail\":\"There is too much to do at once. Please try again.\"}";

#[derive(Clone)]
pub(super) struct Acceptor(pub(super) HttpConnections);

impl<S> Accept<TcpStream, S> for Acceptor {
    type Stream = LimitedStream<Http1Stream>;
    type Service = RequestTracker<S>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(stream, service))
    }
}

impl Acceptor {
    fn admit<S>(&self, stream: TcpStream, service: S) -> io::Result<(LimitedStream<Http1Stream>, RequestTracker<S>)> {
        let accepted_at = ListenAddress(stream.local_addr()?);
        let Ok(connection) = self.0.open(stream.peer_addr()?.ip(), stream.as_raw_fd()) else {
            let _ = SockRef::from(&stream).send(REFUSAL);
            return Err(io::ErrorKind::ConnectionRefused.into());
        };
        set_options(&stream)?;
        let connection = Arc::new(connection);
        let stream = LimitedStream::new(Http1Stream::new(stream, HEADER_TIMEOUT), Arc::clone(&connection));
        Ok((stream, RequestTracker { service, connection, accepted_at }))
    }
}

fn set_options(stream: &TcpStream) -> io::Result<()> {
    // Signalling is many small messages, which Nagle's algorithm would delay.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let (after, interval, probes) = KEEPALIVE;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(after).with_interval(interval).with_retries(probes))?;
    #[cfg(target_os = "linux")]
    {
        socket.set_tcp_user_timeout(Some(WRITE_TIMEOUT))?;
        socket.set_tcp_notsent_lowat(MAX_UNSENT)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn kernel_notices_dead_peers_and_takes_few_bytes_for_slow_ones() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        set_options(&stream).unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE.0);
        #[cfg(target_os = "linux")]
        {
            assert_eq!(socket.tcp_user_timeout().unwrap(), Some(WRITE_TIMEOUT));
            assert_eq!(socket.tcp_notsent_lowat().unwrap(), MAX_UNSENT);
        }
    }

    #[test]
    fn refusal_is_a_complete_response() {
        let text = std::str::from_utf8(REFUSAL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{}", body.len());
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["code"], "overloaded");
    }
}
