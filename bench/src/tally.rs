//! What arrived: exact loss, duplicates, leaks and delay within the measured window.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::histogram::Histogram;
use crate::stamp::Stamp;

/// The packets that one client received of one source.
#[derive(Default)]
pub(crate) struct Received {
    /// One bit per packet number.
    seen: Vec<u64>,
    /// Numbers that are still to be checked for gaps, up to the highest at the last check; then the highest now.
    unchecked: Option<Range<u32>>,
    end: u32,
}

impl Received {
    /// False: it has arrived before.
    fn insert(&mut self, number: u32) -> bool {
        self.unchecked.get_or_insert(number..number);
        self.end = self.end.max(number + 1);
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        if self.seen.len() <= word {
            self.seen.resize(word + 1, 0);
        }
        let new = self.seen[word] & bit == 0;
        self.seen[word] |= bit;
        new
    }

    /// Whether a packet is missing that should have arrived, or been sent again, between the last two calls.
    pub(crate) fn has_gap(&mut self) -> bool {
        let Some(unchecked) = self.unchecked.clone() else { return false };
        self.unchecked = Some(unchecked.end..self.end);
        self.count(unchecked.clone()) < u64::from(unchecked.end - unchecked.start)
    }

    /// How many of these numbers arrived.
    pub(crate) fn count(&self, numbers: Range<u32>) -> u64 {
        let seen =
            |number: &u32| self.seen.get(*number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1);
        numbers.filter(seen).count() as u64
    }
}

/// Everything that one client received, by source.
pub(crate) type Sources = BTreeMap<u32, Received>;

/// What all clients received.
#[derive(Default)]
pub(crate) struct Tally {
    /// Start and end of the measured window, in nanoseconds since 1970; the end is open while it is measured.
    pub(crate) window: Option<(u64, u64)>,
    /// One-way delays of packets sent within the window.
    pub(crate) delay: Histogram,
    /// Packets that had arrived before.
    pub(crate) duplicates: u64,
    /// Packets of another room.
    pub(crate) leaked: u64,
    /// First arrivals of packets.
    pub(crate) useful: u64,
    /// Datagrams received, by protocol.
    pub(crate) datagrams: Datagrams,
}

/// Datagrams by protocol (RFC 7983; RFC 5761 for RTCP).
#[derive(Clone, Copy, Default)]
pub(crate) struct Datagrams {
    pub(crate) rtp: u64,
    pub(crate) rtcp: u64,
    pub(crate) stun: u64,
    pub(crate) dtls: u64,
}

impl Datagrams {
    pub(crate) fn total(self) -> u64 {
        self.rtp + self.rtcp + self.stun + self.dtls
    }
}

impl Tally {
    /// One datagram arrived.
    pub(crate) fn datagram(&mut self, bytes: &[u8]) {
        if !self.is_measuring() {
            return;
        }
        match bytes {
            [0..=3, ..] => self.datagrams.stun += 1,
            [128..=191, 192..=223, ..] => self.datagrams.rtcp += 1,
            [128..=191, ..] => self.datagrams.rtp += 1,
            _ => self.datagrams.dtls += 1,
        }
    }

    /// One RTP packet arrived at `now`, in nanoseconds since 1970, at a client of this room. Returns its source.
    pub(crate) fn packet(&mut self, now: u64, room: u32, sources: &mut Sources, payload: &[u8]) -> Option<u32> {
        let stamp = Stamp::read(payload)?;
        if stamp.room != room {
            self.leaked += 1;
            return None;
        }
        let new = sources.entry(stamp.source).or_default().insert(stamp.number);
        let Some((start, end)) = self.window else { return Some(stamp.source) };
        match new {
            true => self.useful += u64::from(self.is_measuring()),
            false => self.duplicates += 1,
        }
        if new && (start..end).contains(&stamp.sent) {
            self.delay.record(now.saturating_sub(stamp.sent));
        }
        Some(stamp.source)
    }

    pub(crate) fn is_measuring(&self) -> bool {
        self.window.is_some_and(|(_, end)| end == u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamp;

    fn payload(room: u32, number: u32, sent: u64) -> Vec<u8> {
        let mut payload = vec![0; stamp::LENGTH + 3];
        Stamp { room, source: 4, number, sent }.write(&mut payload);
        payload
    }

    #[test]
    fn loss_and_duplicates_are_exact() {
        let (mut tally, mut sources) = (Tally { window: Some((0, u64::MAX)), ..Tally::default() }, Sources::new());
        for number in [0, 1, 2, 2, 5, 130, 1] {
            tally.packet(0, 1, &mut sources, &payload(1, number, 0));
        }
        assert_eq!((tally.useful, tally.duplicates), (5, 2));
        assert_eq!(sources[&4].count(0..3), 3);
        assert_eq!(sources[&4].count(3..131), 2);
        assert_eq!(sources[&4].count(131..900), 0);
    }

    #[test]
    fn a_gap_is_found_once_and_not_before_it_could_be_filled() {
        let (mut tally, mut sources) = (Tally::default(), Sources::new());
        let mut receive = |numbers: &[u32]| {
            for number in numbers {
                tally.packet(0, 1, &mut sources, &payload(1, *number, 0));
            }
            sources.get_mut(&4).unwrap().has_gap()
        };
        assert!(!receive(&[100, 101, 103]), "102 may still come");
        assert!(!receive(&[102, 104, 106]), "102 came, 105 may still come");
        assert!(receive(&[107]), "105 did not come");
        assert!(!receive(&[108]), "only once");
    }

    #[test]
    fn packet_of_another_room_is_a_leak() {
        let (mut tally, mut sources) = (Tally::default(), Sources::new());
        tally.packet(0, 1, &mut sources, &payload(2, 0, 0));
        assert_eq!((tally.leaked, sources.len()), (1, 0));
    }

    #[test]
    fn only_packets_sent_within_the_window_have_a_delay() {
        let (mut tally, mut sources) = (Tally { window: Some((100, 200)), ..Tally::default() }, Sources::new());
        for (number, sent) in [(0, 99), (1, 100), (2, 199), (3, 200)] {
            tally.packet(sent + 50, 1, &mut sources, &payload(1, number, sent));
        }
        assert_eq!((tally.delay.percentile(1.0), tally.useful), (50, 0));
    }

    #[test]
    fn datagrams_are_counted_by_protocol() {
        let mut tally = Tally { window: Some((0, u64::MAX)), ..Tally::default() };
        for bytes in [[0, 1], [0x80, 96], [0x90, 111], [0x80, 200], [0x81, 205], [22, 254]] {
            tally.datagram(&bytes);
        }
        let Datagrams { rtp, rtcp, stun, dtls } = tally.datagrams;
        assert_eq!((rtp, rtcp, stun, dtls), (2, 2, 1, 1));
    }
}
