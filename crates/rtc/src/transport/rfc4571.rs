//! RFC 4571 framing: on a TCP connection a two-byte length precedes every packet.

/// Packets of browsers stay below 1,500 bytes. A larger length means that the stream is not RFC 4571.
pub(crate) const MAX_PACKET: usize = 2_000;

/// Bytes of the length before each packet.
pub(crate) const HEADER: usize = 2;

/// Splits a byte stream into packets.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    buffered: Vec<u8>,
}

/// The stream is not RFC 4571.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FramingError;

impl Framer {
    /// Adds received bytes and passes every complete packet to `each`. Buffers at most one incomplete packet. Stops at
    /// the first error of `each`.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), FramingError>,
    ) -> Result<(), FramingError> {
        self.buffered.extend_from_slice(bytes);
        let mut rest = self.buffered.as_slice();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes(*length));
            if length == 0 || length > MAX_PACKET {
                return Err(FramingError);
            }
            let Some((packet, next)) = after.split_at_checked(length) else { break };
            each(packet)?;
            rest = next;
        }
        let taken = self.buffered.len() - rest.len();
        self.buffered.drain(..taken);
        Ok(())
    }

    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn buffered(&self) -> usize {
        self.buffered.len()
    }
}

/// Appends a packet with its length. The caller has checked [`MAX_PACKET`].
pub(crate) fn append(waiting: &mut impl for<'a> Extend<&'a u8>, packet: &[u8]) {
    waiting.extend(&(packet.len() as u16).to_be_bytes());
    waiting.extend(packet);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frames_of(chunks: &[&[u8]]) -> Result<Vec<Vec<u8>>, FramingError> {
        let (mut framer, mut packets) = (Framer::default(), Vec::new());
        for chunk in chunks {
            framer.push(chunk, |packet| {
                packets.push(packet.to_vec());
                Ok(())
            })?;
        }
        Ok(packets)
    }

    #[test]
    fn packets_split_at_every_byte_are_reassembled() {
        let mut stream = Vec::new();
        for packet in [&b"one"[..], &[7; 1_200], b"three"] {
            append(&mut stream, packet);
        }
        for at in 0..=stream.len() {
            let (first, second) = stream.split_at(at);
            let packets = frames_of(&[first, second]).unwrap();
            assert_eq!(packets, [b"one".to_vec(), vec![7; 1_200], b"three".to_vec()], "split at {at}");
        }
    }

    #[test]
    fn other_protocols_are_detected_by_their_lengths() {
        assert_eq!(frames_of(&[b"GET / HTTP/1.1\r\n\r\n"]), Err(FramingError));
        assert_eq!(frames_of(&[&[0, 0]]), Err(FramingError));
    }

    proptest! {
        #[test]
        fn buffered_bytes_are_bounded(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3_000), 0..20)) {
            let mut framer = Framer::default();
            for chunk in chunks {
                if framer.push(&chunk, |_| Ok(())).is_err() { break; }
                prop_assert!(framer.buffered.len() < MAX_PACKET + 2);
            }
        }
    }
}
