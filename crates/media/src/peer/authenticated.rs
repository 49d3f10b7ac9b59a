//! Counts the packets that this thread has authenticated: decrypted SRTP, SRTCP and DTLS application data.
//!
//! str0m drops what it cannot authenticate without a word, and its providers of cryptography do not know whose packet
//! they decrypt. So the count is compared before and after a packet is fed.

use std::cell::Cell;
use std::sync::LazyLock;

use str0m::config::CryptoProvider;
use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, SrtpProvider, SupportedAeadAes128Gcm,
    SupportedAeadAes256Gcm, SupportedAes128CmSha1_80, from_feature_flags,
};

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Packets authenticated on this thread so far.
pub(crate) fn count() -> u64 {
    COUNT.get()
}

pub(crate) fn add_one() {
    COUNT.set(COUNT.get() + 1);
}

/// str0m's SRTP with the count.
pub(crate) fn srtp_provider() -> &'static dyn SrtpProvider {
    static COUNTED: LazyLock<&'static dyn SrtpProvider> = LazyLock::new(|| counted(&from_feature_flags()));
    *COUNTED
}

/// The SRTP of this provider with the count. Its few bytes live as long as the process.
pub(crate) fn counted(crypto: &CryptoProvider) -> &'static dyn SrtpProvider {
    let inner = crypto.srtp_provider;
    Box::leak(Box::new(CountedSrtp { inner, ciphers: Box::leak(Box::new(CountedCiphers(inner))) }))
}

#[derive(Debug)]
struct CountedSrtp {
    inner: &'static dyn SrtpProvider,
    ciphers: &'static CountedCiphers,
}

/// Makes ciphers of every kind.
#[derive(Debug)]
struct CountedCiphers(&'static dyn SrtpProvider);

/// A cipher.
#[derive(Debug)]
struct Counted<T>(T);

impl SrtpProvider for CountedSrtp {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        self.ciphers
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        self.ciphers
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        self.ciphers
    }

    fn srtp_aes_128_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        self.inner.srtp_aes_128_ecb_round(key, input, output);
    }

    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        self.inner.srtp_aes_256_ecb_round(key, input, output);
    }
}

impl SupportedAes128CmSha1_80 for CountedCiphers {
    fn create_cipher(&self, key: [u8; 16], encrypt: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(Counted(self.0.aes_128_cm_sha1_80().create_cipher(key, encrypt)))
    }
}

impl SupportedAeadAes128Gcm for CountedCiphers {
    fn create_cipher(&self, key: [u8; 16], encrypt: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Counted(self.0.aead_aes_128_gcm().create_cipher(key, encrypt)))
    }
}

impl SupportedAeadAes256Gcm for CountedCiphers {
    fn create_cipher(&self, key: [u8; 32], encrypt: bool) -> Box<dyn AeadAes256GcmCipher> {
        Box::new(Counted(self.0.aead_aes_256_gcm().create_cipher(key, encrypt)))
    }
}

/// str0m checks the HMAC first, and decrypts only what it fits.
impl Aes128CmSha1_80Cipher for Counted<Box<dyn Aes128CmSha1_80Cipher>> {
    fn encrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.0.encrypt(iv, input, output)
    }

    fn decrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.0.decrypt(iv, input, output).inspect(|()| add_one())
    }
}

impl AeadAes128GcmCipher for Counted<Box<dyn AeadAes128GcmCipher>> {
    fn encrypt(&mut self, iv: &[u8; 12], aad: &[u8], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.0.encrypt(iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.0.decrypt(iv, aads, input, output).inspect(|_| add_one())
    }
}

impl AeadAes256GcmCipher for Counted<Box<dyn AeadAes256GcmCipher>> {
    fn encrypt(&mut self, iv: &[u8; 12], aad: &[u8], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.0.encrypt(iv, aad, input, output)
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        self.0.decrypt(iv, aads, input, output).inspect(|_| add_one())
    }
}
