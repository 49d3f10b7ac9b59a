//! The UDP sockets: one per address, all on the same port.

use std::io;
use std::net::SocketAddr;
use std::sync::Once;

use mio::net::UdpSocket;
use nix::sys::socket::{getsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};

use super::receive_time;

/// Kernel buffers for the time the thread is busy: the default size lost packets under load.
const KERNEL_BUFFER: usize = 4 * 1024 * 1024;

pub(crate) struct Udp {
    pub(crate) socket: UdpSocket,
    /// The candidate advertised for this socket, of its family.
    pub(crate) candidate: SocketAddr,
    /// There may be more to read. mio reports an event only once.
    pub(crate) ready: bool,
    /// The kernel splits a run of datagrams itself (UDP GSO, since Linux 4.18).
    pub(crate) segmented: bool,
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
        report_small_buffers(&socket);
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = socket.into();
        receive_time::enable(&socket)?;
        Ok(socket)
    }

    pub(crate) fn new(socket: std::net::UdpSocket, candidate: SocketAddr) -> Self {
        // An older kernel would ignore the segment size and send one long datagram.
        let segmented = getsockopt(&socket, sockopt::UdpGsoSegment).is_ok();
        Self { socket: UdpSocket::from_std(socket), candidate, ready: true, segmented }
    }
}

/// Once: all sockets have the same limits.
fn report_small_buffers(socket: &Socket) {
    static REPORTED: Once = Once::new();
    let sizes = [socket.recv_buffer_size(), socket.send_buffer_size()];
    let [Ok(receive), Ok(send)] = sizes else { return };
    if receive < KERNEL_BUFFER || send < KERNEL_BUFFER {
        REPORTED.call_once(|| {
            tracing::warn!(
                receive,
                send,
                wanted = KERNEL_BUFFER,
                "socket buffers are small: packets may be lost under load; \
                 raise the sysctls net.core.rmem_max and net.core.wmem_max"
            );
        });
    }
}
