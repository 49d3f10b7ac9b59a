//! Keyframe detection: the first packet of a keyframe, found in the outermost bytes of the payload.
//!
//! Reads only what frame encryption (SFrame and alike) leaves in the clear.

use str0m::format::Codec;
use str0m::rtp::Vp8Descriptor;

/// Whether a decoder can start with this packet.
pub(crate) fn starts_keyframe(codec: Codec, payload: &[u8], vp8: Option<&Vp8Descriptor>) -> bool {
    match codec {
        Codec::Vp8 => vp8.is_some_and(|descriptor| descriptor.starts_keyframe(payload)),
        Codec::H264 => h264(payload),
        Codec::Vp9 => vp9(payload),
        Codec::Av1 => av1(payload),
        _ => false,
    }
}

/// RFC 6184: a sequence parameter set, or an IDR picture without one (some encoders send it once).
fn h264(payload: &[u8]) -> bool {
    const IDR: u8 = 5;
    const SPS: u8 = 7;
    const STAP_A: u8 = 24;
    const FU_A: u8 = 28;
    let is_start = |header: u8| matches!(header & 0x1f, IDR | SPS);
    let Some((first, rest)) = payload.split_first() else {
        return false;
    };
    match first & 0x1f {
        IDR | SPS => true,
        STAP_A => nal_headers(rest).any(is_start),
        FU_A => rest.first().is_some_and(|fu| fu & 0x80 != 0 && is_start(*fu)),
        _ => false,
    }
}

/// The header byte of each NAL unit of an aggregation packet.
fn nal_headers(mut rest: &[u8]) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let (size, after) = rest.split_first_chunk::<2>()?;
        let size = usize::from(u16::from_be_bytes(*size));
        let header = *after.first()?;
        rest = after.get(size.max(1)..).unwrap_or(&[]);
        Some(header)
    })
}

/// RFC 9628 section 4.2: not inter-predicted, start of a frame, lowest spatial layer.
fn vp9(payload: &[u8]) -> bool {
    const HAS_PICTURE_ID: u8 = 0x80;
    const INTER_PREDICTED: u8 = 0x40;
    const HAS_LAYERS: u8 = 0x20;
    const FRAME_START: u8 = 0x08;
    let Some((first, rest)) = payload.split_first() else {
        return false;
    };
    if first & INTER_PREDICTED != 0 || first & FRAME_START == 0 {
        return false;
    }
    if first & HAS_LAYERS == 0 {
        return true;
    }
    let layers_at = match (first & HAS_PICTURE_ID != 0, rest.first()) {
        (false, _) => 0,
        (true, Some(id)) if id & 0x80 != 0 => 2,
        (true, _) => 1,
    };
    // The spatial layer's three bits, and the inter-layer dependency bit.
    rest.get(layers_at).is_some_and(|layers| layers & 0x0f == 0)
}

/// The N bit of the aggregation header: first packet of a coded video sequence.
fn av1(payload: &[u8]) -> bool {
    payload.first().is_some_and(|header| header & 0x08 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_start(codec: Codec, payload: &[u8]) -> bool {
        let vp8 = Vp8Descriptor::parse(payload).ok();
        starts_keyframe(codec, payload, vp8.as_ref())
    }

    #[test]
    fn vp8_keyframe_start_is_detected() {
        assert!(is_start(Codec::Vp8, &[0x10, 0x00]));
        assert!(!is_start(Codec::Vp8, &[0x00, 0x00]), "not the start of a partition");
        assert!(!is_start(Codec::Vp8, &[0x10, 0x01]), "predicted");
    }

    #[test]
    fn h264_keyframe_start_is_detected_in_every_packetization() {
        assert!(is_start(Codec::H264, &[0x67, 1, 2]));
        assert!(is_start(Codec::H264, &[0x78, 0, 1, 0x09, 0, 2, 0x67, 1]));
        assert!(is_start(Codec::H264, &[0x7c, 0x85, 1]));
        assert!(!is_start(Codec::H264, &[0x7c, 0x05, 1]), "middle of a fragmented frame");
        assert!(!is_start(Codec::H264, &[0x61, 1]));
    }

    #[test]
    fn vp9_keyframe_start_is_detected_in_the_lowest_layer() {
        assert!(is_start(Codec::Vp9, &[0x88, 0x01]));
        assert!(is_start(Codec::Vp9, &[0xa8, 0x81, 0x02, 0x00]));
        assert!(!is_start(Codec::Vp9, &[0xa8, 0x81, 0x02, 0x02]), "higher spatial layer");
        assert!(!is_start(Codec::Vp9, &[0xc8, 0x01]), "predicted");
    }

    #[test]
    fn av1_keyframe_start_is_detected() {
        assert!(is_start(Codec::Av1, &[0x18]));
        assert!(!is_start(Codec::Av1, &[0x10]));
    }
}
