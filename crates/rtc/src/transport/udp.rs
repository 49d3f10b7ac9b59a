//! The UDP sockets: one per address, all on the same port.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::UdpSocket;
use socket2::{Domain, Protocol, Socket, Type};

use super::receive_time::{self, Clocks};

/// Kernel buffers for the time the thread is busy: the default size lost packets under load.
const KERNEL_BUFFER: usize = 4 * 1024 * 1024;
/// Larger than any packet of a browser. A datagram that fills it was truncated and is dropped.
const MAX_PACKET: usize = 2_048;

pub(crate) struct Udp {
    pub(crate) socket: UdpSocket,
    /// The candidate advertised for this socket.
    pub(crate) candidate: SocketAddr,
    /// There may be more to read. mio reports an event only once.
    pub(crate) ready: bool,
}

impl Udp {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        // Best effort: the kernel caps it at net.core.rmem_max and wmem_max.
        let _ = socket.set_recv_buffer_size(KERNEL_BUFFER);
        let _ = socket.set_send_buffer_size(KERNEL_BUFFER);
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = socket.into();
        receive_time::enable(&socket)?;
        Ok(socket)
    }

    pub(crate) fn new(socket: std::net::UdpSocket, candidate: SocketAddr) -> Self {
        Self { socket: UdpSocket::from_std(socket), candidate, ready: true }
    }

    /// Reads up to `most` datagrams and passes each to `each`, with its receive time.
    pub(crate) fn receive(&mut self, most: usize, mut each: impl FnMut(SocketAddr, Instant, &[u8])) {
        let (mut buffer, mut control, clocks) = ([0; MAX_PACKET], receive_time::control(), Clocks::now());
        for _ in 0..most {
            match receive_time::read(&self.socket, &mut buffer, &mut control) {
                Ok((length, ..)) if length >= MAX_PACKET => {}
                Ok((length, source, shown)) => {
                    if let Some(bytes) = buffer.get(..length) {
                        each(source, clocks.instant(shown), bytes);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.ready = false;
                    return;
                }
                // ICMP error for an earlier send to a closed port: the socket is fine.
                Err(_) => {}
            }
        }
    }

    /// Sends, or drops as the network would.
    pub(crate) fn send(&self, destination: SocketAddr, bytes: &[u8]) {
        if let Err(error) = self.socket.send_to(bytes, destination) {
            tracing::trace!(%error, "a datagram was dropped");
        }
    }
}
