//! A packet on its way through the room, and the stream it belongs to.

use std::sync::Arc;
use std::time::Instant;

use str0m::format::PayloadParams;
use str0m::media::Rid;
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

use crate::ids::Port;
use crate::sdp::section::Kind;

/// A packet on its way from a source to its sinks, looked into once.
pub(crate) struct Arrival {
    pub(crate) source: Port,
    pub(crate) kind: Kind,
    pub(crate) rid: Option<Rid>,
    pub(crate) params: PayloadParams,
    pub(crate) keyframe: bool,
    pub(crate) vp8: Option<Vp8Descriptor>,
    pub(crate) form: Form,
    /// When what is in it was seen or heard, as far as we know.
    pub(crate) captured: Instant,
    pub(crate) rtp: RtpPacket,
}

/// How the payload is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    /// With what came before it; inside is the packet alone.
    Redundant(Arc<[u8]>),
}

/// One run of packets of one encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stream {
    source: Port,
    pub(crate) rid: Option<Rid>,
    ssrc: Ssrc,
}

impl Stream {
    pub(crate) fn of(arrival: &Arrival) -> Self {
        Self { source: arrival.source, rid: arrival.rid, ssrc: arrival.rtp.header.ssrc }
    }
}
