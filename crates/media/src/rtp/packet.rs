//! An RTP packet on its way through the room, and the stream it belongs to.

use std::sync::Arc;
use std::time::Instant;

use str0m::format::PayloadParams;
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

use super::layers::FrameLayers;
use crate::ids::{LayerKey, SectionKey};
use crate::sdp::section::Kind;

/// A packet of a publication, parsed once for all its subscriptions.
pub(crate) struct IncomingPacket {
    pub(crate) publication: SectionKey,
    pub(crate) kind: Kind,
    pub(crate) layer: Option<LayerKey>,
    /// Its layer inside the stream.
    pub(crate) layers: Option<FrameLayers>,
    /// Audio that nobody is sent: others are louder.
    pub(crate) left_out: bool,
    pub(crate) params: PayloadParams,
    pub(crate) keyframe: bool,
    pub(crate) vp8: Option<Vp8Descriptor>,
    pub(crate) format: PayloadFormat,
    /// When its content was captured, by our clock; the time of arrival if unknown.
    pub(crate) captured: Instant,
    pub(crate) rtp: RtpPacket,
}

/// How the payload is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PayloadFormat {
    Plain,
    /// RED (RFC 2198): with earlier packets; the value is the primary block alone.
    Red(Arc<[u8]>),
}

/// The packets of one encoder run: one layer of a publication under one SSRC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamKey {
    publication: SectionKey,
    pub(crate) layer: Option<LayerKey>,
    ssrc: Ssrc,
}

impl StreamKey {
    pub(crate) fn of(packet: &IncomingPacket) -> Self {
        Self { publication: packet.publication, layer: packet.layer, ssrc: packet.rtp.header.ssrc }
    }
}
