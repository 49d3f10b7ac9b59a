//! Redundant audio, RED (RFC 2198): a packet that repeats the previous ones.
//!
//! Subscribers that negotiated RED get it unchanged. The others get the primary block alone.

use std::sync::Arc;

/// The primary (newest) block of a RED packet; `None` if the packet is malformed.
pub(crate) fn primary_block(payload: &[u8]) -> Option<Arc<[u8]>> {
    const MORE_BLOCKS: u8 = 0x80;
    let mut rest = payload;
    let mut older_bytes = 0;
    loop {
        let (first, after) = rest.split_first()?;
        if first & MORE_BLOCKS == 0 {
            // The last header is one byte; what is left after the older blocks is the primary one.
            return after.get(older_bytes..).filter(|block| !block.is_empty()).map(Arc::from);
        }
        // Payload type (7 bits), timestamp offset (14), length (10).
        let ([_, high, low], after) = after.split_first_chunk::<3>()?;
        older_bytes += usize::from(high & 0x03) << 8 | usize::from(*low);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn primary_block_is_the_last_one() {
        let packet = [0x80 | 111, 0x0f, 0x00, 0x02, 111, b'o', b'l', b'n', b'e', b'w'];
        assert_eq!(primary_block(&packet).as_deref(), Some(&b"new"[..]));
        assert_eq!(primary_block(&[111, 1, 2]).as_deref(), Some(&[1, 2][..]), "nothing older");
        assert_eq!(primary_block(&packet[..6]), None, "truncated");
        assert_eq!(primary_block(&[]), None);
    }

    proptest! {
        #[test]
        fn primary_block_is_never_longer_than_the_packet(payload in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert!(primary_block(&payload).is_none_or(|block| block.len() < payload.len()));
        }
    }
}
