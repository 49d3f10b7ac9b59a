//! Messages of LiveKit's protocol: protobuf over a WebSocket, with single (`/rtc/v1`) or dual (`/rtc`) peer connection.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use clap::ValueEnum;
use livekit_protocol as proto;
use livekit_protocol::{SignalRequest, SignalResponse, signal_request, signal_response};
use prost::Message as _;
use socket2::{Domain, Type};
use tungstenite::{Message, WebSocket};

/// One signalling connection.
pub(crate) struct Signal {
    socket: WebSocket<TcpStream>,
}

/// How many peer connections a client has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// One, as livekit-client does today.
    Single,
    /// One to publish, one to subscribe, as mobile clients do.
    Dual,
}

impl Signal {
    /// Blocks until the server has accepted or refused. `url`: `ws://host:port`; `source`: our address.
    pub(crate) fn connect(url: &str, token: &str, source: Ipv4Addr, mode: Mode) -> Result<Self> {
        let host = url.strip_prefix("ws://").context("the address must begin with ws://")?;
        let server = host.to_socket_addrs()?.find(SocketAddr::is_ipv4).context("the server has no IPv4 address")?;
        let stream = socket2::Socket::new(Domain::IPV4, Type::STREAM, None)?;
        stream.bind(&SocketAddr::from((source, 0)).into())?;
        stream.connect(&server.into()).with_context(|| format!("cannot connect to {host}"))?;
        let stream = TcpStream::from(stream);
        stream.set_nodelay(true)?;
        let (socket, _) = tungstenite::client(format!("{url}/{}&access_token={token}", path(mode)), stream)
            .map_err(|error| anyhow::anyhow!("joining failed: {error}"))?;
        socket.get_ref().set_nonblocking(true)?;
        Ok(Self { socket })
    }

    /// [`Signal::receive`] waits this long, instead of not at all.
    pub(crate) fn block(&self, limit: Duration) -> Result<()> {
        self.socket.get_ref().set_nonblocking(false)?;
        self.socket.get_ref().set_write_timeout(Some(limit))?;
        Ok(self.socket.get_ref().set_read_timeout(Some(limit))?)
    }

    pub(crate) fn raw_fd(&self) -> RawFd {
        self.socket.get_ref().as_raw_fd()
    }

    pub(crate) fn send(&mut self, message: signal_request::Message) -> Result<()> {
        let bytes = SignalRequest { message: Some(message) }.encode_to_vec();
        blocked_is_none(self.socket.send(Message::Binary(bytes.into())))?;
        Ok(())
    }

    /// The next message that has arrived; read until there is none. An error: the connection has ended.
    pub(crate) fn receive(&mut self) -> Result<Option<signal_response::Message>> {
        while let Some(message) = blocked_is_none(self.socket.read())? {
            match message {
                Message::Binary(bytes) => {
                    if let Some(message) = SignalResponse::decode(bytes)?.message {
                        return Ok(Some(message));
                    }
                }
                other => ensure!(!other.is_close(), "the server closed the connection"),
            }
        }
        Ok(None)
    }
}

/// Path and query of this mode.
fn path(mode: Mode) -> String {
    if mode == Mode::Dual {
        return "rtc?auto_subscribe=1&sdk=js&version=2.23.0&protocol=15&browser=chrome&os=linux".into();
    }
    let client_info = proto::ClientInfo {
        sdk: proto::client_info::Sdk::Js.into(),
        version: "2.23.0".into(),
        protocol: 15,
        browser: "chrome".into(),
        os: "linux".into(),
        ..Default::default()
    };
    let connection_settings = proto::ConnectionSettings { auto_subscribe: true, ..Default::default() };
    let request = proto::JoinRequest {
        client_info: Some(client_info),
        connection_settings: Some(connection_settings),
        ..Default::default()
    };
    let wrapped = proto::WrappedJoinRequest { join_request: request.encode_to_vec(), ..Default::default() };
    format!("rtc/v1?join_request={}", URL_SAFE.encode(wrapped.encode_to_vec()))
}

/// The address of a client. On loopback each has its own, as people have: servers limit what one address may do.
pub(crate) fn source_address(url: &str, client: usize) -> Ipv4Addr {
    if !url.starts_with("ws://127.") {
        return Ipv4Addr::UNSPECIFIED;
    }
    let [high, low] = (client as u16 + 1).to_be_bytes();
    Ipv4Addr::new(127, 16, high, low)
}

/// A full socket buffer is no error: the WebSocket keeps the rest and sends it with the next message.
pub(super) fn blocked_is_none<T>(result: tungstenite::Result<T>) -> tungstenite::Result<Option<T>> {
    match result {
        Ok(done) => Ok(Some(done)),
        Err(tungstenite::Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}
