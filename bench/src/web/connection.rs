//! One TCP connection to the server, from a chosen address.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpSocket;

/// An HTTP/1.1 connection. Dropping it closes it.
pub(crate) struct HttpConnection {
    sender: SendRequest<Full<Bytes>>,
}

impl HttpConnection {
    pub(crate) async fn open(server: SocketAddr, source: Ipv4Addr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_nodelay(true)?;
        socket.bind(SocketAddr::from((source, 0))).with_context(|| format!("cannot use {source}"))?;
        let stream = socket.connect(server).await.context("cannot connect")?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Ends with the connection. An error of it is also the error of the request.
        tokio::task::spawn_local(async move { drop(connection.await) });
        Ok(Self { sender })
    }

    /// Whether it can still be used, as far as this side knows.
    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    /// Sends a request and returns the response when its headers have come.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
        self.sender.ready().await?;
        self.sender.send_request(request).await
    }
}
