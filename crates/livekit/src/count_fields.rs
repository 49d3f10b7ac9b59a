//! Counts the fields of an encoded message without decoding it. A list is one field for each of its entries, and decoding
//! allocates memory for each of them.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// The fields of a message, with those of the messages directly in it: the fields with these tags. `None` if it is
/// malformed.
pub(crate) fn count(bytes: &[u8], messages: &[u32]) -> Option<usize> {
    let (mut rest, mut count) = (bytes, 0);
    while !rest.is_empty() {
        let (tag, wire_type) = decode_key(&mut rest).ok()?;
        count += 1;
        if wire_type == WireType::LengthDelimited {
            let length = usize::try_from(decode_varint(&mut rest).ok()?).ok()?;
            let (field, after) = rest.split_at_checked(length)?;
            if messages.contains(&tag) {
                count += self::count(field, &[])?;
            }
            rest = after;
        } else {
            skip_field(wire_type, tag, &mut rest, DecodeContext::default()).ok()?;
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use livekit_protocol as proto;
    use prost::Message as _;

    use super::*;

    #[test]
    #[expect(deprecated, reason = "old clients write these")]
    fn entries_of_lists_are_counted_at_two_levels() {
        let names = |count| vec![String::new(); count];
        let user = proto::UserPacket { payload: vec![1], destination_identities: names(5), ..Default::default() };
        let value = Some(proto::data_packet::Value::User(user));
        let packet = proto::DataPacket { destination_identities: names(3), value, sequence: 9, ..Default::default() };
        let bytes = packet.encode_to_vec();
        assert_eq!((count(&bytes, &[]), count(&bytes, &[2])), (Some(3 + 1 + 1), Some(3 + 1 + 1 + 6)));
        let truncated: Vec<u8> = bytes.iter().copied().take(bytes.len() - 1).collect();
        assert_eq!(count(&truncated, &[2]), None);
        assert_eq!(count(&[0x12, 0x7f, 1], &[2]), None, "longer than the message");
        assert_eq!(count(&[], &[2]), Some(0));
    }
}
