//! Receive times of datagrams from the kernel (`SO_TIMESTAMPNS`).
//!
//! A busy thread reads late, and several datagrams at once. A sender's bandwidth probe measures the gaps between them
//! (draft-holmer-rmcat-transport-wide-cc-extensions): with the time of reading all gaps would be zero, probes would
//! fail, and video would stay small for a quarter of a minute.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::socket::{SockaddrStorage, setsockopt, sockopt};
use nix::sys::time::TimeSpec;

/// No datagram waits longer than this to be read. A larger age means that the system clock was set.
const MAX_AGE: Duration = Duration::from_secs(2);

/// Both clocks at one moment: the kernel stamps with the system clock, the rooms use the monotonic one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    rooms: Instant,
    kernel: Duration,
}

impl Clocks {
    #[expect(clippy::disallowed_methods, reason = "source of the rooms' time")]
    pub(crate) fn now() -> Self {
        Self { rooms: Instant::now(), kernel: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() }
    }

    /// The instant at which the system clock showed this.
    pub(crate) fn instant(self, shown: Option<Duration>) -> Instant {
        let Some(shown) = shown else { return self.rooms };
        let waited = self.kernel.saturating_sub(shown);
        let instant = if waited < MAX_AGE { self.rooms.checked_sub(waited) } else { None };
        instant.unwrap_or(self.rooms)
    }
}

/// Makes the kernel stamp each received datagram.
pub(crate) fn enable(socket: &std::net::UdpSocket) -> io::Result<()> {
    setsockopt(socket, sockopt::ReceiveTimestampns, &true).map_err(io::Error::from)
}

/// A buffer for the control message with the receive time.
pub(crate) fn control() -> Vec<u8> {
    nix::cmsg_space!(TimeSpec)
}

pub(crate) fn since_1970(time: TimeSpec) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec()).unwrap_or_default())
}

pub(crate) fn socket_address(address: &SockaddrStorage) -> Option<SocketAddr> {
    let four = address.as_sockaddr_in().map(|four| SocketAddr::V4((*four).into()));
    four.or_else(|| address.as_sockaddr_in6().map(|six| SocketAddr::V6((*six).into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_read_at_once_keep_the_gap_between_them() {
        let clocks = Clocks::now();
        let (gap, waited) = (Duration::from_millis(20), Duration::from_millis(3));
        let first = clocks.instant(Some(clocks.kernel - waited - gap));
        let second = clocks.instant(Some(clocks.kernel - waited));
        assert_eq!((second - first, clocks.rooms - second), (gap, waited));
    }

    #[test]
    fn a_system_clock_that_was_set_is_ignored() {
        let clocks = Clocks::now();
        assert_eq!(clocks.instant(Some(clocks.kernel + Duration::from_secs(9))), clocks.rooms, "back");
        assert_eq!(clocks.instant(Some(Duration::ZERO)), clocks.rooms, "forward");
        assert_eq!(clocks.instant(None), clocks.rooms, "no time from the kernel");
    }
}
