//! Data channels by handle: reserve, open, send.

use std::time::Instant;

use super::catch_panic::catch_panic;
use super::media::Media;
use crate::config::MAX_MESSAGE;
use crate::ids::{ChannelId, PeerId};
use crate::io::ChannelConfig;

impl Media {
    /// The handle that the next channel of this label is bound to, opened by either side. With `buffered`, messages sent
    /// before it opens for the first time are kept, up to 1 MiB per peer; else they are refused. `None` for an
    /// unknown peer. Reserving a label again returns the same handle.
    pub fn reserve_channel(&mut self, peer: PeerId, label: &str, buffered: bool) -> Option<ChannelId> {
        self.peers.get_mut(&peer).map(|peer| peer.channels.reserve(label, buffered))
    }

    /// Opens a data channel on a connection that has negotiated an `m=application` section. Messages are buffered
    /// until it is open. `None` for an unknown peer.
    pub fn open_channel(&mut self, now: Instant, peer: PeerId, config: &ChannelConfig) -> Option<ChannelId> {
        self.set_now(now);
        let mut opened = None;
        self.with_peer(peer, |peer| {
            opened = Some(peer.open_channel(config));
            Ok(())
        });
        opened
    }

    /// The handle of a reserved or open channel with this label.
    pub fn channel(&self, peer: PeerId, label: &str) -> Option<ChannelId> {
        self.peers.get(&peer)?.channels.by_label(label)
    }

    /// The label of a channel.
    pub fn channel_label(&self, peer: PeerId, channel: ChannelId) -> Option<&str> {
        self.peers.get(&peer)?.channels.label(channel)
    }

    /// Sends a binary message to a peer. False if it was dropped: the channel is not open and does not buffer, the
    /// message is longer than 65,535 bytes, or the send buffer is full.
    pub fn send_data(&mut self, now: Instant, peer: PeerId, channel: ChannelId, bytes: &[u8]) -> bool {
        self.send_message(now, peer, channel, true, bytes)
    }

    /// Sends a text message; otherwise as [`Media::send_data`].
    pub fn send_text(&mut self, now: Instant, peer: PeerId, channel: ChannelId, text: &str) -> bool {
        self.send_message(now, peer, channel, false, text.as_bytes())
    }

    fn send_message(&mut self, now: Instant, peer: PeerId, channel: ChannelId, binary: bool, bytes: &[u8]) -> bool {
        self.set_now(now);
        if bytes.len() > MAX_MESSAGE {
            return false;
        }
        let Some(to) = self.peers.get_mut(&peer) else {
            return false;
        };
        match catch_panic(|| Ok(to.send_data(channel, binary, bytes))) {
            Ok(sent) => sent,
            Err(why) => {
                self.fail(peer, why);
                false
            }
        }
    }
}
