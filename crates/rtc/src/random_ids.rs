//! Random parts of ids and ICE credentials, from the process's random number generator.

use anteroom_media::IceCreds;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy";

/// Fills a buffer with random bytes.
pub(crate) type RandomBytes = Box<dyn FnMut(&mut [u8]) + Send>;

/// `N` letters and digits with almost 6 random bits each: `x` and `y` come twice as often.
pub(crate) fn letters<const N: usize>(random: &mut RandomBytes) -> String {
    let mut bytes = [0; N];
    random(&mut bytes);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect()
}

/// RFC 8445, section 5.3, asks for 24 and 128 bits at least.
pub(crate) fn ice_creds(random: &mut RandomBytes) -> IceCreds {
    IceCreds { ufrag: letters::<12>(random), pwd: letters::<28>(random) }
}
