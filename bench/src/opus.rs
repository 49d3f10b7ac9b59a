//! A microphone: packets of 20 ms at a constant bit rate. The bytes are no Opus; no server decodes them.

use std::time::{Duration, Instant};

use crate::stamp::{self, Stamp};

const PACKET: Duration = Duration::from_millis(20);
/// Samples of a packet at 48 kHz.
const SAMPLES: u32 = 960;

/// The sending side of one microphone.
pub(crate) struct Microphone {
    stamp: Stamp,
    start: Instant,
    packet: Vec<u8>,
}

/// One packet.
pub(crate) struct AudioPacket<'a> {
    pub(crate) payload: &'a [u8],
    /// On the 48 kHz clock.
    pub(crate) time: u32,
    pub(crate) number: u32,
}

impl Microphone {
    /// Sends its first packet at `start`.
    pub(crate) fn new(room: u32, source: u32, bits_per_second: u32, start: Instant) -> Self {
        let length = (bits_per_second / 8 / 50) as usize;
        let mut packet = vec![0x5A; length.max(stamp::LENGTH + 1)];
        packet[0] = 0x78; // fullband, 20 ms, one frame (RFC 6716 section 3.1)
        Self { stamp: Stamp { room, source, number: 0, sent: 0 }, start, packet }
    }

    /// When the next packet is to be sent.
    pub(crate) fn due(&self) -> Instant {
        self.start + PACKET * self.stamp.number
    }

    /// Packets sent so far.
    pub(crate) fn sent(&self) -> u32 {
        self.stamp.number
    }

    pub(crate) fn source(&self) -> u32 {
        self.stamp.source
    }

    /// The next packet. `now`: nanoseconds since 1970.
    pub(crate) fn packet(&mut self, now: u64) -> AudioPacket<'_> {
        let number = self.stamp.number;
        self.stamp.sent = now;
        self.stamp.write(&mut self.packet);
        self.stamp.number += 1;
        AudioPacket { payload: &self.packet, time: number.wrapping_mul(SAMPLES), number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_kilobits_are_fifty_packets_of_a_hundred_bytes() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let mut microphone = Microphone::new(1, 2, 40_000, start);
        for number in 0..50 {
            assert_eq!(microphone.due(), start + PACKET * number);
            let packet = microphone.packet(5);
            assert_eq!((packet.payload.len(), packet.time), (100, number * SAMPLES));
            assert_eq!(Stamp::read(packet.payload), Some(Stamp { room: 1, source: 2, number, sent: 5 }));
        }
        assert_eq!(microphone.due(), start + Duration::from_secs(1));
    }
}
