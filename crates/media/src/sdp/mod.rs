//! Session descriptions (SDP): offers that are read, answers and offers that are written.

pub(crate) mod answer;
pub(crate) mod candidates;
pub(crate) mod codec_order;
pub(crate) mod error;
pub(crate) mod labels;
pub(crate) mod lines;
pub(crate) mod offer;
pub(crate) mod opus;
pub(crate) mod section;
pub(crate) mod server_offer;
pub(crate) mod size;
