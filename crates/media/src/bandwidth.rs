//! What one receiver's network can take, and what is sent of the pictures in consequence.
//!
//! str0m estimates from the feedback on every packet (TWCC); here the estimate becomes layers. Sound is
//! counted and never touched.

use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;

use crate::allocation::{Wish, share};
use crate::media::Media;
use crate::rate::Rate;
use crate::{Kind, Mid, Output, PeerId};

/// Where an estimate begins, before anything is known. Packets are paced by it: with less, the first keyframe
/// of somebody's large picture would be under way for half a second.
pub(crate) const FIRST_GUESS: u64 = 3_000_000;
/// str0m's estimate does not count the headers of packets: pictures get this share, in percent.
const FOR_PAYLOAD: u64 = 92;
/// How often the layers are thought about anew.
const AGAIN: Duration = Duration::from_millis(250);
/// Where nobody sends pictures there is nothing to think about until somebody does.
const IDLE: Duration = Duration::from_secs(60);
/// Who has just gone down stays there for so long: the network is still emptying its queues.
const CALM: Duration = Duration::from_secs(2);
/// So long must even the lowest layer not fit before it is held back.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// While less is sent than is wanted, the estimate is made to look for more this often.
const LOOK: Duration = Duration::from_millis(1_500);

#[derive(Debug)]
pub(crate) struct Bandwidth {
    estimate: u64,
    /// The network has answered at least once; before that nothing is held back.
    known: bool,
    pub(crate) sound: Rate,
    next: Option<Instant>,
    lowered: Option<Instant>,
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
    fn for_pictures(&self) -> (u64, u64) {
        if !self.known {
            return (u64::MAX >> 8, u64::MAX >> 8);
        }
        let payload = self.estimate * FOR_PAYLOAD / 100;
        let sound = self.sound.bits_per_second().unwrap_or(0);
        (payload.saturating_sub(sound), (2 * payload).saturating_sub(sound))
    }
}

impl Media {
    /// Decides anew which layers this peer gets, if it is time.
    pub(crate) fn apportion(&mut self, now: Instant, id: PeerId) {
        let due = |peer: &crate::peer::Peer| peer.bandwidth.next.is_none_or(|next| next <= now);
        if !self.peers.get(&id).is_some_and(due) {
            return;
        }
        let (mids, wishes): (Vec<Mid>, Vec<Wish>) = self.wishes(now, id).into_iter().unzip();
        let Some(peer) = self.peers.get_mut(&id) else {
            return;
        };
        peer.bandwidth.next = Some(now + if wishes.is_empty() { IDLE } else { AGAIN });
        if wishes.is_empty() {
            peer.bandwidth.short = false;
            return;
        }
        let calm = peer.bandwidth.lowered.is_some_and(|at| now < at + CALM);
        let (available, tolerable) = peer.bandwidth.for_pictures();
        let shares = share(available, tolerable, &wishes, !calm);
        let wanted = wishes.iter().filter_map(|wish| wish.costs.last()).sum::<u64>();
        let starved = wishes.iter().filter(|wish| wish.has.is_none()).filter_map(|wish| wish.costs.first()).sum();
        peer.bandwidth.short = shares.spent < wanted;
        mids.iter().for_each(|mid| peer.sinks.entry(*mid).or_default().await_report(now));
        peer.look_for(now, wanted, shares.spent < wanted, starved);

        let mut begin = Vec::new();
        for ((mid, wish), mut layer) in mids.into_iter().zip(&wishes).zip(shares.layers) {
            if layer < wish.has {
                peer.bandwidth.lowered = Some(now);
            }
            let sink = peer.sinks.entry(mid).or_default();
            if layer.is_some() {
                sink.short = None;
            } else if !sink.starved && now < *sink.short.get_or_insert(now) + PATIENCE {
                layer = Some(0);
            }
            sink.cap = layer;
            if sink.starved != layer.is_none() {
                sink.starved = layer.is_none();
                sink.restart();
                begin.push(mid);
                self.outputs.push_back(Output::Starved { peer: id, mid, starved: layer.is_none() });
            }
        }
        for mid in begin {
            self.ask_for(now, (id, mid));
        }
    }

    /// What the peer's sinks of pictures would cost and have.
    fn wishes(&self, now: Instant, id: PeerId) -> Vec<(Mid, Wish)> {
        let Some(peer) = self.peers.get(&id) else {
            return Vec::new();
        };
        let wish = |(mid, sink): (&Mid, &crate::sink::Sink)| {
            let source = self.source((id, *mid))?;
            if sink.paused || source.kind != Kind::Video || !source.flows(now) {
                return None;
            }
            let costs = source.costs(now, source.rank(sink.limit));
            // What it was last given counts as had: before the keyframe comes, it shows something lower.
            let has = (!sink.starved).then(|| sink.cap.unwrap_or(usize::MAX).min(costs.len().saturating_sub(1)));
            Some((*mid, Wish { costs, has }))
        };
        peer.sinks.iter().filter_map(wish).collect()
    }
}

impl crate::peer::Peer {
    /// The estimator looks only as far as it is told is useful, and only when that has risen since it was last
    /// woken. So while there is more to send it is told a little more and a little less in turn. Whoever is
    /// sent no pictures at all is sent padding up to their estimate: sound alone would never let it grow.
    ///
    /// str0m probes with copies of sent packets on the RTX SSRC. A client that has not set up a new stream yet may read
    /// such a copy before the original and take the wrong codec (pion does). So nothing is probed until each stream is
    /// confirmed by a receiver report; livekit-server has the same rule.
    fn look_for(&mut self, now: Instant, wanted: u64, short: bool, lowest: u64) {
        if self.sinks.values().any(|sink| sink.is_unconfirmed(now)) {
            return self.probe_nothing();
        }
        let bandwidth = &mut self.bandwidth;
        let sound = bandwidth.sound.bits_per_second().unwrap_or(0);
        let again = short && bandwidth.looked.is_none_or(|at| now >= at + LOOK);
        let further = short && (bandwidth.further != again);
        let desired = (wanted + sound) * if further { 16 } else { 13 } / 10;
        let changed = desired.abs_diff(bandwidth.desired) > bandwidth.desired / 5;
        if !changed && !again {
            return;
        }
        bandwidth.looked = Some(now);
        bandwidth.further = further;
        bandwidth.desired = desired;
        let minimum = if lowest > 0 { (lowest + sound) * 13 / 10 } else { 0 };
        self.rtc.bwe().set_bitrate(Bitrate::bps(minimum), Bitrate::bps(desired));
        self.dirty = true;
    }

    fn probe_nothing(&mut self) {
        if std::mem::take(&mut self.bandwidth.desired) > 0 {
            self.rtc.bwe().set_bitrate(Bitrate::ZERO, Bitrate::ZERO);
            self.dirty = true;
        }
    }
}
