//! Messages of Janus' API over a WebSocket: JSON, with a transaction number that the answer repeats.

use std::net::TcpStream;
use std::os::fd::{AsRawFd, RawFd};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, WebSocket};

use super::livekit_socket::blocked_is_none;

/// A connection with one session of Janus' API.
pub(super) struct JanusSocket {
    socket: WebSocket<TcpStream>,
    session: Option<u64>,
    transactions: u64,
}

impl JanusSocket {
    /// Connects and creates the session. `url`: `ws://host:port`. Blocks, as [`JanusSocket::ask`] does.
    pub(super) fn connect(url: &str) -> Result<Self> {
        let host = url.strip_prefix("ws://").context("the address must begin with ws://")?;
        let stream = TcpStream::connect(host).with_context(|| format!("cannot connect to {host}"))?;
        stream.set_nodelay(true)?;
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("janus-protocol"));
        let (socket, _) =
            tungstenite::client(request, stream).map_err(|error| anyhow::anyhow!("joining failed: {error}"))?;
        let mut socket = Self { socket, session: None, transactions: 0 };
        let session = socket.ask(json!({ "janus": "create" }))?;
        socket.session = session["data"]["id"].as_u64();
        Ok(socket)
    }

    /// From now on [`JanusSocket::receive`] does not wait.
    pub(super) fn set_nonblocking(&self) -> Result<()> {
        Ok(self.socket.get_ref().set_nonblocking(true)?)
    }

    pub(super) fn raw_fd(&self) -> RawFd {
        self.socket.get_ref().as_raw_fd()
    }

    /// Sends a message and waits for its answer; nothing else may arrive meanwhile that matters.
    pub(super) fn ask(&mut self, message: Value) -> Result<Value> {
        self.send(message)?;
        let transaction = self.transactions.to_string();
        loop {
            let answer = self.receive()?.context("no answer")?;
            if answer["transaction"] == *transaction {
                ensure!(answer["janus"] == "success", "the server refused: {answer}");
                return Ok(answer);
            }
        }
    }

    pub(super) fn send(&mut self, mut message: Value) -> Result<()> {
        self.transactions += 1;
        message["transaction"] = self.transactions.to_string().into();
        if let Some(session) = self.session {
            message["session_id"] = session.into();
        }
        blocked_is_none(self.socket.send(Message::Text(message.to_string().into())))?;
        Ok(())
    }

    /// The next message that has arrived; read until there is none. An error: the connection has ended.
    pub(super) fn receive(&mut self) -> Result<Option<Value>> {
        while let Some(message) = blocked_is_none(self.socket.read())? {
            match message {
                Message::Text(text) => return Ok(Some(serde_json::from_str(&text)?)),
                other => ensure!(!other.is_close(), "the server closed the connection"),
            }
        }
        Ok(None)
    }
}
