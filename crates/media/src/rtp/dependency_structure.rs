//! The part of a dependency descriptor that has the layer and the references of a frame (AV1 RTP specification,
//! sections A.8.2 and A.8.3). Decode target indications and chains are skipped.

use super::layers::{FrameLayers, LayerEntry};

/// Template ids have six bits.
const TEMPLATE_IDS: u32 = 64;

/// The templates of a coded video sequence, sent with its keyframe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DependencyStructure {
    first_id: u32,
    decode_targets: u32,
    templates: Vec<Template>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Template {
    spatial: u8,
    temporal: u8,
    /// How many frames before this one its references are.
    frame_diffs: Vec<u16>,
}

/// Parses a descriptor. `structure` is of the last keyframe, and is replaced if this one has its own. `None` without a
/// structure, or if the descriptor is malformed.
pub(crate) fn parse(bytes: &[u8], structure: &mut Option<DependencyStructure>) -> Option<FrameLayers> {
    let mut bits = Bits { bytes, at: 0 };
    let (starts, ends) = (bits.flag()?, bits.flag()?);
    let template = bits.read(6)?;
    let frame = u16::try_from(bits.read(16)?).ok()?;
    let mut flags = [false; 5];
    if bytes.len() > 3 {
        for flag in &mut flags {
            *flag = bits.flag()?;
        }
    }
    let [has_structure, has_active_targets, has_targets, has_diffs, _] = flags;
    if has_structure {
        *structure = Some(DependencyStructure::parse(&mut bits)?);
    }
    let structure = structure.as_ref()?;
    if has_active_targets {
        bits.skip(structure.decode_targets)?;
    }
    let index = (template + TEMPLATE_IDS - structure.first_id) % TEMPLATE_IDS;
    let template = structure.templates.get(usize::try_from(index).ok()?)?;
    if has_targets {
        bits.skip(2 * structure.decode_targets)?;
    }
    let custom = if has_diffs { Some(frame_diffs(&mut bits)?) } else { None };
    let diffs = custom.as_ref().unwrap_or(&template.frame_diffs);
    let earlier = diffs.iter().map(|diff| frame.wrapping_sub(*diff)).collect();
    let entry = LayerEntry::References { frame, earlier };
    Some(FrameLayers { spatial: template.spatial, temporal: template.temporal, starts, ends, entry })
}

/// References of a frame that differs from its template.
fn frame_diffs(bits: &mut Bits<'_>) -> Option<Vec<u16>> {
    let mut diffs = Vec::new();
    loop {
        match bits.read(2)? {
            0 => return Some(diffs),
            size => diffs.push(u16::try_from(bits.read(4 * size)? + 1).ok()?),
        }
    }
}

impl DependencyStructure {
    fn parse(bits: &mut Bits<'_>) -> Option<Self> {
        let first_id = bits.read(6)?;
        let decode_targets = bits.read(5)? + 1;
        let mut templates = Self::template_layers(bits)?;
        let count = u32::try_from(templates.len()).ok()?;
        bits.skip(2 * decode_targets * count)?;
        for template in &mut templates {
            while bits.flag()? {
                template.frame_diffs.push(u16::try_from(bits.read(4)? + 1).ok()?);
            }
        }
        let chains = bits.below(decode_targets + 1)?;
        if chains > 0 {
            for _ in 0..decode_targets {
                bits.below(chains)?;
            }
            bits.skip(4 * chains * count)?;
        }
        if bits.flag()? {
            let spatial_layers = templates.last().map_or(0, |template| u32::from(template.spatial)) + 1;
            bits.skip(32 * spatial_layers)?;
        }
        Some(Self { first_id, decode_targets, templates })
    }

    fn template_layers(bits: &mut Bits<'_>) -> Option<Vec<Template>> {
        let mut templates = Vec::new();
        let mut template = Template::default();
        while templates.len() < TEMPLATE_IDS as usize {
            templates.push(template.clone());
            match bits.read(2)? {
                0 => {}
                1 => template.temporal += 1,
                2 => template = Template { spatial: template.spatial + 1, ..Template::default() },
                _ => return Some(templates),
            }
        }
        None
    }
}

/// Reads bits, the highest of each byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u32,
}

impl Bits<'_> {
    fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// A number of up to 16 bits.
    fn read(&mut self, bits: u32) -> Option<u32> {
        (0..bits).try_fold(0, |number, _| Some(number << 1 | u32::from(self.flag()?)))
    }

    fn skip(&mut self, bits: u32) -> Option<()> {
        self.at += bits;
        (self.at as usize <= 8 * self.bytes.len()).then_some(())
    }

    /// A number below `count`, which takes a bit less where it can: `ns(n)` of the AV1 bitstream specification, section
    /// 4.10.7.
    fn below(&mut self, count: u32) -> Option<u32> {
        let bits = u32::BITS - count.leading_zeros();
        let short = (1 << bits) - count;
        let number = self.read(bits - 1)?;
        if number < short {
            return Some(number);
        }
        Some((number << 1) - short + self.read(1)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes bits as a sender does.
    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn put(&mut self, number: u32, bits: u32) -> &mut Self {
            self.0.extend((0..bits).rev().map(|bit| number >> bit & 1 == 1));
            self
        }

        fn bytes(&self) -> Vec<u8> {
            self.0
                .chunks(8)
                .map(|bits| bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at)))
                .collect()
        }
    }

    /// A keyframe of two spatial layers with two temporal layers each, with chains and resolutions.
    fn keyframe() -> Vec<u8> {
        let mut writer = Writer::default();
        writer.put(0b11, 2).put(10, 6).put(500, 16).put(0b10000, 5);
        writer.put(10, 6).put(3, 5);
        // Templates S0T0, S0T1, S1T0, S1T1.
        writer.put(1, 2).put(2, 2).put(1, 2).put(3, 2);
        writer.put(0, 32);
        // References: none; one of two frames ago; one of one frame ago; two.
        writer.put(0, 1).put(1, 1).put(1, 4).put(0, 1).put(1, 1).put(0, 4).put(0, 1);
        writer.put(1, 1).put(1, 4).put(1, 1).put(0, 4).put(0, 1);
        // Two chains of 0 to 4 (three bits at most), four targets protected by one of them, their differences.
        writer.put(0b10, 2).put(0b0011, 4).put(0, 4 * 2 * 4);
        writer.put(1, 1).put(319, 16).put(179, 16).put(639, 16).put(359, 16);
        writer.bytes()
    }

    fn layers(spatial: u8, temporal: u8, frame: u16, earlier: &[u16]) -> Option<FrameLayers> {
        let entry = LayerEntry::References { frame, earlier: earlier.to_vec() };
        Some(FrameLayers { spatial, temporal, starts: true, ends: true, entry })
    }

    #[test]
    fn frames_are_described_by_the_templates_of_the_last_keyframe() {
        let mut structure = None;
        let delta = |template: u32, frame: u32| Writer::default().put(0b11, 2).put(template, 6).put(frame, 16).bytes();
        assert_eq!(parse(&delta(11, 502), &mut structure), None, "no keyframe yet");
        assert_eq!(parse(&keyframe(), &mut structure), layers(0, 0, 500, &[]));
        assert_eq!(parse(&delta(11, 502), &mut structure), layers(0, 1, 502, &[500]));
        assert_eq!(parse(&delta(12, 503), &mut structure), layers(1, 0, 503, &[502]));
        assert_eq!(parse(&delta(13, 504), &mut structure), layers(1, 1, 504, &[502, 503]));
        assert_eq!(parse(&delta(14, 505), &mut structure), None, "no such template");
    }

    #[test]
    fn references_of_a_frame_replace_those_of_its_template() {
        let mut structure = None;
        parse(&keyframe(), &mut structure);
        let mut writer = Writer::default();
        writer.put(0b11, 2).put(12, 6).put(600, 16).put(0b01110, 5).put(0b1111, 4).put(0, 8);
        writer.put(1, 2).put(4, 4).put(2, 2).put(99, 8).put(0, 2);
        assert_eq!(parse(&writer.bytes(), &mut structure), layers(1, 0, 600, &[595, 500]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut structure = None;
            parse(&bytes, &mut structure);
            parse(&bytes, &mut structure);
        }
    }
}
