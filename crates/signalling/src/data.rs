//! Data messages, between the data channels of a client and the room.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use anteroom_room::DataMessage;

use crate::api::RpcReply;
use crate::client_request::TrackSettings;

/// A data message to a client: what to send on which of its data channels.
#[derive(Clone, PartialEq, Eq)]
pub struct DataFrame {
    /// The label of the data channel (RFC 8832 section 5.1).
    pub label: Cow<'static, str>,
    /// A binary message; otherwise a text message, whose bytes are UTF-8 (RFC 8831 section 6.6).
    pub binary: bool,
    /// The channel is reliable: the message must not be lost while the client is connected.
    pub reliable: bool,
    /// The bytes to send; shared between receivers where their wire writes the same for each.
    pub bytes: Arc<[u8]>,
}

impl fmt::Debug for DataFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataFrame({:?}, {} bytes)", self.label, self.bytes.len())
    }
}

/// What a client sent on a data channel.
#[derive(Clone, PartialEq)]
pub enum DataInput {
    /// A message to other participants.
    Message(DataMessage),
    /// A reply to a remote procedure call: one of the server's, or else a message to the participant that called.
    RpcReply(RpcReply, DataMessage),
    /// How subscribed tracks are to be received, which Twilio's clients send over data channels (render hints, track
    /// priority).
    TrackSettings(TrackSettings),
}
