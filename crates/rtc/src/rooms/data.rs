//! Data messages and RPC between participants.

use std::sync::Arc;
use std::time::Instant;

use anteroom_media::{ChannelId, MAX_MESSAGE, PeerId};
use anteroom_room::{DataMessage, DisconnectReason, Input, ParticipantSid};
use anteroom_signalling::{DataFrame, DataInput};

use super::live_room::LiveRoom;

impl LiveRoom {
    /// A message of a client on one of its data channels.
    pub(super) fn receive_data(&mut self, now: Instant, peer: PeerId, channel: ChannelId, binary: bool, bytes: &[u8]) {
        let Some(who) = self.by_peer.get(&peer).cloned() else { return };
        let Some(connection) = self.connections.get_mut(&who).filter(|of| of.publisher_pc == peer) else { return };
        let identity = connection.bearer.identity.as_str().into();
        let Some(label) = self.media.channel_label(peer, channel) else { return };
        let input = connection.signalling.receive_data((&who, &identity), label, binary, bytes);
        let message = match input {
            Some(DataInput::Message(message)) => message,
            Some(DataInput::RpcReply(reply, _)) if self.is_rpc_reply(&who, &reply) => return,
            Some(DataInput::RpcReply(_, message)) => message,
            Some(DataInput::TrackSettings(settings)) => return self.track_settings(now, &who, &settings),
            None => return,
        };
        self.inputs.push_back(Input::SendData { who, message: Arc::new(message) });
    }

    /// A message of a participant for another one, written by the receiver's wire.
    pub(super) fn send_message(
        &mut self,
        now: Instant,
        to: &ParticipantSid,
        from: &ParticipantSid,
        message: &DataMessage,
    ) {
        let Some(sender) = self.room.participant(from).map(|info| info.identity.clone()) else { return };
        let Some(connection) = self.connections.get_mut(to) else { return };
        let Some(frame) = connection.signalling.message((from, &sender), message) else { return };
        if message.reliable && message.sequence > 0 {
            connection.sent_reliable.keep(now, from, message.sequence, &frame);
        }
        let sender = self.connections.get(from).map(|sender| sender.publisher_pc);
        self.send_data_frame(now, to, Some(frame), sender);
    }

    /// Sends a data message that `sender` has sent, or the server. A reliable message is never lost in silence: a
    /// client that reads too slowly for it is asked for a full reconnect.
    pub(super) fn send_data_frame(
        &mut self,
        now: Instant,
        to: &ParticipantSid,
        frame: Option<DataFrame>,
        sender: Option<PeerId>,
    ) {
        let (Some(connection), Some(frame)) = (self.connections.get(to), frame) else { return };
        // With the name of its sender it may have become too long. That is no fault of the receiver.
        if frame.bytes.len() > MAX_MESSAGE {
            return tracing::debug!(room = self.id, bytes = frame.bytes.len(), "too long data message dropped");
        }
        let Some(channel) = self.media.channel(connection.data_pc, &frame.label) else { return };
        let receiver = (connection.data_pc, channel);
        let reliable = frame.reliable;
        let binary = frame.binary || std::str::from_utf8(&frame.bytes).is_err();
        let sent = self.media.forward_data(now, sender, receiver, (binary, reliable), &frame.bytes);
        if !sent && reliable && self.media.is_channel_open(receiver.0, receiver.1) {
            tracing::info!(room = self.id, session = %to, "reads too slowly: a reliable message is lost");
            let reason = DisconnectReason::StateMismatch;
            self.inputs.push_back(Input::Leave { who: to.clone(), reason });
        }
    }
}
