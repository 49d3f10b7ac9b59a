//! Counters of one media thread's sockets: plain numbers on the thread, published once a turn.
//!
//! An atomic addition for every packet would cost as much as finding the packet's peer.

use std::ops::{Index, IndexMut};
use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted since the thread started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// Datagrams read from the UDP sockets, for whomever they were.
    DatagramsReceived,
    /// Their bytes, without UDP and IP headers.
    BytesReceived,
    /// System calls that read from the UDP sockets.
    ReceiveCalls,
    /// Datagrams that the kernel gave no receive time: bandwidth estimation gets the time of reading instead.
    WithoutReceiveTime,
    /// Datagrams accepted by the kernel.
    DatagramsSent,
    /// Their bytes, without UDP and IP headers.
    BytesSent,
    /// System calls that sent datagrams.
    SendCalls,
    /// Runs of datagrams that the kernel split itself (UDP GSO).
    SegmentedRuns,
    /// Frames read from ICE-TCP connections.
    TcpFramesReceived,
    /// Frames that the kernel took completely.
    TcpFramesSent,
    /// System calls that wrote to ICE-TCP connections.
    TcpWriteCalls,
    /// Not sent: too much waited for the slow reader of an ICE-TCP connection.
    DroppedTcpQueueFull,
    /// Not sent: waited too long for the slow reader of an ICE-TCP connection.
    DroppedTcpQueueLate,
    /// Not sent: the kernel's send buffer was full.
    DroppedSendBufferFull,
    /// Not sent: any other error, such as an unreachable network.
    DroppedSendError,
    /// Received and not for any peer, or from one address too many of a peer.
    DroppedUnknownAddress,
    /// Received for a peer: the first byte of none of the four protocols.
    DroppedUnknownProtocol,
    /// Received for a peer that sends too much of this kind, or has been ended for it.
    DroppedStunBudget,
    /// As above: handshakes and alerts of DTLS.
    DroppedDtlsHandshakeBudget,
    /// As above: data over DTLS.
    DroppedDtlsDataBudget,
    /// As above: RTP.
    DroppedRtpBudget,
    /// As above: RTCP.
    DroppedRtcpBudget,
    /// Peers that were ended because state grew with what they sent.
    PeersOverrun,
    /// Received and longer than any packet of a client.
    DroppedTooLong,
    /// Received for a peer that is sent too much RTP with SSRCs of which none has been authenticated.
    DroppedUnknownSsrc,
    /// Received from the address of a peer: STUN that is no request to this peer.
    DroppedForeignStun,
    /// STUN requests of unknown addresses that were forgotten before they were answered.
    DroppedPendingStun,
    /// Received for a peer that has sent more data messages than it may, or waits for a slow receiver.
    DroppedDataHeldBack,
    /// Received, and the payload is longer than any of a browser.
    DroppedOversizedPayload,
    /// Data messages to a peer whose channel did not open in time.
    DroppedEarlyMessage,
    /// ICE-TCP connections that were refused: too many, or too many of one address.
    TcpConnectionsRefused,
    /// Times that a peer asked for more retransmissions than are kept, and was refused all for a while.
    ResendsRefused,
    /// Keyframe requests of subscribers that have spent their budget.
    KeyframeRequestsRefused,
}

const COUNTERS: [(Counter, &str); 33] = [
    (Counter::DatagramsReceived, "datagrams_received"),
    (Counter::BytesReceived, "bytes_received"),
    (Counter::ReceiveCalls, "receive_calls"),
    (Counter::WithoutReceiveTime, "without_receive_time"),
    (Counter::DatagramsSent, "datagrams_sent"),
    (Counter::BytesSent, "bytes_sent"),
    (Counter::SendCalls, "send_calls"),
    (Counter::SegmentedRuns, "segmented_runs"),
    (Counter::TcpFramesReceived, "tcp_frames_received"),
    (Counter::TcpFramesSent, "tcp_frames_sent"),
    (Counter::TcpWriteCalls, "tcp_write_calls"),
    (Counter::DroppedTcpQueueFull, "dropped_tcp_queue_full"),
    (Counter::DroppedTcpQueueLate, "dropped_tcp_queue_late"),
    (Counter::DroppedSendBufferFull, "dropped_send_buffer_full"),
    (Counter::DroppedSendError, "dropped_send_error"),
    (Counter::DroppedUnknownAddress, "dropped_unknown_address"),
    (Counter::DroppedUnknownProtocol, "dropped_unknown_protocol"),
    (Counter::DroppedStunBudget, "dropped_stun_budget"),
    (Counter::DroppedDtlsHandshakeBudget, "dropped_dtls_handshake_budget"),
    (Counter::DroppedDtlsDataBudget, "dropped_dtls_data_budget"),
    (Counter::DroppedRtpBudget, "dropped_rtp_budget"),
    (Counter::DroppedRtcpBudget, "dropped_rtcp_budget"),
    (Counter::PeersOverrun, "peers_overrun"),
    (Counter::DroppedTooLong, "dropped_too_long"),
    (Counter::DroppedUnknownSsrc, "dropped_unknown_ssrc"),
    (Counter::DroppedForeignStun, "dropped_foreign_stun"),
    (Counter::DroppedPendingStun, "dropped_pending_stun"),
    (Counter::DroppedDataHeldBack, "dropped_data_held_back"),
    (Counter::DroppedOversizedPayload, "dropped_oversized_payload"),
    (Counter::DroppedEarlyMessage, "dropped_early_message"),
    (Counter::TcpConnectionsRefused, "tcp_connections_refused"),
    (Counter::ResendsRefused, "resends_refused"),
    (Counter::KeyframeRequestsRefused, "keyframe_requests_refused"),
];

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransportStats([u64; COUNTERS.len()]);

impl Default for TransportStats {
    fn default() -> Self {
        Self([0; COUNTERS.len()])
    }
}

impl TransportStats {
    /// Every counter with its name in the metrics.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, u64)> {
        COUNTERS.iter().map(|(counter, name)| (*name, self[*counter]))
    }

    pub(crate) fn add(&mut self, counter: Counter, count: usize) {
        self[counter] += count as u64;
    }
}

impl Index<Counter> for TransportStats {
    type Output = u64;

    fn index(&self, counter: Counter) -> &u64 {
        &self.0[counter as usize]
    }
}

impl IndexMut<Counter> for TransportStats {
    fn index_mut(&mut self, counter: Counter) -> &mut u64 {
        &mut self.0[counter as usize]
    }
}

/// The counters as other threads read them.
#[derive(Debug)]
pub struct SharedStats([AtomicU64; COUNTERS.len()]);

impl Default for SharedStats {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::default()))
    }
}

impl SharedStats {
    /// The counters at the end of the thread's last turn.
    pub fn snapshot(&self) -> TransportStats {
        TransportStats(std::array::from_fn(|at| self.0[at].load(Ordering::Relaxed)))
    }

    pub(crate) fn publish(&self, stats: &TransportStats) {
        for (shared, count) in self.0.iter().zip(stats.0) {
            shared.store(count, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_is_published_under_its_own_name() {
        let (mut stats, shared) = (TransportStats::default(), SharedStats::default());
        for (at, (counter, _)) in COUNTERS.iter().enumerate() {
            assert_eq!(*counter as usize, at, "{counter:?}");
            stats.add(*counter, at + 1);
        }
        shared.publish(&stats);
        assert_eq!(shared.snapshot(), stats);
        let mut names: Vec<&str> = stats.named().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COUNTERS.len());
        assert!(stats.named().map(|(_, count)| count).eq(1..=COUNTERS.len() as u64));
    }
}
