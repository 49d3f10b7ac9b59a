//! What one receiver's network can take, and what is sent of the pictures in consequence.
//!
//! str0m estimates from the feedback on every packet (TWCC); here the estimate becomes layers. Sound is
//! counted and never touched.

use std::time::{Duration, Instant};

use crate::config::FIRST_GUESS;
use crate::rtp::bitrate::Rate;

/// str0m's estimate does not count the headers of packets: pictures get this share, in percent.
const FOR_PAYLOAD: u64 = 92;
/// How often the layers are thought about anew.
pub(crate) const AGAIN: Duration = Duration::from_millis(250);
/// Where nobody sends pictures there is nothing to think about until somebody does.
pub(crate) const IDLE: Duration = Duration::from_secs(60);
/// Who has just gone down stays there for so long: the network is still emptying its queues.
pub(crate) const CALM: Duration = Duration::from_secs(2);
/// So long must even the lowest layer not fit before it is held back.
pub(crate) const PATIENCE: Duration = Duration::from_millis(1_500);
/// While less is sent than is wanted, the estimate is made to look for more this often.
const LOOK: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(crate) struct Bandwidth {
    estimate: u64,
    /// The network has answered at least once; before that nothing is held back.
    known: bool,
    pub(crate) sound: Rate,
    pub(crate) next: Option<Instant>,
    pub(crate) lowered: Option<Instant>,
    looked: Option<Instant>,
    desired: u64,
    further: bool,
    /// Less is sent than is wanted.
    pub(crate) short: bool,
}

impl Default for Bandwidth {
    fn default() -> Self {
        Self {
            estimate: FIRST_GUESS,
            known: false,
            sound: Rate::default(),
            next: None,
            lowered: None,
            looked: None,
            desired: 0,
            further: false,
            short: false,
        }
    }
}

impl Bandwidth {
    pub(crate) fn estimated(&mut self, bits_per_second: u64) {
        self.known |= bits_per_second != FIRST_GUESS;
        if bits_per_second < self.estimate {
            self.next = None;
        }
        self.estimate = bits_per_second;
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// Pictures are sent: from now on they are thought about.
    pub(crate) fn sends(&mut self, now: Instant) {
        if self.next.is_some_and(|next| next > now + AGAIN) {
            self.next = None;
        }
    }

    /// Somebody's wishes have changed.
    pub(crate) fn think(&mut self) {
        self.next = None;
    }

    /// What is left for pictures, and what the lowest layers may cost before they are held back.
    ///
    /// A moment's congestion sets the estimate to less than what is just being sent, however little that is:
    /// only when half of it would not fit has the network really broken down.
    pub(crate) fn for_pictures(&self) -> (u64, u64) {
        if !self.known {
            return (u64::MAX >> 8, u64::MAX >> 8);
        }
        let payload = self.estimate * FOR_PAYLOAD / 100;
        let sound = self.sound.bits_per_second().unwrap_or(0);
        (payload.saturating_sub(sound), (2 * payload).saturating_sub(sound))
    }

    /// The estimator looks only as far as it is told is useful, and only when that has risen since it was last
    /// woken. So while there is more to send it is told a little more and a little less in turn. Whoever is
    /// sent no pictures at all is sent padding up to their estimate: sound alone would never let it grow.
    ///
    /// What str0m is to be told anew, if anything: the least and the most that is wanted, in bits per second.
    pub(crate) fn look_for(&mut self, now: Instant, wanted: u64, short: bool, lowest: u64) -> Option<(u64, u64)> {
        let sound = self.sound.bits_per_second().unwrap_or(0);
        let again = short && self.looked.is_none_or(|at| now >= at + LOOK);
        let further = short && (self.further != again);
        let desired = (wanted + sound) * if further { 16 } else { 13 } / 10;
        let changed = desired.abs_diff(self.desired) > self.desired / 5;
        if !changed && !again {
            return None;
        }
        self.looked = Some(now);
        self.further = further;
        self.desired = desired;
        let minimum = if lowest > 0 { (lowest + sound) * 13 / 10 } else { 0 };
        Some((minimum, desired))
    }
}
