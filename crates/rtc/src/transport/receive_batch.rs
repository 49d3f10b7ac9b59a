//! Reads datagrams in batches (`recvmmsg`), each with the time the kernel received it.
//!
//! Not with UDP GRO: it joins datagrams of one sender and keeps the time of one of them only, and bandwidth estimation
//! needs every one (see [`super::receive_time`]).

use std::cell::RefCell;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::Instant;

use nix::sys::socket::{ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg};

use super::Udp;
use super::receive_time::{self, Clocks};
use super::stats::{Counter, TransportStats};

/// Datagrams per system call, and per socket and turn.
const BATCH: usize = 32;
/// Larger than any packet of a browser. A datagram that fills it was truncated and is dropped.
const MAX_PACKET: usize = 2_048;

thread_local! {
    /// One for all sockets of a media thread. It contains pointers for the kernel, so it cannot move to the thread
    /// together with the sockets.
    static RECEIVE_BATCH: RefCell<ReceiveBatch> = RefCell::new(ReceiveBatch::new());
}

/// Buffers for one batch.
struct ReceiveBatch {
    buffer: Vec<u8>,
    /// Of IPv4 and of IPv6 sockets: the kernel stores the length of an address in the header it wrote it to, and the
    /// next address is cut off there.
    headers: [MultiHeaders<SockaddrStorage>; 2],
}

/// Reads one batch and passes each datagram to `each`, with its receive time.
pub(crate) fn receive(
    udp: &mut Udp,
    stats: &mut TransportStats,
    each: impl FnMut(SocketAddr, Instant, &[u8], &mut TransportStats),
) {
    stats.add(Counter::ReceiveCalls, 1);
    match RECEIVE_BATCH.with_borrow_mut(|batch| batch.receive(udp, stats, each)) {
        // Fewer than asked for: the queue is empty, and asking again would only be answered with EAGAIN.
        Ok(count) => udp.ready = count == BATCH,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => udp.ready = false,
        // ICMP error for an earlier send to a closed port: the socket is fine.
        Err(_) => {}
    }
}

impl ReceiveBatch {
    fn new() -> Self {
        Self { buffer: vec![0; BATCH * MAX_PACKET], headers: [new_headers(), new_headers()] }
    }

    fn receive(
        &mut self,
        udp: &Udp,
        stats: &mut TransportStats,
        mut each: impl FnMut(SocketAddr, Instant, &[u8], &mut TransportStats),
    ) -> io::Result<usize> {
        let mut chunks = self.buffer.chunks_exact_mut(MAX_PACKET);
        let mut buffers: [_; BATCH] =
            std::array::from_fn(|_| [IoSliceMut::new(chunks.next().expect("the buffer has BATCH chunks"))]);
        let fd = udp.socket.as_raw_fd();
        let headers = &mut self.headers[usize::from(udp.candidate.is_ipv6())];
        let messages = recvmmsg(fd, headers, buffers.iter_mut(), MsgFlags::MSG_DONTWAIT, None)?;
        let (clocks, mut count, mut unstamped) = (Clocks::now(), 0, 0);
        for message in messages {
            count += 1;
            let shown = message.cmsgs().into_iter().flatten().find_map(|control| match control {
                ControlMessageOwned::ScmTimestampns(shown) => Some(receive_time::since_1970(shown)),
                _ => None,
            });
            unstamped += usize::from(shown.is_none());
            let source = message.address.as_ref().and_then(receive_time::socket_address);
            let bytes = message.iovs().next().unwrap_or_default();
            stats.add(Counter::DatagramsReceived, 1);
            stats.add(Counter::BytesReceived, bytes.len());
            match source {
                Some(source) if bytes.len() < MAX_PACKET => each(source, clocks.instant(shown), bytes, stats),
                _ => stats.add(Counter::DroppedTooLong, 1),
            }
        }
        if unstamped > 0 {
            stats.add(Counter::WithoutReceiveTime, unstamped);
            // The kernel stores the length it wrote in the header: after a datagram without a time there would be no
            // space for the next one's.
            *headers = new_headers();
        }
        Ok(count)
    }
}

fn new_headers() -> MultiHeaders<SockaddrStorage> {
    MultiHeaders::preallocate(BATCH, Some(receive_time::control()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound() -> (Udp, SocketAddr) {
        bound_to("127.0.0.1:0")
    }

    fn bound_to(address: &str) -> (Udp, SocketAddr) {
        let socket = Udp::bind(address.parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        (Udp::new(socket, address), address)
    }

    fn read(udp: &mut Udp, stats: &mut TransportStats) -> Vec<(SocketAddr, Instant, Vec<u8>)> {
        let mut received = Vec::new();
        receive(udp, stats, |source, at, bytes, _| received.push((source, at, bytes.to_vec())));
        received
    }

    #[test]
    fn datagrams_of_a_batch_keep_order_source_and_time() {
        let (mut udp, to) = bound();
        let senders = [0, 1].map(|_| std::net::UdpSocket::bind("127.0.0.1:0").unwrap());
        for number in 0..20_u8 {
            senders[usize::from(number % 2)].send_to(&[number; 30], to).unwrap();
        }
        let mut stats = TransportStats::default();
        let received = read(&mut udp, &mut stats);
        assert_eq!(received.len(), 20);
        for (number, (source, _, bytes)) in (0_u8..).zip(&received) {
            assert_eq!(
                (*source, bytes.as_slice()),
                (senders[usize::from(number % 2)].local_addr().unwrap(), &[number; 30][..])
            );
        }
        assert!(received.windows(2).all(|pair| pair[0].1 <= pair[1].1), "in order of arrival");
        assert!(!udp.ready, "no second call to learn that there is no more");
        assert_eq!((stats[Counter::ReceiveCalls], stats[Counter::DatagramsReceived]), (1, 20));
        assert_eq!(stats[Counter::BytesReceived], 600);
    }

    #[test]
    fn full_batch_is_followed_by_another() {
        let (mut udp, to) = bound();
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        (0..BATCH + 3).for_each(|_| assert_eq!(sender.send_to(&[1; 100], to).unwrap(), 100));
        let mut stats = TransportStats::default();
        assert_eq!(read(&mut udp, &mut stats).len(), BATCH);
        assert!(udp.ready);
        assert_eq!(read(&mut udp, &mut stats).len(), 3);
        assert!(!udp.ready);
        assert_eq!(read(&mut udp, &mut stats).len(), 0);
    }

    #[test]
    fn truncated_datagram_is_dropped_alone() {
        let (mut udp, to) = bound();
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        for size in [100, 5_000, 200] {
            sender.send_to(&vec![1; size], to).unwrap();
        }
        let mut stats = TransportStats::default();
        let sizes: Vec<usize> = read(&mut udp, &mut stats).iter().map(|(.., bytes)| bytes.len()).collect();
        assert_eq!(sizes, [100, 200]);
        assert_eq!(stats[Counter::DroppedTooLong], 1);
    }

    #[test]
    fn every_batch_has_kernel_times_even_after_one_without() {
        let (udp, to) = bound();
        let plain = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let unstamped_to = plain.local_addr().unwrap();
        let unstamped = Udp::new(plain, unstamped_to);
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let (mut batch, mut stats) = (ReceiveBatch::new(), TransportStats::default());
        for (socket, to, without) in [(&udp, to, 0), (&unstamped, unstamped_to, 2), (&udp, to, 2), (&udp, to, 2)] {
            sender.send_to(&[1; 10], to).unwrap();
            sender.send_to(&[2; 10], to).unwrap();
            assert_eq!(batch.receive(socket, &mut stats, |_, _, _, _| ()).unwrap(), 2);
            assert_eq!(stats[Counter::WithoutReceiveTime], without);
        }
    }

    #[test]
    fn sockets_of_both_families_share_a_thread() {
        let mut sockets = ["127.0.0.1:0", "[::1]:0"].map(bound_to);
        let senders = ["127.0.0.1:0", "[::1]:0"].map(|address| std::net::UdpSocket::bind(address).unwrap());
        let mut stats = TransportStats::default();
        for at in [0, 1, 0, 1, 1, 0] {
            let (udp, to) = &mut sockets[at];
            senders[at].send_to(b"hello", *to).unwrap();
            let received = read(udp, &mut stats);
            assert_eq!(received[0].0, senders[at].local_addr().unwrap());
        }
    }
}
