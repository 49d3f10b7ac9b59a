//! Reliable messages for a peer that is still connecting: their senders see it in the room and speak to it at once.

/// So much is held for one peer. Longer speeches to somebody who cannot hear yet are not for people.
const MAX_BYTES: usize = 1024 * 1024;

/// What waits for the reliable channel to open, in the order in which it was said.
#[derive(Debug, Default)]
pub(crate) struct PendingData {
    pub(crate) messages: Vec<Vec<u8>>,
    bytes: usize,
}

impl PendingData {
    /// False if it does not fit any more.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> bool {
        let fits = self.bytes + bytes.len() <= MAX_BYTES;
        if fits {
            self.bytes += bytes.len();
            self.messages.push(bytes.to_vec());
        }
        fits
    }
}
