//! Offers, answers and the media sections in them.

use std::collections::BTreeMap;

use anteroom_media::{Description, Mid, Msid};
use anteroom_room::{Input, ParticipantSid, TrackSid};

use crate::frame::Frame;

/// An SDP offer or answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionDescription {
    /// The SDP (RFC 8866).
    pub sdp: Description,
    /// The offer's number (LiveKit `id`, Twilio `revision`); its answer carries the same. Zero from clients that do
    /// not count.
    pub id: u32,
}

/// The `msid` (RFC 8830) that each sending section gets in a description of the server.
pub type Labels = BTreeMap<Mid, Msid>;

/// A section of a subscriber that carries a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribedSection {
    /// The subscriber's section.
    pub mid: Mid,
    /// The track.
    pub track: TrackSid,
    /// The publisher.
    pub from: ParticipantSid,
    /// The publisher's section.
    pub source: Mid,
}

/// The result of answering a client's offer.
#[derive(Default)]
pub struct NegotiatedAnswer {
    /// The messages that carry the answer.
    pub frames: Vec<Frame>,
    /// Inputs for the room, in this order.
    pub inputs: Vec<Input>,
    /// Sections to forward to from now on.
    pub sections: Vec<SubscribedSection>,
    /// Simulcast layers that the client names by SSRC instead of RID, lowest first, by its sections.
    pub simulcast_ssrcs: BTreeMap<Mid, Vec<u32>>,
}
