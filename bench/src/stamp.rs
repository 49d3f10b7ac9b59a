//! The mark in every media packet: who sent it, when, and its number. Servers forward payloads unread, so it arrives.

/// Bytes of a stamp. It is the end of the payload: what servers read is at the beginning.
pub(crate) const LENGTH: usize = 28;
const MAGIC: [u8; 8] = *b"anteroom";

/// One packet of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Number of the room, to notice packets that reach another one.
    pub(crate) room: u32,
    /// Number of the source in this run.
    pub(crate) source: u32,
    /// Packets of the source before this one.
    pub(crate) number: u32,
    /// Nanoseconds since 1970, on the clock that the kernel's receive times use.
    pub(crate) sent: u64,
}

impl Stamp {
    /// Overwrites the end of the payload, which must be longer than [`LENGTH`].
    pub(crate) fn write(self, payload: &mut [u8]) {
        let start = payload.len() - LENGTH;
        let parts = [&MAGIC[..], &self.room.to_be_bytes(), &self.source.to_be_bytes(), &self.number.to_be_bytes()];
        let mut rest = &mut payload[start..];
        for part in parts.into_iter().chain([&self.sent.to_be_bytes()[..]]) {
            let (head, tail) = rest.split_at_mut(part.len());
            head.copy_from_slice(part);
            rest = tail;
        }
    }

    /// `None`: padding, or a packet of another program.
    pub(crate) fn read(payload: &[u8]) -> Option<Self> {
        let (_, stamp) = payload.split_last_chunk::<LENGTH>()?;
        let (magic, rest) = stamp.split_first_chunk::<8>()?;
        let (room, rest) = rest.split_first_chunk()?;
        let (source, rest) = rest.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (sent, _) = rest.split_first_chunk()?;
        (*magic == MAGIC).then(|| Self {
            room: u32::from_be_bytes(*room),
            source: u32::from_be_bytes(*source),
            number: u32::from_be_bytes(*number),
            sent: u64::from_be_bytes(*sent),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamp_survives_whatever_precedes_it() {
        let stamp = Stamp { room: 7, source: 9, number: 70_000, sent: 1_700_000_000_000_000_001 };
        for length in [LENGTH, LENGTH + 1, 1_200] {
            let mut payload = vec![0xAB; length];
            stamp.write(&mut payload);
            assert_eq!(Stamp::read(&payload), Some(stamp));
            assert!(payload[..length - LENGTH].iter().all(|byte| *byte == 0xAB));
        }
    }

    #[test]
    fn padding_has_no_stamp() {
        assert_eq!(Stamp::read(&[]), None);
        assert_eq!(Stamp::read(&[0; 200]), None);
    }
}
