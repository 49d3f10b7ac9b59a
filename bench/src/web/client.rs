//! A browser or API client: one connection for its requests, opened again when the server has closed it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, header};
use tokio::time::timeout;

use super::connection::HttpConnection;
use super::event_stream::EventStream;

/// For a whole response, and for the headers of a stream.
const LIMIT: Duration = Duration::from_secs(30);

/// A request, without what every request has.
#[derive(Debug, Clone)]
pub(crate) struct WebRequest {
    method: Method,
    path: String,
    headers: Vec<(header::HeaderName, String)>,
    body: Bytes,
}

impl WebRequest {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), headers: Vec::new(), body: Bytes::new() }
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(path) }
    }

    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.headers.push((header::CONTENT_TYPE, "application/json".to_owned()));
        Self { body: body.to_string().into(), ..self }
    }

    /// As an API client.
    pub(crate) fn bearer(mut self, token: &str) -> Self {
        self.headers.push((header::AUTHORIZATION, format!("Bearer {token}")));
        self
    }

    /// As a browser that is logged in.
    pub(crate) fn session(mut self, secret: &str) -> Self {
        self.headers.push((header::COOKIE, format!("anteroom={secret}")));
        self
    }

    fn build(&self, server: SocketAddr) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(self.path.as_str())
            .header(header::HOST, server.to_string())
            .header("sec-fetch-site", "same-origin");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        Ok(request.body(Full::new(self.body.clone()))?)
    }
}

/// A client with an address.
pub(crate) struct WebClient {
    server: SocketAddr,
    source: Ipv4Addr,
    connection: Option<HttpConnection>,
}

impl WebClient {
    pub(crate) fn new(server: SocketAddr, source: Ipv4Addr) -> Self {
        Self { server, source, connection: None }
    }

    /// Opens the connection, so that the first request does not wait for it.
    pub(crate) async fn connect(&mut self) -> Result<()> {
        self.connection = Some(HttpConnection::open(self.server, self.source).await?);
        Ok(())
    }

    /// The body of the response, whose status must be a success.
    pub(crate) async fn ask(&mut self, request: &WebRequest) -> Result<Bytes> {
        let whole = async {
            let response = self.send(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await.context("the response broke off")?.to_bytes();
            ensure!(status.is_success(), "{status}: {}", beginning(&body));
            Ok(body)
        };
        match timeout(LIMIT, whole).await {
            Ok(answer) => answer,
            Err(_) => {
                self.close();
                bail!("no response in {} s", LIMIT.as_secs())
            }
        }
    }

    /// Opens an event stream on a connection of its own.
    pub(crate) async fn stream(&self, path: &str) -> Result<EventStream> {
        let open = async {
            let mut connection = HttpConnection::open(self.server, self.source).await?;
            let request = WebRequest::get(path).build(self.server)?;
            let response = connection.send(request).await?;
            ensure!(response.status().is_success(), "{}", response.status());
            Ok(EventStream::new(response.into_body()))
        };
        timeout(LIMIT, open).await.context("no stream in time")?
    }

    /// Closes the connection.
    pub(crate) fn close(&mut self) {
        self.connection = None;
    }

    /// The server may close an idle connection while a request is on its way: browsers then send it again.
    async fn send(&mut self, request: &WebRequest) -> Result<Response<Incoming>> {
        if let Some(connection) = self.connection.as_mut().filter(|connection| connection.is_open()) {
            match connection.send(request.build(self.server)?).await {
                Ok(response) => return Ok(response),
                Err(error) if error.is_canceled() || error.is_closed() || error.is_incomplete_message() => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.connect().await?;
        let connection = self.connection.as_mut().context("it was opened in the line before")?;
        Ok(connection.send(request.build(self.server)?).await?)
    }
}

/// Enough of a problem to know it by.
fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(200).collect()
}
