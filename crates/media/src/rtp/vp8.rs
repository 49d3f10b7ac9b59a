//! VP8 picture ids, TL0PICIDX and KEYIDX: continued when the stream behind a subscription changes.
//!
//! A decoder that sees them jump back drops frames until they have caught up (RFC 7741 section 4.2).

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

const PICTURE_IDS: u16 = 1 << 15;
const SHORT_PICTURE_IDS: u16 = 1 << 7;

/// Offsets from the stream's numbers to the subscription's.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Vp8Rewriter {
    picture_id: u16,
    tl0_pic_idx: u8,
    key_idx: u8,
    newest: Option<Newest>,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    seq: u64,
    picture_id: u16,
    tl0_pic_idx: u8,
    key_idx: u8,
}

impl Vp8Rewriter {
    /// A new stream starts, with this keyframe.
    pub(crate) fn start(&mut self, first: &Vp8Descriptor) {
        let Some(newest) = self.newest else { return };
        let after = |newest: u16| newest.wrapping_add(1);
        self.picture_id = after(newest.picture_id).wrapping_sub(first.picture_id().unwrap_or(0));
        self.tl0_pic_idx = newest.tl0_pic_idx.wrapping_add(1).wrapping_sub(first.tl0_pic_idx().unwrap_or(0));
        self.key_idx = newest.key_idx.wrapping_add(1).wrapping_sub(first.key_idx().unwrap_or(0));
    }

    /// The change to make in this packet, which is sent under the sequence number `seq`.
    pub(crate) fn patch(&mut self, packet: &Vp8Descriptor, seq: u64) -> Option<Vp8Patch> {
        let picture_id = packet.picture_id().map(|id| id.wrapping_add(self.picture_id) % PICTURE_IDS);
        let tl0_pic_idx = packet.tl0_pic_idx().map(|index| index.wrapping_add(self.tl0_pic_idx));
        let key_idx = packet.key_idx().map(|index| index.wrapping_add(self.key_idx) & 0x1f);

        if self.newest.is_none_or(|newest| seq > newest.seq) {
            self.newest = Some(Newest {
                seq,
                picture_id: picture_id.unwrap_or(0),
                tl0_pic_idx: tl0_pic_idx.unwrap_or(0),
                key_idx: key_idx.unwrap_or(0),
            });
        }
        if (self.picture_id, self.tl0_pic_idx, self.key_idx) == (0, 0, 0) {
            return None;
        }
        let patched = |picture_id: Option<u16>| {
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
        };
        // A stream with 7-bit picture ids has room for 7 bits only.
        patched(picture_id).or_else(|| patched(picture_id.map(|id| id % SHORT_PICTURE_IDS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A descriptor with a 15-bit picture id, TL0PICIDX and KEYIDX, and one byte of payload.
    fn packet(picture_id: u16, tl0_pic_idx: u8, key_idx: u8) -> Vp8Descriptor {
        let [high, low] = picture_id.to_be_bytes();
        Vp8Descriptor::parse(&[0x90, 0xf0, 0x80 | high, low, tl0_pic_idx, key_idx, 0]).unwrap()
    }

    #[test]
    fn first_stream_keeps_its_picture_ids() {
        let mut rewriter = Vp8Rewriter::default();
        rewriter.start(&packet(7, 3, 1));
        assert_eq!(rewriter.patch(&packet(7, 3, 1), 100), None);
    }

    #[test]
    fn next_stream_continues_the_picture_ids() {
        let mut rewriter = Vp8Rewriter::default();
        rewriter.patch(&packet(32_767, 255, 31), 100);
        rewriter.start(&packet(500, 9, 4));
        let patch = rewriter.patch(&packet(500, 9, 4), 101).expect("renumbered");
        let wanted = packet(500, 9, 4).patch().picture_id(0).tl0_pic_idx(0).key_idx(0).build();
        assert_eq!(patch, wanted.unwrap());
    }

    #[test]
    fn seven_bit_picture_id_stays_short() {
        let short = |id: u8| Vp8Descriptor::parse(&[0x90, 0x80, id, 0]).unwrap();
        let mut rewriter = Vp8Rewriter::default();
        rewriter.patch(&packet(1_000, 0, 0), 100);
        rewriter.start(&short(5));
        let patch = rewriter.patch(&short(5), 101).expect("renumbered");
        assert_eq!(patch, short(5).patch().picture_id(1_001 % 128).build().unwrap());
    }
}
