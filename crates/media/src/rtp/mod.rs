//! RTP packets: payload headers, sequence numbers and timestamps, bitrates.

pub(crate) mod bitrate;
pub(crate) mod dependency_descriptor;
pub(crate) mod dependency_structure;
pub(crate) mod frame_layers;
pub(crate) mod keyframe;
pub(crate) mod layers;
pub(crate) mod numbering;
pub(crate) mod packet;
pub(crate) mod red;
pub(crate) mod timeline;
pub(crate) mod vp8;
