//! One session's signalling, in whatever wire format its client speaks.

use std::sync::Arc;

use anteroom_media::{ChannelConfig, Codec, Mid, OfferChange, Section};
use anteroom_room::{AddTrack, DataMessage, Identity, Input, Output, Participant, ParticipantSid, Track, TrackSid};

use crate::api::{RpcRequest, ServerData};
use crate::data::{DataFrame, DataInput};
use crate::frame::Frame;
use crate::room_info::{RoomInfo, RoomSnapshot};
use crate::sections::{Labels, NegotiatedAnswer, SessionDescription, SubscribedSection};

/// A peer connection of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerRole {
    /// The one on which the client sends. Of clients with a single peer connection, the only one.
    Publisher,
    /// The one on which a client with dual peer connections receives.
    Subscriber,
}

/// The signalling state of one session. It outlives its socket: a resumed session goes on with it.
///
/// Three groups of methods: messages to the client, the tracks the client publishes and subscribes to with the media
/// sections that carry them, and data messages. An implementation translates and keeps the state of its wire
/// (numbers of offers, revisions of lists); it never decides who may receive what.
///
/// Either side may offer. Clients that offer for what they receive get sections filled by [`Signalling::answer_offer`]
/// (LiveKit's `/rtc/v1`). For the others the server offers, on a second peer connection (LiveKit's `/rtc`) or on the
/// only one (Twilio, where an offer of the client is ignored while one of the server is out).
pub trait Signalling: Send {
    /// The client receives on a second peer connection.
    fn dual_pc(&self) -> bool;
    /// A sid for a track that the client announces, in the format of its wire.
    fn mint_track_sid(&self, request: &AddTrack, random: &[u8; 16]) -> TrackSid;

    /// The first messages of a new session.
    fn joined(&mut self, room: &RoomInfo, you: &Participant, others: &[Arc<Participant>]) -> Vec<Frame>;
    /// The first messages of a session that goes on over a new socket. `last_sequence` is the number of the last
    /// reliable message that arrived from the client; it sends again what came after. A wire that sends the whole state
    /// again has kept it from earlier outputs (Twilio, which needs it for the revisions of its lists).
    fn resumed(&mut self, last_sequence: u32) -> Vec<Frame>;
    /// Messages about what the room reports to this session; none for outputs that the wire does not send.
    fn output(&mut self, output: &Output) -> Vec<Frame>;
    /// The attributes of the room have changed.
    fn room_updated(&mut self, room: &RoomSnapshot) -> Vec<Frame>;
    /// A candidate of the server for one of the client's peer connections.
    fn candidate(&mut self, peer: PeerRole, mid: &str, candidate: &str) -> Vec<Frame>;
    /// A subscribed video is paused because the client's bandwidth does not carry it, or goes on.
    fn stream_paused(&mut self, from: &ParticipantSid, track: &TrackSid, paused: bool) -> Vec<Frame>;
    /// Only the lowest `layers` of a track that the client publishes have subscribers (dynacast).
    fn subscribed_layers(&mut self, track: &Track, codec: Codec, layers: usize) -> Vec<Frame>;
    /// The client can decode no codec in which a track is published.
    fn codec_unsupported(&mut self, track: &TrackSid) -> Vec<Frame>;

    /// A track of the client has its sid; the client will send it under `cid`. Returns what follows if the client sends
    /// it already.
    fn track_pending(&mut self, cid: &str, track: &Track) -> Vec<Input>;
    /// The client publishes this track or has announced it.
    fn publishes(&self, track: &TrackSid) -> bool;
    /// The track that the client sends on a section.
    fn published_on(&self, mid: Mid) -> Option<&TrackSid>;
    /// The sections on which the client sends a track: one, or two in different codecs.
    fn publishing_sections(&self, track: &TrackSid) -> Vec<Mid>;

    /// The client is to receive a track, from its next negotiation on.
    fn subscribe(&mut self, from: &ParticipantSid, track: &Track);
    /// The client is no longer to receive a track. Returns the section that carried it.
    fn unsubscribe(&mut self, track: &TrackSid) -> Option<Mid>;
    /// The section that carries a track to the client.
    fn section_of(&self, track: &TrackSid) -> Option<Mid>;

    /// The offer as the media is to read it. `None` to ignore it, as Twilio does while an offer of the server is out.
    fn prepare_offer(&mut self, offer: SessionDescription) -> Option<SessionDescription> {
        Some(offer)
    }
    /// The media has accepted the client's offer number `id` of these sections. `sdp` writes the answer once the
    /// sections have their labels.
    fn answer_offer(
        &mut self,
        id: u32,
        offered: &[Section],
        sdp: &mut dyn FnMut(&Labels) -> String,
    ) -> NegotiatedAnswer;
    /// Asks the client for another offer if tracks wait for sections. Call after everything else was handled.
    fn request_offer(&mut self) -> Vec<Frame>;
    /// What the server has to offer, if anything and no offer is out. Call after everything else was handled.
    fn plan_offer(&mut self) -> Option<OfferChange>;
    /// The media has made the offer of the last plan; `added` are its new sections. `sdp` writes the offer once the
    /// sections have their labels.
    fn offer_created(&mut self, added: &[Mid], sdp: &mut dyn FnMut(&Labels) -> String) -> Vec<Frame>;
    /// The client has answered the server's offer number `id`: what to forward from now on. `None` if that offer is not
    /// the one that is out.
    fn answer_received(&mut self, id: u32) -> Option<Vec<SubscribedSection>>;

    /// The data channels of every client on this wire. Messages may be sent before one is open; those on a reliable
    /// channel wait for it.
    fn data_channels(&self) -> Vec<ChannelConfig>;
    /// What the client, `sender`, sent on the data channel with this label, as a text or binary message. `None` for
    /// what its wire does not know.
    fn receive_data(
        &mut self,
        sender: (&ParticipantSid, &Identity),
        label: &str,
        binary: bool,
        bytes: &[u8],
    ) -> Option<DataInput>;
    /// A message of another participant. `None` if this wire has no form for it.
    fn message(&mut self, from: (&ParticipantSid, &Identity), message: &DataMessage) -> Option<DataFrame>;
    /// A message of the server for an API client.
    fn server_data(&mut self, data: &ServerData) -> Option<DataFrame>;
    /// A remote procedure call of an API client.
    fn rpc_request(&mut self, request: &RpcRequest) -> Option<DataFrame>;
}
