//! Audio in large rooms: the loudest peers are forwarded, those that are silent are left out. By peer and not by
//! publication, so that nobody takes several slots.
//!
//! Nobody understands more than a few voices at once, and each costs every subscriber fifty packets a second.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::ids::PeerId;

/// With no more peers with audio all are forwarded.
const ALL_UP_TO: usize = 8;
/// How many are forwarded in a larger room.
const MAX_FORWARDED: usize = 6;
/// Louder than this is audible, in -dBov (RFC 6464): microphones in quiet rooms are at about -60 dBov.
const AUDIBLE: u8 = 50;
/// A peer keeps its slot this long after it was audible: a pause between words.
const HOLD: Duration = Duration::from_secs(2);
/// While all slots are in use, a louder peer takes that of the quietest: by this many dB,
const LOUDER_BY: u8 = 6;
/// and not sooner than this after the quietest got its slot.
const MIN_TURN: Duration = Duration::from_millis(500);
/// A peer without packets for this long does not count.
const GONE_AFTER: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(crate) struct LoudestAudio {
    /// When the last packet of each peer arrived.
    arrived: BTreeMap<PeerId, Instant>,
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    peer: PeerId,
    since: Instant,
    audible_at: Instant,
    /// Smoothed level in -dBov: the lower the louder.
    level: u8,
}

impl LoudestAudio {
    /// Whether a packet with this level in dBov is forwarded. Without a level it always is.
    pub(crate) fn forwards(&mut self, now: Instant, peer: PeerId, level: Option<i8>) -> bool {
        self.arrived.insert(peer, now);
        if self.arrived.len() > ALL_UP_TO {
            self.arrived.retain(|_, at| now.saturating_duration_since(*at) < GONE_AFTER);
        }
        let Some(level) = level.map(i8::unsigned_abs) else {
            return true;
        };
        let audible = level < AUDIBLE;
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.peer == peer) {
            if audible {
                slot.audible_at = now;
                slot.level = slot.level.midpoint(level);
            }
            return true;
        }
        (audible && self.take_slot(now, peer, level)) || self.arrived.len() <= ALL_UP_TO
    }

    /// The first audible packet takes a slot, so that no word begins without its first sound.
    fn take_slot(&mut self, now: Instant, peer: PeerId, level: u8) -> bool {
        let slot = Slot { peer, since: now, audible_at: now, level };
        if self.slots.len() < MAX_FORWARDED {
            self.slots.push(slot);
            return true;
        }
        let is_silent = |slot: &&mut Slot| now.saturating_duration_since(slot.audible_at) >= HOLD;
        let is_quieter = |slot: &&mut Slot| {
            slot.level >= level.saturating_add(LOUDER_BY) && now.saturating_duration_since(slot.since) >= MIN_TURN
        };
        let silent = self.slots.iter_mut().filter(is_silent).min_by_key(|slot| slot.audible_at);
        if let Some(silent) = silent {
            *silent = slot;
            return true;
        }
        let quietest = self.slots.iter_mut().filter(is_quieter).max_by_key(|slot| slot.level);
        quietest.map(|quietest| *quietest = slot).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds a packet of each publication every 20 ms: number and level. Returns which were forwarded last.
    fn feed(loudest: &mut LoudestAudio, now: &mut Instant, packets: u32, levels: &[i8]) -> Vec<usize> {
        let mut forwarded = vec![];
        for _ in 0..packets {
            *now += Duration::from_millis(20);
            forwarded = (0..levels.len())
                .filter(|number| {
                    let level = levels.get(*number).copied();
                    loudest.forwards(*now, PeerId(*number as u64), level)
                })
                .collect();
        }
        forwarded
    }

    #[test]
    fn small_rooms_are_forwarded_whole() {
        let (mut loudest, mut now) = (LoudestAudio::default(), crate::tests::origin());
        assert_eq!(feed(&mut loudest, &mut now, 200, &[-127; 8]).len(), 8);
    }

    #[test]
    fn peer_with_many_loud_publications_takes_one_slot() {
        let (mut loudest, mut now) = (LoudestAudio::default(), crate::tests::origin());
        let mut levels = [-127; 12];
        for _ in 0..9 {
            loudest.forwards(now, PeerId(11), Some(0));
        }
        levels[..5].fill(-40);
        levels[11] = 0;
        assert_eq!(feed(&mut loudest, &mut now, 100, &levels), [0, 1, 2, 3, 4, 11]);
    }

    #[test]
    fn silent_publications_of_a_large_room_are_left_out() {
        let (mut loudest, mut now) = (LoudestAudio::default(), crate::tests::origin());
        let mut levels = [-127; 12];
        assert_eq!(feed(&mut loudest, &mut now, 1, &levels), [0, 1, 2, 3, 4, 5, 6, 7], "the others are not known yet");
        assert_eq!(feed(&mut loudest, &mut now, 200, &levels), []);
        (levels[3], levels[11]) = (-30, -40);
        assert_eq!(feed(&mut loudest, &mut now, 1, &levels), [3, 11], "from the first packet on");
        levels[3] = -127;
        assert_eq!(feed(&mut loudest, &mut now, 500, &levels), [3, 11], "nobody else needs the slot");
    }

    #[test]
    fn places_go_to_the_loudest_after_a_turn() {
        let (mut loudest, mut now) = (LoudestAudio::default(), crate::tests::origin());
        let mut levels = [-127; 12];
        levels[..7].fill(-40);
        levels[2] = -45;
        assert_eq!(feed(&mut loudest, &mut now, 100, &levels), [0, 1, 2, 3, 4, 5], "6 is not louder");
        levels[6] = -38;
        assert_eq!(feed(&mut loudest, &mut now, 2, &levels), [0, 1, 3, 4, 5, 6]);
        levels[2] = -30;
        assert_eq!(feed(&mut loudest, &mut now, 20, &levels), [0, 1, 2, 3, 4, 6], "5 had its turn");
        levels[1..7].fill(-127);
        levels[7..12].fill(-49);
        feed(&mut loudest, &mut now, 120, &levels);
        assert_eq!(feed(&mut loudest, &mut now, 1, &levels), [0, 7, 8, 9, 10, 11], "what is silent gives way");
    }

    #[test]
    fn slot_is_kept_for_half_a_second() {
        let (mut loudest, mut now) = (LoudestAudio::default(), crate::tests::origin());
        let mut levels = [-127; 12];
        levels[..6].fill(-40);
        feed(&mut loudest, &mut now, 1, &levels);
        levels[7] = -10;
        let turn = u32::try_from(MIN_TURN.as_millis() / 20).unwrap();
        assert_eq!(feed(&mut loudest, &mut now, turn - 1, &levels), [0, 1, 2, 3, 4, 5], "7 is louder, and too early");
        assert!(feed(&mut loudest, &mut now, 1, &levels).contains(&7));
    }

    #[test]
    fn publications_that_are_gone_do_not_count() {
        let (mut loudest, mut now) = (LoudestAudio::default(), crate::tests::origin());
        feed(&mut loudest, &mut now, 10, &[-127; 12]);
        assert_eq!(feed(&mut loudest, &mut now, 510, &[-127; 3]), [0, 1, 2]);
    }
}
