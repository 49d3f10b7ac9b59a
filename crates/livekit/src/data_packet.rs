//! Data packets: whom they are for, and who really sent them.

use anteroom_room::{Identity, ParticipantSid};
use livekit_protocol as proto;
use livekit_protocol::data_packet::Value;
use prost::Message;

/// A packet on its way: readdressed by us, not by its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressedPacket {
    /// For whom; empty for everybody.
    pub to: Vec<Identity>,
    /// The sender's own number for it; zero for none.
    pub sequence: u32,
    /// As it goes out.
    pub bytes: Vec<u8>,
}

/// Reads a packet and writes its true sender into it, whatever it claimed. `None` for what is no packet.
#[expect(deprecated, reason = "old clients read and write these")]
pub fn set_sender(bytes: &[u8], sid: &ParticipantSid, identity: &Identity, reliable: bool) -> Option<AddressedPacket> {
    let mut packet = proto::DataPacket::decode(bytes).ok()?;
    let kind = if reliable { proto::data_packet::Kind::Reliable } else { proto::data_packet::Kind::Lossy };
    packet.kind = kind.into();
    packet.participant_sid = sid.to_string();
    packet.participant_identity = identity.to_string();
    let mut to = packet.destination_identities.clone();
    match &mut packet.value {
        Some(Value::User(user)) => {
            user.participant_sid = sid.to_string();
            user.participant_identity = identity.to_string();
            to.extend(user.destination_identities.iter().cloned());
        }
        // Only the server says who speaks.
        Some(Value::Speaker(_)) | None => return None,
        Some(_) => {}
    }
    let to = to.iter().map(|identity| identity.as_str().into()).collect();
    Some(AddressedPacket { to, sequence: packet.sequence, bytes: packet.encode_to_vec() })
}
