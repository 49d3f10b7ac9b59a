//! The data channels of a peer by handle, and the messages buffered until they open: others see the participant in the
//! room and send at once.

use std::collections::BTreeMap;

use str0m::channel::ChannelId as SctpChannel;

use crate::ids::ChannelId;

/// Limit of buffered bytes per peer. More than this is no chat message.
const MAX_BYTES: usize = 1024 * 1024;
/// Limit of channels per peer; a hostile client may open as many as it likes.
const MAX_CHANNELS: usize = 256;
/// Longest label, in bytes; of a client it may be 65,535.
const MAX_LABEL: usize = 255;

#[derive(Debug, Default)]
pub(crate) struct Channels {
    channels: BTreeMap<ChannelId, Channel>,
    next: u32,
    buffered_bytes: usize,
    /// Messages lost since [`Channels::take_lost`] because they did not fit.
    lost: u64,
}

/// A channel that has opened.
#[derive(Debug)]
pub(crate) struct OpenedChannel {
    pub(crate) handle: ChannelId,
    /// The messages to send first.
    pub(crate) pending: Vec<ChannelMessage>,
    /// Others did not fit.
    pub(crate) lost_messages: bool,
}

#[derive(Debug)]
struct Channel {
    label: String,
    /// The handle outlives the channel, and is bound to the next one of this label.
    reserved: bool,
    sctp: Option<SctpChannel>,
    open: bool,
    /// Messages sent before it opens, in order; `None` if they are refused.
    pending: Option<Vec<ChannelMessage>>,
    /// Messages sent before it opened did not fit.
    overflowed: bool,
}

/// A message, binary or text.
#[derive(Debug)]
pub(crate) struct ChannelMessage {
    pub(crate) binary: bool,
    pub(crate) bytes: Vec<u8>,
}

impl Channel {
    fn new(label: &str, reserved: bool, sctp: Option<SctpChannel>, pending: Option<Vec<ChannelMessage>>) -> Self {
        Self { label: label.to_owned(), reserved, sctp, open: false, pending, overflowed: false }
    }
}

impl Channels {
    /// The handle of the next channel of this label, opened by either side.
    pub(crate) fn reserve(&mut self, label: &str, buffered: bool) -> ChannelId {
        let reserved = |(_, channel): &(&ChannelId, &Channel)| channel.reserved && channel.label == label;
        if let Some((handle, _)) = self.channels.iter().find(reserved) {
            return *handle;
        }
        let pending = buffered.then(Vec::new);
        self.insert(Channel::new(label, true, None, pending))
    }

    /// A channel that we open. Messages are buffered until it is open.
    pub(crate) fn opening(&mut self, label: &str, sctp: SctpChannel) -> ChannelId {
        let pending = Some(Vec::new());
        self.insert(Channel::new(label, false, Some(sctp), pending))
    }

    /// A channel is open; `None` for one channel too many.
    pub(crate) fn opened(&mut self, sctp: SctpChannel, label: &str) -> Option<OpenedChannel> {
        let ours = self.channels.iter().find(|(_, channel)| channel.sctp == Some(sctp));
        let reserved = || self.channels.iter().find(|(_, channel)| channel.reserved && channel.label == label);
        let handle = match ours.or_else(reserved) {
            Some((handle, _)) => *handle,
            None if self.channels.len() >= MAX_CHANNELS || label.len() > MAX_LABEL => return None,
            None => self.opening(label, sctp),
        };
        let channel = self.channels.get_mut(&handle)?;
        (channel.sctp, channel.open) = (Some(sctp), true);
        let pending = channel.pending.take().unwrap_or_default();
        self.buffered_bytes -= pending.iter().map(|message| message.bytes.len()).sum::<usize>();
        let lost_messages = std::mem::take(&mut channel.overflowed);
        Some(OpenedChannel { handle, pending, lost_messages })
    }

    /// A channel is closed; one that was replaced by another of its label has no handle any more.
    pub(crate) fn closed(&mut self, sctp: SctpChannel) -> Option<ChannelId> {
        let (handle, channel) = self.channels.iter_mut().find(|(_, channel)| channel.sctp == Some(sctp))?;
        let handle = *handle;
        (channel.sctp, channel.open) = (None, false);
        if !channel.reserved {
            let removed = self.channels.remove(&handle)?;
            let pending = removed.pending.unwrap_or_default();
            self.buffered_bytes -= pending.iter().map(|message| message.bytes.len()).sum::<usize>();
        }
        Some(handle)
    }

    pub(crate) fn by_sctp(&self, sctp: SctpChannel) -> Option<ChannelId> {
        let (handle, _) = self.channels.iter().find(|(_, channel)| channel.sctp == Some(sctp))?;
        Some(*handle)
    }

    pub(crate) fn by_label(&self, label: &str) -> Option<ChannelId> {
        let (handle, _) = self.channels.iter().find(|(_, channel)| channel.label == label)?;
        Some(*handle)
    }

    pub(crate) fn label(&self, handle: ChannelId) -> Option<&str> {
        self.channels.get(&handle).map(|channel| channel.label.as_str())
    }

    /// The open channel behind a handle.
    pub(crate) fn open(&self, handle: ChannelId) -> Option<SctpChannel> {
        self.channels.get(&handle).filter(|channel| channel.open)?.sctp
    }

    /// Keeps a message until the channel opens for the first time. False if it is refused or does not fit. If it does
    /// not fit, those before it are dropped as well, and those after it until the channel opens: the peer gets no
    /// sequence with a hole, and [`OpenedChannel::lost_messages`] reports it.
    pub(crate) fn buffer(&mut self, handle: ChannelId, binary: bool, bytes: &[u8]) -> bool {
        let Some(channel) = self.channels.get_mut(&handle) else {
            return false;
        };
        if self.buffered_bytes + bytes.len() > MAX_BYTES {
            channel.overflowed |= channel.pending.is_some();
            let dropped = channel.pending.take().unwrap_or_default();
            self.buffered_bytes -= dropped.iter().map(|message| message.bytes.len()).sum::<usize>();
            self.lost += dropped.len() as u64;
        }
        let Some(pending) = channel.pending.as_mut() else {
            self.lost += u64::from(channel.overflowed);
            return false;
        };
        self.buffered_bytes += bytes.len();
        pending.push(ChannelMessage { binary, bytes: bytes.to_vec() });
        true
    }

    /// More than half of what may be buffered waits for this channel to open.
    pub(crate) fn is_filling(&self, handle: ChannelId) -> bool {
        let waits = self.channels.get(&handle).is_some_and(|channel| channel.pending.is_some());
        waits && self.buffered_bytes > MAX_BYTES / 2
    }

    /// How many messages were lost since the last call.
    pub(crate) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    fn insert(&mut self, channel: Channel) -> ChannelId {
        let handle = ChannelId(self.next);
        self.next += 1;
        self.channels.insert(handle, channel);
        handle
    }
}
