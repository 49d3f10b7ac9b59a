//! Frames that wait until a TCP connection takes them.
//!
//! Packets are dropped as a router would drop them, whole: the newest when too much waits, and what has waited too
//! long. A frame that is partly sent stays, or the other side would lose the framing.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::time::{Duration, Instant};

use super::rfc4571;

/// Bytes that wait: 400 ms at 5 Mbit/s.
const MAX_BYTES: usize = 256 * 1024;
/// Media that is later than this is of no use, and RTCP and DTLS are sent again.
const MAX_AGE: Duration = Duration::from_millis(400);

#[derive(Debug, Default)]
pub(crate) struct FrameQueue {
    bytes: VecDeque<u8>,
    /// When each frame was queued, and its length with its header.
    frames: VecDeque<(Instant, usize)>,
    /// Bytes of the first frame that are sent already, and no longer in `bytes`.
    sent_of_first: usize,
}

impl FrameQueue {
    /// Adds a packet; false if it is dropped because too much waits.
    pub(crate) fn push(&mut self, now: Instant, packet: &[u8]) -> bool {
        let length = rfc4571::HEADER + packet.len();
        let is_accepted = packet.len() <= rfc4571::MAX_PACKET && self.bytes.len() + length <= MAX_BYTES;
        if is_accepted {
            rfc4571::append(&mut self.bytes, packet);
            self.frames.push_back((now, length));
        }
        is_accepted
    }

    /// Drops the frames that have waited too long, and returns how many.
    pub(crate) fn drop_late(&mut self, now: Instant) -> usize {
        let kept = usize::from(self.sent_of_first > 0);
        let is_late = |(at, _): &&(Instant, usize)| now.saturating_duration_since(*at) > MAX_AGE;
        let late = self.frames.iter().skip(kept).take_while(is_late).count();
        if late > 0 {
            let start: usize = self.frames.iter().take(kept).map(|(_, length)| length - self.sent_of_first).sum();
            let dropped: usize = self.frames.drain(kept..kept + late).map(|(_, length)| length).sum();
            self.bytes.drain(start..start + dropped);
        }
        late
    }

    /// Everything that waits, for one `writev`.
    pub(crate) fn slices(&self) -> [IoSlice<'_>; 2] {
        let (first, second) = self.bytes.as_slices();
        [IoSlice::new(first), IoSlice::new(second)]
    }

    /// The connection has taken this many bytes. Returns how many frames are complete with them.
    pub(crate) fn consume(&mut self, bytes: usize) -> usize {
        self.bytes.drain(..bytes);
        self.sent_of_first += bytes;
        let mut complete = 0;
        while let Some((_, length)) = self.frames.pop_front_if(|(_, length)| *length <= self.sent_of_first) {
            self.sent_of_first -= length;
            complete += 1;
        }
        if self.bytes.is_empty() {
            // Give the memory of a congested time back.
            self.bytes.shrink_to(16 * 1024);
        }
        complete
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::transport::{Framer, FramingError};

    #[expect(clippy::disallowed_methods, reason = "origin of the test's time")]
    fn start() -> Instant {
        Instant::now()
    }

    /// Takes up to `most` bytes, as a connection does.
    fn take(queue: &mut FrameQueue, most: usize) -> Vec<u8> {
        let bytes: Vec<u8> = queue.slices().iter().flat_map(|slice| slice.to_vec()).take(most).collect();
        queue.consume(bytes.len());
        bytes
    }

    #[test]
    fn newest_packet_is_dropped_when_too_much_waits() {
        let (now, mut queue) = (start(), FrameQueue::default());
        let accepted = (0..1_000).filter(|_| queue.push(now, &[1; 1_198])).count();
        assert_eq!(accepted, MAX_BYTES / 1_200);
        assert_eq!(take(&mut queue, 5_000).len(), 5_000);
        assert!(queue.push(now, &[1; 1_198]), "there is space again");
    }

    #[test]
    fn late_frames_are_dropped_but_a_begun_one_is_finished() {
        let (now, mut queue) = (start(), FrameQueue::default());
        for number in 0..5 {
            queue.push(now + Duration::from_millis(100) * number, &[number as u8; 10]);
        }
        assert_eq!(take(&mut queue, 5), [0, 10, 0, 0, 0]);
        assert_eq!(queue.drop_late(now + Duration::from_millis(400)), 0);
        assert_eq!(queue.drop_late(now + Duration::from_millis(650)), 2, "of 100 and 200 ms");
        let rest = take(&mut queue, 1_000);
        assert_eq!(rest.len(), 7 + 2 * 12);
        assert_eq!((rest[0], rest[9], rest[21]), (0, 3, 4), "the rest of the first, then the two newest");
        assert!(queue.is_empty() && queue.frames.is_empty());
    }

    #[test]
    fn packet_that_no_receiver_accepts_is_not_framed() {
        let mut queue = FrameQueue::default();
        assert!(!queue.push(start(), &[0; rfc4571::MAX_PACKET + 1]));
        assert!(queue.is_empty());
    }

    proptest! {
        #[test]
        fn whatever_is_dropped_the_stream_is_whole_frames(
            steps in prop::collection::vec((1..1_500_usize, 0..200_u64, 0..4_000_usize), 1..200)
        ) {
            let (mut now, mut queue, mut stream) = (start(), FrameQueue::default(), Vec::new());
            for (number, (size, wait, most)) in steps.iter().enumerate() {
                now += Duration::from_millis(*wait);
                queue.push(now, &vec![number as u8; *size]);
                queue.drop_late(now);
                stream.extend(take(&mut queue, *most));
                prop_assert!(queue.bytes.len() <= MAX_BYTES);
            }
            stream.extend(take(&mut queue, usize::MAX));
            let (mut framer, mut last) = (Framer::default(), None);
            let whole = framer.push(&stream, |packet| {
                let number = packet.first().copied();
                let is_next = last < number && packet.iter().all(|byte| Some(*byte) == number);
                last = number;
                if is_next { Ok(()) } else { Err(FramingError) }
            });
            prop_assert!(whole.is_ok() && framer.buffered() == 0);
        }
    }
}
