//! One message of a signalling connection.

/// A WebSocket message to a client, as its wire writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A text message (RFC 6455 opcode 1): Twilio's JSON.
    Text(String),
    /// A binary message (RFC 6455 opcode 2): LiveKit's protobuf.
    Binary(Vec<u8>),
}

impl Frame {
    /// Length in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}
