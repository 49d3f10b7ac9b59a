//! VP8's own numbering inside the payload: picture ids go on when the source of a sink changes.
//!
//! A decoder that sees them jump back drops frames until they have caught up (RFC 7741 section 4.2).

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

const PICTURE_IDS: u16 = 1 << 15;
const SHORT_PICTURE_IDS: u16 = 1 << 7;

/// What is added to a source's numbers to make them the sink's.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Vp8Numbers {
    picture: u16,
    base_layer: u8,
    key: u8,
    newest: Option<Newest>,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    seq: u64,
    picture: u16,
    base_layer: u8,
    key: u8,
}

impl Vp8Numbers {
    /// The next packets come from another source, which starts with this keyframe.
    pub(crate) fn begin(&mut self, first: &Vp8Descriptor) {
        let Some(newest) = self.newest else { return };
        let after = |newest: u16| newest.wrapping_add(1);
        self.picture = after(newest.picture).wrapping_sub(first.picture_id().unwrap_or(0));
        self.base_layer = newest.base_layer.wrapping_add(1).wrapping_sub(first.tl0_pic_idx().unwrap_or(0));
        self.key = newest.key.wrapping_add(1).wrapping_sub(first.key_idx().unwrap_or(0));
    }

    /// The change to make in this packet, which goes out under the sequence number `seq`.
    pub(crate) fn patch(&mut self, packet: &Vp8Descriptor, seq: u64) -> Option<Vp8Patch> {
        let picture = packet.picture_id().map(|id| id.wrapping_add(self.picture) % PICTURE_IDS);
        let base_layer = packet.tl0_pic_idx().map(|index| index.wrapping_add(self.base_layer));
        let key = packet.key_idx().map(|index| index.wrapping_add(self.key) & 0x1f);

        if self.newest.is_none_or(|newest| seq > newest.seq) {
            self.newest = Some(Newest {
                seq,
                picture: picture.unwrap_or(0),
                base_layer: base_layer.unwrap_or(0),
                key: key.unwrap_or(0),
            });
        }
        if (self.picture, self.base_layer, self.key) == (0, 0, 0) {
            return None;
        }
        let patched = |picture: Option<u16>| {
            let mut patch = packet.patch();
            if let Some(picture) = picture {
                patch = patch.picture_id(picture);
            }
            if let Some(base_layer) = base_layer {
                patch = patch.tl0_pic_idx(base_layer);
            }
            if let Some(key) = key {
                patch = patch.key_idx(key);
            }
            patch.build().ok()
        };
        // A source that numbers in seven bits has room for seven bits.
        patched(picture).or_else(|| patched(picture.map(|id| id % SHORT_PICTURE_IDS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A descriptor with a 15-bit picture id, TL0PICIDX and KEYIDX, and one byte of payload.
    fn packet(picture: u16, base_layer: u8, key: u8) -> Vp8Descriptor {
        let [high, low] = picture.to_be_bytes();
        Vp8Descriptor::parse(&[0x90, 0xf0, 0x80 | high, low, base_layer, key, 0]).unwrap()
    }

    #[test]
    fn the_first_source_keeps_its_numbers() {
        let mut numbers = Vp8Numbers::default();
        numbers.begin(&packet(7, 3, 1));
        assert_eq!(numbers.patch(&packet(7, 3, 1), 100), None);
    }

    #[test]
    fn the_next_source_goes_on_from_the_last_picture() {
        let mut numbers = Vp8Numbers::default();
        numbers.patch(&packet(32_767, 255, 31), 100);
        numbers.begin(&packet(500, 9, 4));
        let patch = numbers.patch(&packet(500, 9, 4), 101).expect("renumbered");
        let wanted = packet(500, 9, 4).patch().picture_id(0).tl0_pic_idx(0).key_idx(0).build();
        assert_eq!(patch, wanted.unwrap());
    }

    #[test]
    fn a_short_picture_id_stays_short() {
        let short = |id: u8| Vp8Descriptor::parse(&[0x90, 0x80, id, 0]).unwrap();
        let mut numbers = Vp8Numbers::default();
        numbers.patch(&packet(1_000, 0, 0), 100);
        numbers.begin(&short(5));
        let patch = numbers.patch(&short(5), 101).expect("renumbered");
        assert_eq!(patch, short(5).patch().picture_id(1_001 % 128).build().unwrap());
    }
}
