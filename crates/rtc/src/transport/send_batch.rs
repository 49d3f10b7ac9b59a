//! Sends the datagrams of one turn with few system calls.
//!
//! A frame is several packets of about the same size to one destination: the kernel takes such a run as one message
//! and splits it itself (UDP GSO, `UDP_SEGMENT` in udp(7)). Messages go in groups (`sendmmsg`).

use std::io::IoSlice;
use std::net::SocketAddr;
use std::ops::Range;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::socket::{ControlMessage, MsgFlags, MultiHeaders, SockaddrStorage, sendmmsg};

use super::Udp;
use super::stats::{Counter, TransportStats};

/// Older kernels split one message into at most 64 datagrams.
const MAX_SEGMENTS: usize = 64;
/// An IP packet has at most 65,535 bytes, headers included.
const MAX_RUN_BYTES: usize = 65_000;
/// Messages of one system call.
const MAX_MESSAGES: usize = 64;
/// Datagrams that wait at most. One turn of a large room may send more; they go in several batches.
const MAX_WAITING: usize = 512;

#[derive(Debug)]
pub(crate) struct SendBatch {
    bytes: Vec<u8>,
    datagrams: Vec<Queued>,
    max_segments: usize,
}

/// One datagram: `bytes` from the end of the one before it up to `end`.
#[derive(Debug)]
struct Queued {
    socket: usize,
    to: SocketAddr,
    end: usize,
}

/// Datagrams that are one message for the kernel: one, or a run that it splits every `segment` bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    datagrams: Range<usize>,
    segment: usize,
}

/// Messages of one socket for one system call. They have one segment size; a message that is not longer than that is
/// one datagram.
#[derive(Debug, Default)]
struct Group {
    socket: usize,
    messages: Vec<Message>,
    /// The segment size, once there is a run.
    segment: Option<u16>,
    /// The longest datagram.
    longest: usize,
}

impl Group {
    fn takes(&self, socket: usize, message: &Message) -> bool {
        let segment = if message.is_run() { Some(message.segment) } else { self.segment.map(usize::from) };
        let same_segment = self.segment.is_none_or(|own| Some(usize::from(own)) == segment);
        let fits = segment.is_none_or(|segment| self.longest.max(message.segment) <= segment);
        self.messages.is_empty() || self.messages.len() < MAX_MESSAGES && self.socket == socket && same_segment && fits
    }

    fn push(&mut self, socket: usize, message: Message) {
        self.socket = socket;
        self.longest = self.longest.max(message.segment);
        if message.is_run() {
            self.segment = u16::try_from(message.segment).ok();
        }
        self.messages.push(message);
    }
}

impl Message {
    fn is_run(&self) -> bool {
        self.datagrams.len() > 1
    }
}

impl Default for SendBatch {
    fn default() -> Self {
        Self { bytes: Vec::new(), datagrams: Vec::new(), max_segments: MAX_SEGMENTS }
    }
}

impl SendBatch {
    /// Adds a datagram for the socket with this index. Copies it, so that the caller's buffer is free at once.
    pub(crate) fn push(&mut self, socket: usize, to: SocketAddr, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.datagrams.push(Queued { socket, to, end: self.bytes.len() });
    }

    pub(crate) fn is_full(&self) -> bool {
        self.datagrams.len() >= MAX_WAITING
    }

    /// Sends everything in the order of [`SendBatch::push`]. What the kernel does not take is dropped and counted, as
    /// the network would drop it.
    pub(crate) fn flush(&mut self, sockets: &mut [Udp], stats: &mut TransportStats) {
        let (mut group, mut at) = (Group::default(), 0);
        while let Some(first) = self.datagrams.get(at) {
            let socket = first.socket;
            let segmented = sockets.get(socket).is_some_and(|udp| udp.segmented);
            let message = self.message_at(at, segmented);
            at = message.datagrams.end;
            if !group.takes(socket, &message) {
                self.send_group(&group, sockets, stats);
                group = Group::default();
            }
            group.push(socket, message);
        }
        self.send_group(&group, sockets, stats);
        self.bytes.clear();
        self.datagrams.clear();
    }

    fn range(&self, at: usize) -> Range<usize> {
        let start = if at == 0 { 0 } else { self.datagrams[at - 1].end };
        start..self.datagrams[at].end
    }

    /// The longest run that begins here: datagrams of one size to one destination; the last may be shorter.
    fn message_at(&self, first: usize, segmented: bool) -> Message {
        let (segment, mut end) = (self.range(first).len(), first + 1);
        let most = if segmented && segment > 0 { self.max_segments } else { 1 };
        let (start, head) = (self.range(first).start, &self.datagrams[first]);
        while end - first < most && end < self.datagrams.len() {
            let (next, length) = (&self.datagrams[end], self.range(end).len());
            let same_way = (next.socket, next.to) == (head.socket, head.to);
            if !same_way || length == 0 || length > segment || next.end - start > MAX_RUN_BYTES {
                break;
            }
            end += 1;
            if length < segment {
                break;
            }
        }
        Message { datagrams: first..end, segment }
    }

    /// Sends messages that [`Group::takes`] has allowed together.
    fn send_group(&self, group: &Group, sockets: &mut [Udp], stats: &mut TransportStats) {
        let (Some(first), Some(last)) = (group.messages.first(), group.messages.last()) else { return };
        let Some(udp) = sockets.get_mut(group.socket) else { return };
        let (first, end) = (first.datagrams.start, last.datagrams.end);
        if end - first == 1 {
            return self.send_one(first, udp, stats);
        }
        let slices: Vec<IoSlice<'_>> = (first..end).map(|at| IoSlice::new(&self.bytes[self.range(at)])).collect();
        let part = |message: &Message| &slices[message.datagrams.start - first..message.datagrams.end - first];
        let messages: Vec<&[IoSlice<'_>]> = group.messages.iter().map(part).collect();
        let to = |message: &Message| Some(SockaddrStorage::from(self.datagrams[message.datagrams.start].to));
        let addresses: Vec<Option<SockaddrStorage>> = group.messages.iter().map(to).collect();

        let control = group.segment.as_ref().map(ControlMessage::UdpGsoSegments);
        let space = group.segment.map(|_| nix::cmsg_space!(u16));
        let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(messages.len(), space);
        let mut done = 0;
        while let Some(message) = group.messages.get(done) {
            stats.add(Counter::SendCalls, 1);
            let (fd, rest, to) = (udp.socket.as_raw_fd(), &messages[done..], &addresses[done..]);
            match sendmmsg(fd, &mut headers, rest, to, control.as_slice(), MsgFlags::MSG_DONTWAIT) {
                Ok(sent) => {
                    let sent = sent.count().max(1);
                    group.messages.iter().skip(done).take(sent).for_each(|message| self.count_sent(message, stats));
                    done += sent;
                }
                Err(Errno::EINTR) => {}
                Err(error) if control.is_some() && is_refused(error) => {
                    udp.segmented &= !is_unsupported(error);
                    message.datagrams.clone().for_each(|at| self.send_one(at, udp, stats));
                    done += 1;
                }
                Err(error) => {
                    stats.add(reason(error), message.datagrams.len());
                    done += 1;
                }
            }
        }
    }

    fn send_one(&self, at: usize, udp: &Udp, stats: &mut TransportStats) {
        stats.add(Counter::SendCalls, 1);
        match udp.socket.send_to(&self.bytes[self.range(at)], self.datagrams[at].to) {
            Ok(_) => self.count_sent(&Message { datagrams: at..at + 1, segment: 0 }, stats),
            Err(error) => stats.add(reason(Errno::from_raw(error.raw_os_error().unwrap_or(0))), 1),
        }
    }

    fn count_sent(&self, message: &Message, stats: &mut TransportStats) {
        let bytes = message.datagrams.clone().map(|at| self.range(at).len()).sum();
        stats.add(Counter::DatagramsSent, message.datagrams.len());
        stats.add(Counter::BytesSent, bytes);
        stats.add(Counter::SegmentedRuns, usize::from(message.is_run()));
    }
}

/// The kernel or the interface splits no run at all; `EIO` is the answer of an interface that computes no checksums.
fn is_unsupported(error: Errno) -> bool {
    matches!(error, Errno::EIO | Errno::EOPNOTSUPP | Errno::ENOPROTOOPT)
}

/// The message cannot be split this way, for example because the path's MTU is smaller than a segment. Piece by piece
/// it can be sent.
fn is_refused(error: Errno) -> bool {
    is_unsupported(error) || matches!(error, Errno::EINVAL | Errno::EMSGSIZE)
}

fn reason(error: Errno) -> Counter {
    match error {
        Errno::EAGAIN | Errno::ENOBUFS => Counter::DroppedSendBufferFull,
        _ => Counter::DroppedSendError,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn sender(segmented: bool) -> Udp {
        let socket = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let candidate = socket.local_addr().unwrap();
        let mut udp = Udp::new(socket, candidate);
        assert!(udp.segmented, "the tests need a kernel with UDP GSO");
        udp.segmented = segmented;
        udp
    }

    fn receiver() -> (std::net::UdpSocket, SocketAddr) {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }

    /// A datagram whose first bytes are its number.
    fn numbered(number: usize, size: usize) -> Vec<u8> {
        let mut bytes = (number as u32).to_be_bytes().to_vec();
        bytes.resize(size, 7);
        bytes
    }

    fn received(socket: &std::net::UdpSocket, sizes: &[usize]) {
        for (number, size) in sizes.iter().enumerate() {
            let mut buffer = [0; 2_048];
            let length = socket.recv(&mut buffer).unwrap();
            assert_eq!(buffer[..length], numbered(number, *size), "datagram {number}");
        }
    }

    fn sent(sizes: &[usize], segmented: bool, max_segments: usize) -> (TransportStats, bool) {
        let (mut udp, (socket, to)) = (sender(segmented), receiver());
        let mut batch = SendBatch { max_segments, ..SendBatch::default() };
        sizes.iter().enumerate().for_each(|(number, size)| batch.push(0, to, &numbered(number, *size)));
        let mut stats = TransportStats::default();
        batch.flush(std::slice::from_mut(&mut udp), &mut stats);
        received(&socket, sizes);
        assert_eq!(stats[Counter::DatagramsSent], sizes.len() as u64);
        assert_eq!(stats[Counter::BytesSent], sizes.iter().sum::<usize>() as u64);
        assert!(batch.bytes.is_empty() && batch.datagrams.is_empty());
        (stats, udp.segmented)
    }

    #[test]
    fn frame_of_equal_packets_is_one_system_call() {
        let (stats, _) = sent(&[1_100, 1_100, 1_100, 1_100, 400], true, MAX_SEGMENTS);
        assert_eq!((stats[Counter::SendCalls], stats[Counter::SegmentedRuns]), (1, 1));
    }

    #[test]
    fn sound_and_frames_keep_their_order_and_sizes() {
        let sizes = [80, 1_100, 1_100, 300, 90, 1_100, 1_100, 1_101, 1_101, 60];
        let (stats, _) = sent(&sizes, true, MAX_SEGMENTS);
        assert_eq!((stats[Counter::SendCalls], stats[Counter::SegmentedRuns]), (2, 3), "one per segment size");
    }

    #[test]
    fn without_segmentation_messages_share_a_call() {
        let (stats, _) = sent(&[1_100, 1_100, 1_100, 1_100, 400], false, MAX_SEGMENTS);
        assert_eq!((stats[Counter::SendCalls], stats[Counter::SegmentedRuns]), (1, 0));
    }

    #[test]
    fn run_that_the_kernel_refuses_is_sent_piecewise() {
        // More segments than any kernel takes: EINVAL, as for a segment that is larger than the path's MTU.
        let (stats, segmented) = sent(&[100; 150], true, 500);
        assert_eq!(stats[Counter::SegmentedRuns], 0);
        assert_eq!(stats[Counter::SendCalls], 1 + 150);
        assert!(segmented, "the socket can split others");
        assert!(is_unsupported(Errno::EIO) && !is_refused(Errno::EAGAIN));
    }

    #[test]
    fn one_datagram_costs_one_call() {
        let (stats, _) = sent(&[80], true, MAX_SEGMENTS);
        assert_eq!((stats[Counter::SendCalls], stats[Counter::SegmentedRuns]), (1, 0));
    }

    #[test]
    fn viewers_of_one_frame_share_a_call() {
        let (mut udp, viewers) = (sender(true), [receiver(), receiver(), receiver()]);
        let mut batch = SendBatch::default();
        let sizes = [1_000, 1_000, 1_000, 200];
        for (_, to) in &viewers {
            sizes.iter().enumerate().for_each(|(number, size)| batch.push(0, *to, &numbered(number, *size)));
        }
        let mut stats = TransportStats::default();
        batch.flush(std::slice::from_mut(&mut udp), &mut stats);
        viewers.iter().for_each(|(socket, _)| received(socket, &sizes));
        assert_eq!((stats[Counter::SendCalls], stats[Counter::SegmentedRuns]), (1, 3));
    }

    #[test]
    fn unreachable_destination_is_counted_and_stops_no_other() {
        let (mut udp, (socket, to)) = (sender(true), receiver());
        let mut batch = SendBatch::default();
        let wrong_family: SocketAddr = "[::1]:9".parse().unwrap();
        batch.push(0, to, &numbered(0, 50));
        batch.push(0, wrong_family, b"nowhere");
        batch.push(0, to, &numbered(1, 50));
        let mut stats = TransportStats::default();
        batch.flush(std::slice::from_mut(&mut udp), &mut stats);
        received(&socket, &[50, 50]);
        assert_eq!((stats[Counter::DroppedSendError], stats[Counter::DatagramsSent]), (1, 2));
    }

    #[test]
    fn runs_are_bounded_in_segments_and_bytes() {
        let to: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let mut batch = SendBatch::default();
        (0..100).for_each(|_| batch.push(0, to, &[1; 100]));
        assert_eq!(batch.message_at(0, true).datagrams, 0..64);
        let mut batch = SendBatch::default();
        (0..60).for_each(|_| batch.push(0, to, &[1; 1_200]));
        assert_eq!(batch.message_at(0, true).datagrams, 0..54, "64,800 bytes");
    }
}
