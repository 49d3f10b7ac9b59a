//! Which layer inside its stream a packet belongs to, from the outermost bytes of its payload or from its dependency
//! descriptor.
//!
//! Reads only what frame encryption (SFrame and alike) leaves in the clear.

use str0m::format::Codec;
use str0m::rtp::RtpPacket;

use super::dependency_descriptor as descriptor;
use super::dependency_structure::DependencyStructure;
use super::layers::{FrameLayers, LayerEntry};

/// The layer of this packet, `None` if its stream is not divided. `structure` is of the last AV1 keyframe and is
/// replaced by that of a new one.
pub(crate) fn frame_layers(
    codec: Codec,
    rtp: &RtpPacket,
    structure: &mut Option<DependencyStructure>,
) -> Option<FrameLayers> {
    match codec {
        Codec::Vp8 => vp8(&rtp.payload, rtp.header.marker),
        Codec::Vp9 => vp9(&rtp.payload),
        Codec::Av1 => descriptor::frame_layers(&rtp.header.ext_vals, structure),
        _ => None,
    }
}

/// RFC 7741 section 4.2.
fn vp8(payload: &[u8], marker: bool) -> Option<FrameLayers> {
    const EXTENDED: u8 = 0x80;
    const PARTITION_START: u8 = 0x10;
    const PARTITION: u8 = 0x07;
    const LONG_PICTURE_ID: u8 = 0x80;
    const LAYER_SYNC: u8 = 0x20;
    let [first, extension, rest @ ..] = payload else {
        return None;
    };
    let has = |bit: u8| extension & bit != 0;
    if first & EXTENDED == 0 || !has(0x20) {
        return None;
    }
    let picture_id = match (has(0x80), rest.first()?) {
        (false, _) => 0,
        (true, id) if id & LONG_PICTURE_ID != 0 => 2,
        (true, _) => 1,
    };
    let layer = rest.get(picture_id + usize::from(has(0x40)))?;
    Some(FrameLayers {
        spatial: 0,
        temporal: layer >> 6,
        starts: first & PARTITION_START != 0 && first & PARTITION == 0,
        ends: marker,
        entry: LayerEntry::Marked { spatial: false, temporal: layer & LAYER_SYNC != 0 },
    })
}

/// RFC 9628 section 4.2.
fn vp9(payload: &[u8]) -> Option<FrameLayers> {
    const HAS_PICTURE_ID: u8 = 0x80;
    const INTER_PREDICTED: u8 = 0x40;
    const HAS_LAYERS: u8 = 0x20;
    const FRAME_START: u8 = 0x08;
    const FRAME_END: u8 = 0x04;
    const LONG_PICTURE_ID: u8 = 0x80;
    const SWITCHING_UP: u8 = 0x10;
    let (first, rest) = payload.split_first()?;
    if first & HAS_LAYERS == 0 {
        return None;
    }
    let picture_id = match (first & HAS_PICTURE_ID != 0, rest.first()?) {
        (false, _) => 0,
        (true, id) if id & LONG_PICTURE_ID != 0 => 2,
        (true, _) => 1,
    };
    let layers = rest.get(picture_id)?;
    let independent = first & INTER_PREDICTED == 0;
    Some(FrameLayers {
        spatial: layers >> 1 & 0x07,
        temporal: layers >> 5,
        starts: first & FRAME_START != 0,
        ends: first & FRAME_END != 0,
        entry: LayerEntry::Marked { spatial: independent, temporal: independent || layers & SWITCHING_UP != 0 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(spatial: u8, temporal: u8, (starts, ends): (bool, bool), entry: (bool, bool)) -> FrameLayers {
        let entry = LayerEntry::Marked { spatial: entry.0, temporal: entry.1 };
        FrameLayers { spatial, temporal, starts, ends, entry }
    }

    #[test]
    fn vp8_temporal_layer_is_read() {
        let long_id = [0x90, 0xf0, 0x81, 0x02, 0x07, 0x80 | 0x20 | 0x01, 0];
        assert_eq!(vp8(&long_id, true), Some(marked(0, 2, (true, true), (false, true))));
        let short_id = [0x80, 0xe0, 0x01, 0x07, 0x40, 0];
        assert_eq!(vp8(&short_id, false), Some(marked(0, 1, (false, false), (false, false))));
        assert_eq!(vp8(&[0x90, 0x20, 0x00, 0], false), Some(marked(0, 0, (true, false), (false, false))));
        assert_eq!(vp8(&[0x90, 0x80, 0x01, 0], false), None, "without layers");
        assert_eq!(vp8(&[0x90, 0xf0, 0x81], false), None, "cut short");
    }

    #[test]
    fn vp9_layers_are_read() {
        assert_eq!(vp9(&[0xac, 0x81, 0x02, 0x03]), Some(marked(1, 0, (true, true), (true, true))));
        assert_eq!(vp9(&[0xe8, 0x01, 0x54]), Some(marked(2, 2, (true, false), (false, true))));
        assert_eq!(vp9(&[0xe4, 0x01, 0x44]), Some(marked(2, 2, (false, true), (false, false))));
        assert_eq!(vp9(&[0x8c, 0x81, 0x02]), None, "without layers");
        assert_eq!(vp9(&[0xac, 0x81]), None, "cut short");
    }
}
