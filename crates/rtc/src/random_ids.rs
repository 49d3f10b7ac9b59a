//! Random parts of ids and ICE credentials, from the process's random number generator.

use anteroom_media::IceCreds;

/// Fills a buffer with random bytes.
pub(crate) type RandomBytes = Box<dyn FnMut(&mut [u8]) + Send>;

/// `N` random letters and digits.
pub(crate) fn letters<const N: usize>(random: &mut RandomBytes) -> String {
    let mut bytes = [0; N];
    random(&mut bytes);
    anteroom_signalling::letters(&bytes)
}

/// RFC 8445, section 5.3, asks for 24 and 128 bits at least.
pub(crate) fn ice_creds(random: &mut RandomBytes) -> IceCreds {
    IceCreds { ufrag: letters::<12>(random), pwd: letters::<28>(random) }
}
