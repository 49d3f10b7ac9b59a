//! Messages on a peer's data channels.

use str0m::channel::{ChannelConfig as SctpConfig, ChannelData, ChannelId as SctpChannel, Reliability as Sctp};

use super::Peer;
use crate::config::MAX_BUFFERED_DATA;
use crate::ids::ChannelId;
use crate::io::{ChannelConfig, Output, Reliability};

impl Peer {
    /// Opens a channel on the peer's SCTP association; at once, or when the association is up.
    pub(crate) fn open_channel(&mut self, config: &ChannelConfig) -> ChannelId {
        let sctp = self.rtc.direct_api().create_data_channel(sctp_config(config));
        self.mark_written();
        self.channels.opening(&config.label, sctp)
    }

    /// Sends on this channel, or buffers the message until the channel opens for the first time.
    pub(crate) fn send_data(&mut self, channel: ChannelId, binary: bool, bytes: &[u8]) -> bool {
        match self.channels.open(channel) {
            Some(open) => self.write_message(open, binary, bytes),
            None => self.channels.buffer(channel, binary, bytes),
        }
    }

    /// The channel is open: sends the buffered messages, before any other.
    pub(crate) fn channel_opened(&mut self, sctp: SctpChannel, label: String) -> Option<Output> {
        let Some(opened) = self.channels.opened(sctp, &label) else {
            self.rtc.direct_api().close_data_channel(sctp);
            return None;
        };
        for message in opened.pending {
            self.write_message(sctp, message.binary, &message.bytes);
        }
        let config = self.rtc.channel(sctp).and_then(|channel| channel.config().cloned()).unwrap_or_default();
        let config = ChannelConfig { label, ordered: config.ordered, reliability: reliability(config.reliability) };
        let (channel, lost_messages) = (opened.handle, opened.lost_messages);
        Some(Output::ChannelOpened { peer: self.id, channel, config, lost_messages })
    }

    pub(crate) fn channel_closed(&mut self, sctp: SctpChannel) -> Option<Output> {
        let channel = self.channels.closed(sctp)?;
        Some(Output::ChannelClosed { peer: self.id, channel })
    }

    pub(crate) fn data_received(&mut self, data: ChannelData) -> Option<Output> {
        let channel = self.channels.by_sctp(data.id)?;
        // Its SCTP acknowledgement is due soon; with the idle timeout it would be late.
        self.last_media = self.last_received;
        self.data_budget.message_received(self.last_received, data.data.len());
        Some(Output::Data { peer: self.id, channel, binary: data.binary, bytes: data.data })
    }

    /// More than half of the send buffer waits on this channel, or of what is buffered until it opens.
    pub(crate) fn is_behind(&mut self, channel: ChannelId) -> bool {
        match self.channels.open(channel) {
            Some(open) => self.rtc.channel(open).is_some_and(|mut open| open.buffered_amount() > MAX_BUFFERED_DATA / 2),
            None => self.channels.is_filling(channel),
        }
    }

    /// Writes a message to an open channel. False if its send buffer is full.
    fn write_message(&mut self, channel: SctpChannel, binary: bool, bytes: &[u8]) -> bool {
        let Some(mut open) = self.rtc.channel(channel) else {
            return false;
        };
        let taken = open.write(binary, bytes).unwrap_or(false);
        self.mark_written();
        taken
    }
}

pub(super) fn sctp_config(config: &ChannelConfig) -> SctpConfig {
    let reliability = match config.reliability {
        Reliability::Reliable => Sctp::Reliable,
        Reliability::MaxRetransmits(retransmits) => Sctp::MaxRetransmits { retransmits },
        Reliability::MaxLifetime(lifetime) => Sctp::MaxPacketLifetime { lifetime },
    };
    SctpConfig { label: config.label.clone(), ordered: config.ordered, reliability, ..SctpConfig::default() }
}

fn reliability(sctp: Sctp) -> Reliability {
    match sctp {
        Sctp::Reliable => Reliability::Reliable,
        Sctp::MaxRetransmits { retransmits } => Reliability::MaxRetransmits(retransmits),
        Sctp::MaxPacketLifetime { lifetime } => Reliability::MaxLifetime(lifetime),
    }
}
