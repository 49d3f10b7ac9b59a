//! VP8 picture ids, TL0PICIDX and KEYIDX of one subscription (RFC 7741 section 4.2): continued when the stream behind it
//! changes, and without holes where temporal layers are left out.
//!
//! A decoder that sees the ids jump back drops frames until they have caught up. One that sees a hole waits for the
//! missing picture before it shows those of a higher temporal layer. TL0PICIDX and KEYIDX count frames of the lowest
//! layer, which is never left out.

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

use super::numbering::Numbering;

const PICTURE_IDS: u64 = 1 << 15;
const SHORT_PICTURE_IDS: u64 = 1 << 7;
/// Where the numbers of a stream's frames begin: high enough that a picture may precede the first.
const FIRST_PICTURE: u64 = 1 << 32;

#[derive(Debug, Default)]
pub(crate) struct Vp8Rewriter {
    /// `None` for a stream without picture ids.
    picture_ids: Option<PictureIds>,
    /// Offsets from the stream's numbers to the subscription's.
    tl0_pic_idx: u8,
    key_idx: u8,
    newest: Option<Newest>,
}

/// The numbers in the newest packet that was sent.
#[derive(Debug, Clone, Copy)]
struct Newest {
    seq: u64,
    picture: u64,
    tl0_pic_idx: u8,
    key_idx: u8,
}

/// The frames of the stream, numbered by their picture ids.
#[derive(Debug)]
struct PictureIds {
    numbers: Numbering,
    /// The picture that others are counted from: the last one seen.
    last: u64,
}

impl PictureIds {
    /// The number of a picture, which is counted on where its id wraps around. It is the nearest one with this id.
    fn number(&mut self, packet: &Vp8Descriptor) -> Option<u64> {
        let ids = if has_long_id(packet) { PICTURE_IDS } else { SHORT_PICTURE_IDS };
        let ahead = u64::from(packet.picture_id()?).wrapping_sub(self.last) % ids;
        self.last = if ahead < ids / 2 { self.last + ahead } else { self.last.saturating_sub(ids - ahead) };
        Some(self.last)
    }
}

impl Vp8Rewriter {
    /// A new stream starts, with this keyframe.
    pub(crate) fn start(&mut self, first: &Vp8Descriptor) {
        let from = first.picture_id().map(|id| FIRST_PICTURE + u64::from(id));
        let to = |from| self.newest.map_or(from, |newest| newest.picture + 1);
        self.picture_ids = from.map(|from| PictureIds { numbers: Numbering::new(from, to(from)), last: from });
        if let Some(newest) = self.newest {
            self.tl0_pic_idx = newest.tl0_pic_idx.wrapping_add(1).wrapping_sub(first.tl0_pic_idx().unwrap_or(0));
            self.key_idx = newest.key_idx.wrapping_add(1).wrapping_sub(first.key_idx().unwrap_or(0));
        }
    }

    /// This packet is sent; `newest` if none with a higher sequence number has arrived. False if it cannot be: its picture
    /// was left out, or precedes the stream.
    pub(crate) fn send(&mut self, packet: &Vp8Descriptor, newest: bool) -> bool {
        let Some(picture_ids) = &mut self.picture_ids else { return true };
        let Some(picture) = picture_ids.number(packet) else { return true };
        if newest && picture_ids.numbers.is_passed(picture) {
            // The encoder began to count anew.
            let next = self.newest.map_or(picture, |newest| newest.picture + 1);
            picture_ids.numbers = Numbering::new(picture, next);
        }
        // A late packet is of no later picture than the newest: this one was counted before the encoder began anew.
        let is_stale = !newest && picture_ids.numbers.is_newest(picture);
        !is_stale && picture_ids.numbers.send(picture).is_some()
    }

    /// This packet is left out, and with it its picture, unless other packets of it were sent.
    pub(crate) fn leave_out(&mut self, packet: &Vp8Descriptor) {
        let Some(picture_ids) = &mut self.picture_ids else { return };
        if let Some(picture) = picture_ids.number(packet) {
            picture_ids.numbers.leave_out(picture);
        }
    }

    /// The change to make in this packet, which is sent under the sequence number `seq`.
    pub(crate) fn patch(&mut self, packet: &Vp8Descriptor, seq: u64) -> Option<Vp8Patch> {
        let picture = self.picture_ids.as_mut().and_then(|picture_ids| {
            let picture = picture_ids.number(packet)?;
            picture_ids.numbers.number(picture)
        });
        let tl0_pic_idx = packet.tl0_pic_idx().map(|index| index.wrapping_add(self.tl0_pic_idx));
        let key_idx = packet.key_idx().map(|index| index.wrapping_add(self.key_idx) & 0x1f);
        let before = self.newest;
        if before.is_none_or(|newest| seq > newest.seq) {
            let picture = picture.or(before.map(|newest| newest.picture)).unwrap_or(FIRST_PICTURE);
            let (tl0_pic_idx, key_idx) = (tl0_pic_idx.unwrap_or(0), key_idx.unwrap_or(0));
            self.newest = Some(Newest { seq, picture, tl0_pic_idx, key_idx });
        }
        let ids = if has_long_id(packet) { PICTURE_IDS } else { SHORT_PICTURE_IDS };
        let picture_id = picture.map(|picture| (picture % ids) as u16);
        let changed = (picture_id, tl0_pic_idx, key_idx);
        if changed == (packet.picture_id(), packet.tl0_pic_idx(), packet.key_idx()) {
            return None;
        }
        let mut patch = packet.patch();
        if let Some(picture_id) = picture_id {
            patch = patch.picture_id(picture_id);
        }
        if let Some(tl0_pic_idx) = tl0_pic_idx {
            patch = patch.tl0_pic_idx(tl0_pic_idx);
        }
        if let Some(key_idx) = key_idx {
            patch = patch.key_idx(key_idx);
        }
        patch.build().ok()
    }
}

/// The picture id has 15 bits, not 7.
fn has_long_id(packet: &Vp8Descriptor) -> bool {
    packet.patch().picture_id(SHORT_PICTURE_IDS as u16).build().is_ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A descriptor with a 15-bit picture id, TL0PICIDX and KEYIDX, and one byte of payload.
    fn packet(picture_id: u16, tl0_pic_idx: u8, key_idx: u8) -> Vp8Descriptor {
        let [high, low] = picture_id.to_be_bytes();
        Vp8Descriptor::parse(&[0x90, 0xf0, 0x80 | high, low, tl0_pic_idx, key_idx, 0]).unwrap()
    }

    /// With a 7-bit picture id alone.
    fn short(picture_id: u8) -> Vp8Descriptor {
        Vp8Descriptor::parse(&[0x90, 0x80, picture_id, 0]).unwrap()
    }

    /// Sends a packet; the change that was made in it.
    fn send(rewriter: &mut Vp8Rewriter, packet: &Vp8Descriptor, seq: u64) -> Option<Vp8Patch> {
        assert!(rewriter.send(packet, true));
        rewriter.patch(packet, seq)
    }

    #[test]
    fn first_stream_keeps_its_picture_ids() {
        let mut rewriter = Vp8Rewriter::default();
        rewriter.start(&packet(7, 3, 1));
        assert_eq!(send(&mut rewriter, &packet(7, 3, 1), 100), None);
    }

    #[test]
    fn next_stream_continues_the_picture_ids() {
        let mut rewriter = Vp8Rewriter::default();
        rewriter.start(&packet(32_767, 255, 31));
        send(&mut rewriter, &packet(32_767, 255, 31), 100);
        rewriter.start(&packet(500, 9, 4));
        let patch = send(&mut rewriter, &packet(500, 9, 4), 101).expect("renumbered");
        let wanted = packet(500, 9, 4).patch().picture_id(0).tl0_pic_idx(0).key_idx(0).build();
        assert_eq!(patch, wanted.unwrap());
    }

    #[test]
    fn seven_bit_picture_id_stays_short() {
        let mut rewriter = Vp8Rewriter::default();
        rewriter.start(&packet(1_000, 0, 0));
        send(&mut rewriter, &packet(1_000, 0, 0), 100);
        rewriter.start(&short(5));
        let patch = send(&mut rewriter, &short(5), 101).expect("renumbered");
        assert_eq!(patch, short(5).patch().picture_id(1_001 % 128).build().unwrap());
    }

    #[test]
    fn picture_left_out_is_not_sent_by_a_later_packet_of_it() {
        let mut rewriter = Vp8Rewriter::default();
        rewriter.start(&packet(1, 0, 0));
        assert!(rewriter.send(&packet(1, 0, 0), true));
        rewriter.leave_out(&packet(1, 0, 0));
        assert!(rewriter.send(&packet(1, 0, 0), true), "part of it was sent");
        rewriter.leave_out(&packet(2, 0, 0));
        rewriter.leave_out(&packet(2, 0, 0));
        assert!(!rewriter.send(&packet(2, 0, 0), true));
        assert!(!rewriter.send(&packet(0, 0, 0), false), "it precedes the stream");
        let patch = send(&mut rewriter, &packet(3, 0, 0), 101).expect("renumbered");
        assert_eq!(patch, packet(3, 0, 0).patch().picture_id(2).tl0_pic_idx(0).key_idx(0).build().unwrap());
    }

    #[test]
    fn encoder_that_counts_anew_is_forwarded_without_a_repeat() {
        let mut rewriter = Vp8Rewriter::default();
        rewriter.start(&packet(1_000, 0, 0));
        let mut numbers = vec![];
        for (id, seq) in [1_000, 1_001, 1_002, 5, 5, 6, 20_000, 3, 4].into_iter().zip(100..) {
            send(&mut rewriter, &packet(id, 0, 0), seq);
            numbers.push(rewriter.newest.unwrap().picture - FIRST_PICTURE);
        }
        assert!(numbers.starts_with(&[1_000, 1_001, 1_002, 1_003, 1_003, 1_004]), "{numbers:?}");
        assert!(numbers.is_sorted() && numbers.get(7) < numbers.get(8), "{numbers:?}");
        assert!(!rewriter.send(&packet(1_002, 0, 0), false), "a late one of the old count");
    }

    fn number(rewriter: &mut Vp8Rewriter, packet: &Vp8Descriptor) -> Option<u64> {
        let picture_ids = rewriter.picture_ids.as_mut()?;
        let picture = picture_ids.number(packet)?;
        picture_ids.numbers.number(picture)
    }

    /// Frames of a stream: packets, whether it is left out, and how much later each packet arrives.
    fn frames() -> impl Strategy<Value = Vec<(u64, bool, u64)>> {
        prop::collection::vec((1u64..4, prop::bool::weighted(0.6), 0u64..6), 1..200)
    }

    proptest! {
        /// Late packets get the id they would have had in time; only a picture that is left out late leaves a hole.
        #[test]
        fn picture_ids_of_what_is_sent_have_no_hole_and_no_repeat(
            streams in prop::collection::vec((0u16..1 << 15, any::<bool>(), frames()), 1..4),
        ) {
            let mut rewriter = Vp8Rewriter::default();
            let mut sent: BTreeMap<(usize, usize), u64> = BTreeMap::new();
            let (mut expected, mut holes) = (0, 0);
            for (stream, (first, long, frames)) in streams.iter().enumerate() {
                let id = |picture: usize| {
                    let id = (usize::from(*first) + picture) % if *long { 1 << 15 } else { 1 << 7 };
                    if *long { packet(id as u16, 0, 0) } else { short(id as u8) }
                };
                let mut arrivals = vec![];
                for (picture, (parts, left_out, delay)) in frames.iter().enumerate() {
                    let (left_out, delay) = if picture == 0 { (false, 0) } else { (*left_out, *delay) };
                    expected += usize::from(!left_out);
                    arrivals.extend((0..*parts).map(|part| (picture as u64 + delay + part, picture, part, left_out)));
                }
                arrivals.sort_unstable();
                rewriter.start(&id(0));
                let mut newest = None;
                for (_, picture, part, left_out) in arrivals {
                    let packet = id(picture);
                    let is_newest = newest < Some((picture, part));
                    newest = newest.max(Some((picture, part)));
                    if left_out {
                        rewriter.leave_out(&packet);
                        holes += usize::from(number(&mut rewriter, &packet).is_some());
                        continue;
                    }
                    prop_assert!(rewriter.send(&packet, is_newest));
                    rewriter.patch(&packet, (stream * 10_000 + picture * 10) as u64 + part);
                    let number = number(&mut rewriter, &packet).unwrap();
                    let before = *sent.entry((stream, picture)).or_insert(number);
                    prop_assert_eq!(before, number, "the packets of a picture have one id");
                }
            }
            prop_assert_eq!(sent.len(), expected);
            let numbers: Vec<u64> = sent.values().copied().collect();
            prop_assert!(numbers.is_sorted_by(|a, b| a < b), "in order, without a repeat: {:?}", numbers);
            let (first, last) = (*numbers.first().unwrap(), *numbers.last().unwrap());
            prop_assert!((last - first + 1) as usize <= expected + holes, "{} holes in {:?}", holes, numbers);
        }
    }
}
