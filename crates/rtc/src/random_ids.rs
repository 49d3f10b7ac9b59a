//! Random parts of names and credentials, out of the chance the program gives us.

use anteroom_media::IceCreds;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy";

/// Where chance comes from.
pub(crate) type RandomBytes = Box<dyn FnMut(&mut [u8]) + Send>;

/// `N` letters and digits, 6 bits of chance each (the last two of the alphabet come twice as often).
pub(crate) fn letters<const N: usize>(random: &mut RandomBytes) -> String {
    let mut bytes = [0; N];
    random(&mut bytes);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect()
}

/// RFC 8445, section 5.3, asks for 24 and 128 bits at least.
pub(crate) fn ice_creds(random: &mut RandomBytes) -> IceCreds {
    IceCreds { ufrag: letters::<12>(random), pwd: letters::<28>(random) }
}
