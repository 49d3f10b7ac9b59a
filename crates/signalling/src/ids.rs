//! Random parts of ids.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy";

/// One letter or digit per random byte, with almost 6 random bits each: `x` and `y` come twice as often.
#[expect(clippy::indexing_slicing, reason = "below 64")]
pub fn letters(random: &[u8]) -> String {
    random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect()
}
