//! Which packets of a stream with layers (SVC) one subscriber is sent.
//!
//! A lower layer never depends on a higher one, so a layer can be left at any picture. It is entered only with a frame
//! that needs nothing of what was left out.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::rtp::layers::{FrameLayers, LayerEntry, LayerTarget};

/// Frame numbers that are remembered: references reach a few frames back.
const MAX_FRAMES: usize = 64;
/// The first keyframe to raise the layer is requested at once, the next after this time, then after twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const MAX_DOUBLINGS: u32 = 5;

/// What to do with a packet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Send {
        /// It is the last packet of its picture.
        marker: bool,
        /// A keyframe would allow the wanted layer.
        wants_keyframe: bool,
    },
    LeaveOut,
}

#[derive(Debug, Default)]
pub(crate) struct LayerFilter {
    current: Option<LayerTarget>,
    /// Timestamp of the newest picture that was sent.
    picture: Option<u32>,
    /// The newest AV1 frames that were sent.
    frames: VecDeque<u16>,
    /// When a keyframe may be requested again, and how often that was tried.
    retry: Option<(Instant, u32)>,
}

/// What the filter reads of a packet.
pub(crate) struct LayerPacket<'a> {
    pub(crate) layers: &'a FrameLayers,
    pub(crate) time: u32,
    pub(crate) marker: bool,
    pub(crate) keyframe: bool,
    /// No later packet has arrived.
    pub(crate) newest: bool,
}

impl LayerFilter {
    /// A stream starts, with a keyframe.
    pub(crate) fn start(&mut self) {
        *self = Self { retry: self.retry, ..Self::default() };
    }

    pub(crate) fn filter(&mut self, now: Instant, packet: &LayerPacket<'_>, target: LayerTarget) -> Verdict {
        let layers = packet.layers;
        let mut current = self.current.unwrap_or(LayerTarget { spatial: 0, temporal: target.temporal });
        let begins = layers.starts && packet.newest;
        if packet.keyframe && packet.newest {
            // Whatever its layer claims to be: subscribers begin with it.
            current.spatial = current.spatial.min(target.spatial).max(layers.spatial);
            current.temporal = target.temporal.max(layers.temporal);
        } else if begins && layers.spatial == 0 {
            current.spatial = current.spatial.min(target.spatial);
            current.temporal = current.temporal.min(target.temporal);
        }
        if begins {
            current = self.entered(packet, current, target);
        }
        self.current = Some(current);
        if layers.spatial > current.spatial || layers.temporal > current.temporal {
            return Verdict::LeaveOut;
        }
        if layers.starts {
            self.sent(packet);
        }
        if current.spatial >= target.spatial {
            self.retry = None;
        }
        let lacks_layer = begins && layers.spatial == 0 && !packet.keyframe && current.spatial < target.spatial;
        Verdict::Send {
            marker: packet.marker || (layers.ends && layers.spatial == current.spatial),
            wants_keyframe: lacks_layer && self.may_request(now),
        }
    }

    /// The layers after this frame, which may be the first of a higher one.
    fn entered(&self, packet: &LayerPacket<'_>, mut current: LayerTarget, target: LayerTarget) -> LayerTarget {
        let layers = packet.layers;
        let (spatial, temporal) = match &layers.entry {
            LayerEntry::Marked { spatial, temporal } => {
                let same_picture = self.picture == Some(packet.time) && layers.spatial == current.spatial + 1;
                (*spatial && same_picture, *temporal)
            }
            LayerEntry::References { earlier, .. } => {
                let sent = earlier.iter().all(|frame| self.frames.contains(frame));
                (sent, sent)
            }
        };
        if spatial && (current.spatial + 1..=target.spatial).contains(&layers.spatial) {
            current.spatial = layers.spatial;
        }
        if temporal && layers.temporal > current.temporal && layers.temporal <= target.temporal {
            current.temporal = layers.temporal;
        }
        current
    }

    fn sent(&mut self, packet: &LayerPacket<'_>) {
        if packet.newest {
            self.picture = Some(packet.time);
        }
        if let LayerEntry::References { frame, .. } = &packet.layers.entry {
            if self.frames.len() >= MAX_FRAMES {
                self.frames.pop_front();
            }
            self.frames.push_back(*frame);
        }
    }

    fn may_request(&mut self, now: Instant) -> bool {
        let (at, tries) = self.retry.unwrap_or((now, 0));
        let due = now >= at;
        if due {
            self.retry = Some((now + FIRST_RETRY * (1 << tries), (tries + 1).min(MAX_DOUBLINGS)));
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: LayerTarget = LayerTarget { spatial: 0, temporal: u8::MAX };
    const HIGH: LayerTarget = LayerTarget { spatial: 2, temporal: u8::MAX };

    /// Feeds superframes of three spatial layers, of one packet each.
    struct Stream {
        filter: LayerFilter,
        now: Instant,
        time: u32,
    }

    impl Stream {
        /// The spatial layers of the next picture that are sent, with the marker of the last one, and whether a keyframe
        /// is wanted.
        fn picture(&mut self, keyframe: bool, target: LayerTarget) -> (Vec<u8>, bool, bool) {
            self.now += Duration::from_millis(33);
            self.time += 3_000;
            let (mut sent, mut last_marker, mut wants) = (vec![], false, false);
            for spatial in 0..3 {
                let entry = LayerEntry::Marked { spatial: keyframe, temporal: keyframe };
                let layers = FrameLayers { spatial, temporal: 0, starts: true, ends: true, entry };
                let packet = LayerPacket {
                    layers: &layers,
                    time: self.time,
                    marker: spatial == 2,
                    keyframe: keyframe && spatial == 0,
                    newest: true,
                };
                if let Verdict::Send { marker, wants_keyframe } = self.filter.filter(self.now, &packet, target) {
                    sent.push(spatial);
                    last_marker = marker;
                    wants |= wants_keyframe;
                }
            }
            (sent, last_marker, wants)
        }
    }

    fn stream() -> Stream {
        Stream { filter: LayerFilter::default(), now: crate::tests::origin(), time: 0 }
    }

    #[test]
    fn spatial_layers_are_left_at_any_picture_and_entered_at_a_keyframe() {
        let mut stream = stream();
        assert_eq!(stream.picture(true, HIGH), (vec![0, 1, 2], true, false));
        assert_eq!(stream.picture(false, HIGH), (vec![0, 1, 2], true, false));
        assert_eq!(stream.picture(false, LOW), (vec![0], true, false), "the marker moves");
        assert_eq!(stream.picture(false, HIGH), (vec![0], true, true));
        assert_eq!(stream.picture(true, HIGH), (vec![0, 1, 2], true, false));
        assert_eq!(stream.picture(true, LOW), (vec![0], true, false));
    }

    #[test]
    fn keyframe_that_does_not_come_is_requested_less_and_less_often() {
        let mut stream = stream();
        stream.picture(true, LOW);
        let requests = (0..30 * 60).filter(|_| stream.picture(false, HIGH).2).count();
        assert!((5..=8).contains(&requests), "requested {requests} times in a minute");
    }

    #[test]
    fn temporal_layers_are_entered_at_marked_frames() {
        let (mut filter, now) = (LayerFilter::default(), crate::tests::origin());
        let mut admit = |temporal, entry, keyframe, highest| {
            let entry = LayerEntry::Marked { spatial: false, temporal: entry };
            let layers = FrameLayers { spatial: 0, temporal, starts: true, ends: true, entry };
            let packet = LayerPacket { layers: &layers, time: 0, marker: true, keyframe, newest: true };
            filter.filter(now, &packet, LayerTarget { spatial: 0, temporal: highest }) != Verdict::LeaveOut
        };
        assert!(admit(0, false, true, 2));
        assert!(admit(2, false, false, 2));
        assert!(admit(0, false, false, 0));
        assert!(!admit(2, false, false, 0));
        assert!(admit(0, false, false, 2));
        assert!(!admit(2, false, false, 2), "it needs what was left out");
        assert!(admit(1, true, false, 2));
        assert!(!admit(2, false, false, 2));
        assert!(admit(2, true, false, 2));
    }

    #[test]
    fn av1_layers_are_entered_when_all_references_were_sent() {
        let (mut filter, now) = (LayerFilter::default(), crate::tests::origin());
        let mut admit = |spatial, frame, earlier: &[u16], target| {
            let entry = LayerEntry::References { frame, earlier: earlier.to_vec() };
            let layers = FrameLayers { spatial, temporal: 0, starts: true, ends: true, entry };
            let keyframe = earlier.is_empty();
            let packet = LayerPacket { layers: &layers, time: 0, marker: false, keyframe, newest: true };
            filter.filter(now, &packet, target) != Verdict::LeaveOut
        };
        assert!(admit(0, 0, &[], LOW));
        assert!(!admit(1, 1, &[0], LOW));
        assert!(admit(0, 2, &[0], HIGH));
        assert!(!admit(1, 3, &[1], HIGH), "frame 1 was left out");
        assert!(admit(0, 4, &[], HIGH));
        assert!(admit(1, 5, &[4], HIGH));
        assert!(admit(1, 6, &[5], HIGH));
    }
}
