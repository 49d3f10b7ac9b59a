//! The UDP sockets: one per address, all on the same port.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::UdpSocket;
use socket2::{Domain, Protocol, Socket, Type};

use super::receive_time::{self, Clocks};

/// What the kernel may hold for us while the thread is busy: the default lost packets under load.
const KERNEL_BUFFER: usize = 4 * 1024 * 1024;
/// Longer than any packet of a browser. A datagram that fills it was cut and is dropped.
const MAX_PACKET: usize = 2_048;

pub(crate) struct Udp {
    pub(crate) socket: UdpSocket,
    /// The candidate peers know this socket by.
    pub(crate) candidate: SocketAddr,
    /// There may be more to read. mio tells only once.
    pub(crate) ready: bool,
}

impl Udp {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        // Best effort: the kernel caps it at what its administrator allows.
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

    /// Reads up to `most` datagrams and hands each to `each`, with the instant of its arrival.
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
                // The echo of something we sent to a closed port: not about this socket.
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
