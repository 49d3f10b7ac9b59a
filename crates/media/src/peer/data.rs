//! Messages on a peer's data channels.

use str0m::channel::ChannelId;

use super::Peer;
use crate::io::Channel;

impl Peer {
    /// Sends on this channel, or buffers the message until the channel opens for the first time.
    pub(crate) fn send_data(&mut self, channel: Channel, bytes: &[u8]) -> bool {
        if let Some((_, id)) = self.channels.iter().find(|(open, _)| *open == channel) {
            let id = *id;
            return self.write_message(id, bytes);
        }
        match &mut self.pending_data {
            Some(pending) if channel == Channel::Reliable => pending.push(bytes),
            _ => false,
        }
    }

    /// The channel is open: sends the buffered messages, before any other.
    pub(crate) fn flush_pending_data(&mut self, channel: Channel) {
        if channel != Channel::Reliable {
            return;
        }
        for message in self.pending_data.take().unwrap_or_default().messages {
            self.send_data(channel, &message);
        }
    }

    /// Writes a binary message to an open channel. False if its send buffer is full.
    pub(crate) fn write_message(&mut self, channel: ChannelId, bytes: &[u8]) -> bool {
        let Some(mut open) = self.rtc.channel(channel) else {
            return false;
        };
        self.dirty = true;
        open.write(true, bytes).unwrap_or(false)
    }
}
