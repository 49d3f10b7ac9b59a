//! The result of a run: one line of JSON.

use serde::Serialize;

/// What was sent, received and used within the measured window.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Summary {
    pub(crate) clients: usize,
    pub(crate) seconds: f64,
    /// Sessions that ended, with the reason.
    pub(crate) failures: Vec<String>,
    /// Pairs of a source that was to be forwarded and a client of its room, and how many of them received something.
    pub(crate) routes: usize,
    pub(crate) routes_alive: usize,
    /// Packets that should have arrived: those sent, times the others in the room. Silent microphones of a large room do
    /// not count.
    pub(crate) expected: u64,
    pub(crate) lost: u64,
    pub(crate) loss_percent: f64,
    pub(crate) duplicates: u64,
    /// Packets of another room.
    pub(crate) leaked: u64,
    /// One-way, from before the packet is encrypted until the receiver's kernel has it. Milliseconds.
    pub(crate) delay_p50: f64,
    pub(crate) delay_p99: f64,
    pub(crate) delay_max: f64,
    /// First arrivals of media packets.
    pub(crate) useful: u64,
    /// All datagrams of the server.
    pub(crate) datagrams: u64,
    /// RTP packets that brought nothing new: padding, probes, packets sent again.
    pub(crate) useless_rtp: u64,
    pub(crate) rtcp: u64,
    pub(crate) stun: u64,
    /// Requests of the server to the cameras.
    pub(crate) keyframe_requests: u64,
    /// Cores that this process used, of one; above 0.7 the delays contain its own.
    pub(crate) generator_cores: f64,
    /// How late this process sent media, in milliseconds.
    pub(crate) generator_late_p99: f64,
    /// Of the process given by --server.
    pub(crate) server: Option<Server>,
}

/// Use of the server's process within the measured window.
#[derive(Debug, Serialize)]
pub(crate) struct Server {
    pub(crate) cpu_seconds: f64,
    pub(crate) system_seconds: f64,
    pub(crate) cores: f64,
    /// Microseconds of CPU time for each useful packet.
    pub(crate) per_packet: f64,
    /// System calls for each useful packet, if they were counted.
    pub(crate) syscalls: Option<f64>,
    /// Resident memory in MB (10^6 bytes): before the first client, at the end of the window, and some time after the
    /// last client has left.
    pub(crate) memory_before: f64,
    pub(crate) memory: f64,
    pub(crate) memory_after: f64,
    /// What a client added to it, in MB.
    pub(crate) memory_per_client: f64,
    /// The most that it ever was, in MB.
    pub(crate) memory_peak: f64,
}
