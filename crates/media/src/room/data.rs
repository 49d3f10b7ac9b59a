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
        self.peers.lend(&peer).map(|peer| peer.channels.reserve(label, buffered))
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

    /// Sends a message that arrived from the peer `from`, if from any; otherwise as [`Media::send_data`]. The message counts for the
    /// budget of `from`, and `from` waits if it is reliable and the receiver's send buffer is filling up: until the
    /// receiver has read, its datagrams of data channels are dropped, which slows SCTP down and loses nothing reliable.
    pub fn forward_data(
        &mut self,
        now: Instant,
        from: Option<PeerId>,
        (peer, channel): (PeerId, ChannelId),
        (binary, reliable): (bool, bool),
        bytes: &[u8],
    ) -> bool {
        let sent = self.send_message(now, peer, channel, binary, bytes);
        let is_behind = reliable && self.is_behind(peer, channel);
        if let Some(sender) = from.and_then(|from| self.peers.lend(&from)) {
            sender.data_budget.message_forwarded(now, bytes.len());
            if is_behind {
                sender.data_budget.wait_for(now, (peer, channel));
            }
        }
        sent
    }

    /// Whether the channel is open: a message to it is not refused unless the send buffer is full.
    pub fn is_channel_open(&self, peer: PeerId, channel: ChannelId) -> bool {
        self.peers.get(&peer).is_some_and(|peer| peer.channels.open(channel).is_some())
    }

    fn is_behind(&mut self, peer: PeerId, channel: ChannelId) -> bool {
        self.peers.lend(&peer).is_some_and(|peer| peer.is_behind(channel))
    }

    /// A datagram of data channels (DTLS, RFC 7983) from a peer whose budget is spent or that waits for a receiver.
    pub(crate) fn is_held_back(&mut self, now: Instant, peer: PeerId, datagram: &[u8]) -> bool {
        if !matches!(datagram.first(), Some(20..=63)) {
            return false;
        }
        let Some(budget) = self.peers.get(&peer).map(|peer| &peer.data_budget) else { return false };
        let is_spent = budget.is_spent(now);
        let has_read = budget.receiver().is_some_and(|(peer, channel)| !self.is_behind(peer, channel));
        let Some(peer) = self.peers.lend(&peer) else { return false };
        if has_read {
            peer.data_budget.receiver_reads();
        }
        let is_held_back = is_spent || peer.data_budget.is_waiting(now);
        peer.stats.data_datagrams_dropped += u64::from(is_held_back);
        self.drops.data_datagrams += u64::from(is_held_back);
        is_held_back
    }

    fn send_message(&mut self, now: Instant, peer: PeerId, channel: ChannelId, binary: bool, bytes: &[u8]) -> bool {
        self.set_now(now);
        if bytes.len() > MAX_MESSAGE {
            return false;
        }
        let Some(to) = self.peers.lend(&peer) else {
            return false;
        };
        let sent = catch_panic(|| Ok(to.send_data(channel, binary, bytes)));
        self.drops.early_messages += to.channels.take_lost();
        match sent {
            Ok(sent) => sent,
            Err(why) => {
                self.fail(peer, why);
                false
            }
        }
    }
}
