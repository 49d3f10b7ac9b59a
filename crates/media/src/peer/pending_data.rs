//! Buffer for reliable messages to a peer whose data channel is not open yet: others see the participant in the room
//! and send at once.

/// Limit per peer, in bytes. More than this is no chat message.
const MAX_BYTES: usize = 1024 * 1024;

/// Messages in the order in which they were sent.
#[derive(Debug, Default)]
pub(crate) struct PendingData {
    pub(crate) messages: Vec<Vec<u8>>,
    bytes: usize,
}

impl PendingData {
    /// False if the message does not fit.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> bool {
        let fits = self.bytes + bytes.len() <= MAX_BYTES;
        if fits {
            self.bytes += bytes.len();
            self.messages.push(bytes.to_vec());
        }
        fits
    }
}
