//! Dependency descriptor of a video frame (AV1 RTP specification, section A.2).
//!
//! Forwarded unchanged, and read for the layer of a frame (`dependency_structure.rs`). Without it a browser cannot distinguish the spatial layers of one frame, and shows nothing of a
//! frame that came in several.

use std::sync::Arc;

use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};

use super::dependency_structure::{self, DependencyStructure};
use super::layers::FrameLayers;

const URI: &str = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
/// The extension id we offer; the other side's own id counts where it has one.
pub(crate) const ID: u8 = 12;
/// The longest header extension in the one-byte form (RFC 8285 section 4.2).
const MAX_ONE_BYTE_FORM: usize = 16;
/// Templates of four layers take about a hundred bytes. With more, a packet would not fit str0m's send buffer.
const MAX_LENGTH: usize = 200;

/// The bytes of one packet's descriptor, not parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Descriptor(Arc<[u8]>);

#[derive(Debug)]
struct Serializer;

/// The extension for str0m's extension map.
pub(crate) fn extension() -> Extension {
    Extension::with_serializer(URI, Serializer)
}

/// The layer of the frame that a packet's descriptor describes.
pub(crate) fn frame_layers(
    values: &ExtensionValues,
    structure: &mut Option<DependencyStructure>,
) -> Option<FrameLayers> {
    let Descriptor(bytes) = values.user_values.get::<Descriptor>()?;
    dependency_structure::parse(bytes, structure)
}

/// Copies the descriptor of one packet, if it has one, to another.
pub(crate) fn copy(from: &ExtensionValues, to: &mut ExtensionValues) {
    if let Some(descriptor) = from.user_values.get_arc::<Descriptor>() {
        to.user_values.set_arc(descriptor);
    }
}

impl ExtensionSerializer for Serializer {
    fn write_to(&self, buffer: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(Descriptor(bytes)) = values.user_values.get::<Descriptor>() else {
            return 0;
        };
        buffer.get_mut(..bytes.len()).map_or(0, |room| {
            room.copy_from_slice(bytes);
            bytes.len()
        })
    }

    fn parse_value(&self, bytes: &[u8], values: &mut ExtensionValues) -> bool {
        let fits = !bytes.is_empty() && bytes.len() <= MAX_LENGTH;
        if fits {
            values.user_values.set(Descriptor(bytes.into()));
        }
        fits
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, values: &ExtensionValues) -> bool {
        values.user_values.get::<Descriptor>().is_some_and(|Descriptor(bytes)| bytes.len() > MAX_ONE_BYTE_FORM)
    }
}

/// For tests: reads and writes a packet's descriptor.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    pub(crate) fn read(values: &ExtensionValues) -> Option<Vec<u8>> {
        values.user_values.get::<Descriptor>().map(|Descriptor(bytes)| bytes.to_vec())
    }

    pub(crate) fn write(values: &mut ExtensionValues, bytes: &[u8]) {
        values.user_values.set(Descriptor(bytes.into()));
    }
}
