//! How much one peer may send, decided before anything is decrypted, so that a peer that floods costs the others
//! almost nothing.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use foldhash::fast::RandomState;

use super::stats::Counter;

/// SSRCs of one peer in its life, of packets that were authenticated. str0m keeps an entry for each, and never removes
/// one. A layer uses two, and a day of muting and sharing screens some hundreds.
const MAX_SSRCS: usize = 1_000;

/// Kinds of packets, by their first byte (RFC 7983 section 7) and the RTCP packet type (RFC 5761 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stun,
    /// Handshake, alerts and acknowledgements of DTLS.
    DtlsHandshake,
    /// Encrypted data: of data channels, and the handshake of DTLS 1.3 once it is encrypted.
    DtlsData,
    Rtp,
    Rtcp,
    /// RTP of an SSRC of which no packet has been authenticated. Packets with the forged address of a peer use up this
    /// budget, and not the one for the SSRCs that only the peer knows.
    UnknownRtp,
}

impl Kind {
    fn of(packet: &[u8]) -> Option<Self> {
        match packet {
            [0..=3, ..] => Some(Self::Stun),
            // Content types (RFC 9147 section 4): application_data and the unified header of DTLS 1.3.
            [23 | 32..=63, ..] => Some(Self::DtlsData),
            [20..=31, ..] => Some(Self::DtlsHandshake),
            [128..=191, 192..=223, ..] => Some(Self::Rtcp),
            [128..=191, ..] => Some(Self::Rtp),
            _ => None,
        }
    }

    fn rate(self) -> Rate {
        match self {
            // A check every 50 ms while a pair is nominated, then one every 2 s (RFC 8445 section 14).
            Self::Stun => Rate::per_second(50, 50_000, 2),
            // A ClientHello costs a signature and a key exchange; a whole handshake is some ten packets.
            Self::DtlsHandshake => Rate::per_second(50, 100_000, 2),
            // A file at 10 Mbit/s is 1,000 packets a second.
            Self::DtlsData => Rate::per_second(2_000, 2_000_000, 1),
            // 1080p simulcast, a shared screen at 30 frames a second and stereo sound are 11 Mbit/s; resends and
            // probes come on top.
            Self::Rtp => Rate::per_second(3_000, 3_000_000, 1),
            // A viewer of 25 cameras on a line that loses 10 % sends some hundred NACKs a second.
            Self::Rtcp => Rate::per_second(500, 128_000, 2),
            // One packet makes an SSRC known, if the handshake is complete.
            Self::UnknownRtp => Rate::per_second(100, 150_000, 2),
        }
    }

    fn dropped(self) -> Counter {
        match self {
            Self::Stun => Counter::DroppedStunBudget,
            Self::DtlsHandshake => Counter::DroppedDtlsHandshakeBudget,
            Self::DtlsData => Counter::DroppedDtlsDataBudget,
            Self::Rtp => Counter::DroppedRtpBudget,
            Self::Rtcp => Counter::DroppedRtcpBudget,
            Self::UnknownRtp => Counter::DroppedUnknownSsrc,
        }
    }
}

/// A rate in packets and in bytes: a packet uses up the larger of its two shares.
#[derive(Debug, Clone, Copy)]
struct Rate {
    per_packet: Duration,
    per_byte: Duration,
    /// What may come at once after a silence, as time at the full rate.
    burst: Duration,
}

impl Rate {
    const fn per_second(packets: u64, bytes: u64, burst_seconds: u64) -> Self {
        Self {
            per_packet: Duration::from_nanos(1_000_000_000 / packets),
            per_byte: Duration::from_nanos(1_000_000_000 / bytes),
            burst: Duration::from_secs(burst_seconds),
        }
    }
}

/// A token bucket in the form of an instant (GCRA, ITU-T I.371): when the bucket is full again.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    full_at: Instant,
}

impl Bucket {
    fn take(&mut self, now: Instant, rate: Rate, length: usize) -> bool {
        let bytes = u32::try_from(length).unwrap_or(u32::MAX);
        let full_at = self.full_at.max(now) + rate.per_packet.max(rate.per_byte * bytes);
        let is_within = full_at <= now + rate.burst;
        if is_within {
            self.full_at = full_at;
        }
        is_within
    }
}

/// The peer has sent authentic RTP with more SSRCs than any client uses: it is to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManySsrcs;

/// The budget of one peer.
#[derive(Debug)]
pub(crate) struct InboundBudget {
    buckets: [Bucket; 6],
    /// Those of authenticated packets.
    ssrcs: HashSet<u32, RandomState>,
    last_ssrc: Option<u32>,
    ended: bool,
}

impl InboundBudget {
    pub(crate) fn new(now: Instant) -> Self {
        let buckets = [Bucket { full_at: now }; 6];
        Self { buckets, ssrcs: HashSet::default(), last_ssrc: None, ended: false }
    }

    /// Takes a packet out of the budget of its kind; the counter of what is dropped if it is spent.
    pub(crate) fn take(&mut self, now: Instant, packet: &[u8]) -> Result<(), Counter> {
        let kind = match Kind::of(packet).ok_or(Counter::DroppedUnknownProtocol)? {
            Kind::Rtp if !self.knows_ssrc(packet) => Kind::UnknownRtp,
            kind => kind,
        };
        let is_within = !self.ended && self.buckets[kind as usize].take(now, kind.rate(), packet.len());
        if is_within { Ok(()) } else { Err(kind.dropped()) }
    }

    /// This packet proved to come from the peer. After too many SSRCs nothing of the peer is delivered any more.
    pub(crate) fn authenticated(&mut self, packet: &[u8]) -> Result<(), TooManySsrcs> {
        if Kind::of(packet) != Some(Kind::Rtp) || self.knows_ssrc(packet) {
            return Ok(());
        }
        self.last_ssrc = ssrc(packet);
        self.ssrcs.extend(self.last_ssrc);
        self.ended = self.ssrcs.len() > MAX_SSRCS;
        if self.ended { Err(TooManySsrcs) } else { Ok(()) }
    }

    fn knows_ssrc(&mut self, packet: &[u8]) -> bool {
        let Some(ssrc) = ssrc(packet) else { return false };
        if self.last_ssrc == Some(ssrc) {
            return true;
        }
        let known = self.ssrcs.contains(&ssrc);
        if known {
            self.last_ssrc = Some(ssrc);
        }
        known
    }

    /// Entries that grow with what the peer sends.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn size(&self) -> usize {
        self.ssrcs.len()
    }
}

/// The SSRC of an RTP packet (RFC 3550 section 5.1).
fn ssrc(packet: &[u8]) -> Option<u32> {
    packet.get(8..12).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "origin of the test's time")]
    fn start() -> Instant {
        Instant::now()
    }

    fn rtp(ssrc: u32, size: usize) -> Vec<u8> {
        let mut packet = vec![0x80, 96, 0, 1, 0, 0, 0, 0];
        packet.extend(ssrc.to_be_bytes());
        packet.resize(size, 0);
        packet
    }

    /// A budget that knows these SSRCs.
    fn budget(now: Instant, ssrcs: std::ops::Range<u32>) -> InboundBudget {
        let mut budget = InboundBudget::new(now);
        ssrcs.for_each(|ssrc| budget.authenticated(&rtp(ssrc, 100)).unwrap());
        budget
    }

    /// Sends `packet` every `1 / per_second` for `seconds` and returns how many were delivered.
    fn delivered(budget: &mut InboundBudget, from: Instant, packet: &[u8], per_second: u32, seconds: u32) -> u32 {
        let times = (0..per_second * seconds).map(|n| from + Duration::from_secs(1) * n / per_second);
        times.filter(|at| budget.take(*at, packet).is_ok()).count() as u32
    }

    #[test]
    fn kind_is_known_by_the_first_bytes() {
        let of = |bytes: &[u8]| Kind::of(bytes);
        assert_eq!([of(&[0, 1]), of(&[3])], [Some(Kind::Stun); 2]);
        assert_eq!([of(&[20]), of(&[22, 254]), of(&[26])], [Some(Kind::DtlsHandshake); 3]);
        assert_eq!([of(&[23, 254]), of(&[32]), of(&[63])], [Some(Kind::DtlsData); 3]);
        assert_eq!([of(&[0x80, 96]), of(&[0x90, 0xe0]), of(&[0x80, 191]), of(&[128])], [Some(Kind::Rtp); 4]);
        assert_eq!([of(&[0x80, 200]), of(&[0x81, 223])], [Some(Kind::Rtcp); 2]);
        assert_eq!([of(&[]), of(&[4]), of(&[64]), of(&[200])], [None; 4]);
    }

    #[test]
    fn camera_screen_and_sound_of_one_client_never_meet_the_budget() {
        let now = start();
        let mut budget = budget(now, 1..6);
        // In every second a keyframe of the screen comes at once; in all 11 Mbit/s.
        let streams = [(2, 1_150, 800_u32), (3, 1_100, 130), (4, 900, 50), (5, 120, 50)];
        let steady = streams.iter().flat_map(|(ssrc, size, per_second)| {
            (0..*per_second).map(move |n| (Duration::from_secs(1) * n / *per_second, rtp(*ssrc, *size)))
        });
        let keyframe = (0..250).map(|_| (Duration::ZERO, rtp(1, 1_200)));
        let mut second: Vec<_> = steady.chain(keyframe).collect();
        second.sort();
        for number in 0..30 {
            for (at, packet) in &second {
                assert_eq!(budget.take(now + Duration::from_secs(number) + *at, packet), Ok(()), "{at:?}");
            }
        }
    }

    #[test]
    fn file_transfer_at_ten_megabits_passes() {
        let now = start();
        let mut budget = InboundBudget::new(now);
        let mut packet = vec![23, 254, 253];
        packet.resize(1_200, 0);
        assert_eq!(delivered(&mut budget, now, &packet, 1_100, 30), 33_000);
    }

    #[test]
    fn flood_of_one_kind_is_cut_to_its_rate_and_stops_no_other() {
        let now = start();
        let mut budget = budget(now, 1..2);
        let mut stun = vec![0, 1];
        stun.resize(100, 0);
        for (packet, per_second, burst) in [
            (stun, 50, 2),
            (vec![22; 100], 50, 2),
            (vec![23; 100], 2_000, 1),
            (rtp(1, 200), 3_000, 1),
            (vec![0x80, 205, 0, 1], 500, 2),
            (rtp(2, 200), 100, 2),
        ] {
            let passed = delivered(&mut budget, now, &packet, 30_000, 10);
            let most = per_second * (10 + burst);
            assert!((most - most / 50..=most).contains(&passed), "{passed} of {most}: {packet:?}");
        }
        let mut full = self::budget(now, 1..2);
        let passed = delivered(&mut full, now, &rtp(1, 1_500), 30_000, 10);
        assert!((22_000 - 200..=22_022).contains(&passed), "{passed} packets of 1,500 bytes in 10 s at 24 Mbit/s");
    }

    #[test]
    fn forged_ssrcs_leave_the_budget_of_known_ones_and_end_nobody() {
        let now = start();
        let mut budget = budget(now, 1..2);
        for number in 0..30_000 {
            let at = now + Duration::from_micros(100) * number;
            let _ = budget.take(at, &rtp(1_000 + number, 1_200));
            if number % 100 == 0 {
                assert_eq!(budget.take(at, &rtp(1, 1_200)), Ok(()), "{number}");
            }
        }
        assert_eq!(budget.size(), 1);
        let later = now + Duration::from_secs(5);
        assert_eq!(budget.take(later, &rtp(7, 1_200)), Ok(()), "a new SSRC of the peer");
        assert_eq!(budget.authenticated(&rtp(7, 1_200)), Ok(()));
        assert_eq!(delivered(&mut budget, later, &rtp(7, 1_000), 1_000, 2), 2_000);
    }

    #[test]
    fn first_packets_of_a_keyframe_on_a_new_ssrc_are_not_dropped() {
        let now = start();
        let mut budget = InboundBudget::new(now);
        for ssrc in 0..20 {
            for _ in 0..60 {
                assert_eq!(budget.take(now, &rtp(ssrc, 1_200)), Ok(()));
                budget.authenticated(&rtp(ssrc, 1_200)).unwrap();
            }
        }
    }

    #[test]
    fn peer_with_too_many_ssrcs_is_ended_once() {
        let now = start();
        let mut budget = InboundBudget::new(now);
        let mut overruns = 0;
        for ssrc in 0..5_000 {
            let at = now + Duration::from_millis(20) * ssrc;
            if budget.take(at, &rtp(ssrc, 100)).is_ok() {
                overruns += u32::from(budget.authenticated(&rtp(ssrc, 100)).is_err());
            }
            assert!(budget.size() <= MAX_SSRCS + 1);
        }
        assert_eq!(overruns, 1);
        assert_eq!(budget.take(now + Duration::from_secs(600), &rtp(0, 100)), Err(Counter::DroppedRtpBudget));
    }
}
