//! Data messages between participants, independent of any wire format.

use std::fmt;
use std::sync::Arc;

use crate::ids::Identity;

/// Bytes that only one wire crate reads; the room passes them on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct WireData {
    wire: &'static str,
    bytes: Arc<[u8]>,
}

impl WireData {
    /// Bytes of the wire format `wire`. Empty bytes belong to no wire format.
    pub fn new(wire: &'static str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() { Self::default() } else { Self { wire, bytes } }
    }

    /// The bytes, if `wire` wrote them.
    pub fn for_wire(&self, wire: &str) -> Option<&Arc<[u8]>> {
        (self.wire == wire).then_some(&self.bytes)
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl fmt::Debug for WireData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WireData({}, {} bytes)", self.wire, self.len())
    }
}

/// Kind of a data message's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    /// UTF-8 text.
    Text,
    /// Bytes.
    Binary,
    /// A message that only the sender's wire knows (a stream, a remote procedure call): receivers on other wires do not
    /// get it.
    Opaque,
}

/// A data message from one participant to others.
#[derive(Clone, PartialEq)]
pub struct DataMessage {
    /// Kind of the content.
    pub kind: DataKind,
    /// The application's topic.
    pub topic: Option<String>,
    /// Receivers; empty means everybody.
    pub to: Vec<Identity>,
    /// Whether it is delivered in order and without loss; otherwise best effort.
    pub reliable: bool,
    /// The sender's sequence number, rising; zero for none. A reliable message whose number is not higher than the last
    /// is a retransmission and is dropped.
    pub sequence: u32,
    /// The content; empty for [`DataKind::Opaque`].
    pub payload: Arc<[u8]>,
    /// The whole message as the sender's wire sends it on, for receivers on the same wire.
    pub encoded: WireData,
}

impl fmt::Debug for DataMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, reliable, sequence, encoded, .. } = self;
        write!(f, "DataMessage({kind:?}, reliable {reliable}, {sequence}, {} bytes)", encoded.len())
    }
}
