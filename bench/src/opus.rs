//! A microphone: packets of 20 ms at a constant bit rate. The bytes are no Opus; no server decodes them.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::plan::Turns;
use crate::stamp::{self, Stamp};

const PACKET: Duration = Duration::from_millis(20);
/// Samples of a packet at 48 kHz.
const SAMPLES: u32 = 960;
/// The level of a microphone in silence, in dBov.
const SILENCE: i8 = -70;

/// The sending side of one microphone.
pub(crate) struct Microphone {
    stamp: Stamp,
    start: Instant,
    packet: Vec<u8>,
    /// `None`: the participant speaks all the time.
    turns: Option<Turns>,
    /// Numbers of the packets in which the participant speaks.
    audible: Vec<Range<u32>>,
}

/// One packet.
pub(crate) struct AudioPacket<'a> {
    pub(crate) payload: &'a [u8],
    /// On the 48 kHz clock.
    pub(crate) time: u32,
    pub(crate) number: u32,
    /// In dBov.
    pub(crate) level: i8,
}

impl Microphone {
    /// Sends its first packet at `start`.
    pub(crate) fn new(room: u32, source: u32, bits_per_second: u32, turns: Option<Turns>, start: Instant) -> Self {
        let length = (bits_per_second / 8 / 50) as usize;
        let mut packet = vec![0x5A; length.max(stamp::LENGTH + 1)];
        packet[0] = 0x78; // fullband, 20 ms, one frame (RFC 6716 section 3.1)
        Self { stamp: Stamp { room, source, number: 0, sent: 0 }, start, packet, turns, audible: Vec::new() }
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

    /// Numbers of the packets that every server should forward: it may leave out a silent microphone.
    pub(crate) fn audible(&self) -> &[Range<u32>] {
        &self.audible
    }

    /// The next packet. `now`: nanoseconds since 1970.
    pub(crate) fn packet(&mut self, now: u64) -> AudioPacket<'_> {
        let number = self.stamp.number;
        self.stamp.sent = now;
        self.stamp.write(&mut self.packet);
        self.stamp.number += 1;
        let speaks = self.turns.is_none_or(|turns| turns.speaks(now));
        if speaks {
            match self.audible.last_mut() {
                Some(audible) if audible.end == number => audible.end += 1,
                _ => self.audible.push(number..number + 1),
            }
        }
        let level = if speaks { self.voice() } else { SILENCE };
        AudioPacket { payload: &self.packet, time: number.wrapping_mul(SAMPLES), number, level }
    }

    /// No two people are equally loud.
    fn voice(&self) -> i8 {
        -20 - (self.stamp.source * 7 % 20) as i8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_kilobits_are_fifty_packets_of_a_hundred_bytes() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let mut microphone = Microphone::new(1, 2, 40_000, None, start);
        for number in 0..50 {
            assert_eq!(microphone.due(), start + PACKET * number);
            let packet = microphone.packet(5);
            assert_eq!((packet.payload.len(), packet.time), (100, number * SAMPLES));
            assert_eq!(Stamp::read(packet.payload), Some(Stamp { room: 1, source: 2, number, sent: 5 }));
        }
        assert_eq!(microphone.due(), start + Duration::from_secs(1));
        assert_eq!(microphone.audible(), std::slice::from_ref(&(0..50)));
    }

    #[test]
    fn only_audible_packets_must_arrive() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let turns = Turns { place: 1, people: 9 };
        let mut microphone = Microphone::new(1, 2, 40_000, Some(turns), start);
        let levels: Vec<i8> = (0..20 * 50).map(|number| microphone.packet(number * 20_000_000).level).collect();
        let loud = |number: &u32| levels[*number as usize] > -50;
        assert_eq!(microphone.audible(), [0..200, 800..1_000], "three turns of nine, of two seconds each");
        assert!((0..1_000).all(|number| loud(&number) == microphone.audible().iter().any(|of| of.contains(&number))));
    }
}
