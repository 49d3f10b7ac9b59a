//! Reliable messages for a peer that is still connecting: their senders see it in the room and speak to it at once.

use crate::Channel;
use crate::peer::Peer;

/// So much is held for one peer. Longer speeches to somebody who cannot hear yet are not for people.
const MOST: usize = 1024 * 1024;

/// What waits for the reliable channel to open, in the order in which it was said.
#[derive(Debug, Default)]
pub(crate) struct Held {
    messages: Vec<Vec<u8>>,
    bytes: usize,
}

impl Held {
    /// False if it does not fit any more.
    fn hold(&mut self, bytes: &[u8]) -> bool {
        let fits = self.bytes + bytes.len() <= MOST;
        if fits {
            self.bytes += bytes.len();
            self.messages.push(bytes.to_vec());
        }
        fits
    }
}

impl Peer {
    /// Sends on this channel, or holds the message until the channel opens for the first time.
    pub(crate) fn send_data(&mut self, channel: Channel, bytes: &[u8]) -> bool {
        if let Some((_, id)) = self.channels.iter().find(|(open, _)| *open == channel) {
            let id = *id;
            return self.write_message(id, bytes);
        }
        match &mut self.held {
            Some(held) if channel == Channel::Reliable => held.hold(bytes),
            _ => false,
        }
    }

    /// The channel is open: first of all goes what was said before.
    pub(crate) fn let_go_of_held(&mut self, channel: Channel) {
        if channel != Channel::Reliable {
            return;
        }
        for message in self.held.take().unwrap_or_default().messages {
            self.send_data(channel, &message);
        }
    }
}
