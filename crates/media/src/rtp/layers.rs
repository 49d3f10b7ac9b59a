//! Temporal and spatial layers inside one stream (SVC).

/// The highest layers a subscriber is sent: the ids of RFC 9628 and RFC 7741, counted from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LayerTarget {
    pub(crate) spatial: u8,
    pub(crate) temporal: u8,
}

impl LayerTarget {
    /// Everything that is published.
    pub(crate) const ALL: Self = Self { spatial: u8::MAX, temporal: u8::MAX };
}

/// The layer of one packet. A picture has a frame for each of its spatial layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrameLayers {
    pub(crate) spatial: u8,
    pub(crate) temporal: u8,
    /// The first packet of its frame.
    pub(crate) starts: bool,
    /// The last packet of its frame.
    pub(crate) ends: bool,
    pub(crate) entry: LayerEntry,
}

/// When a subscriber that was not sent this layer can begin to decode it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LayerEntry {
    /// VP8 and VP9 mark the frames with which it can.
    Marked {
        /// Predicted at most from the lower layers of the same picture.
        spatial: bool,
        /// This frame and later ones of the temporal layer need lower temporal layers only.
        temporal: bool,
    },
    /// AV1: with a frame whose references were all sent. Frame numbers of the dependency descriptor.
    References { frame: u16, earlier: Vec<u16> },
}
