//! DTLS and SRTP without encryption: packets pass through all code that reads and writes them, and targets can build and
//! read them. A run takes a hundredth of the time.
//!
//! A DTLS record is a content type byte and its content; SRTP is RTP followed by sixteen zeros.

use std::collections::VecDeque;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion, KeyingMaterial};
use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, ProtocolVersion, SrtpProfile};
use str0m::crypto::{
    AeadAes128GcmCipher, CryptoError, SrtpProvider, SupportedAeadAes128Gcm, SupportedAeadAes256Gcm,
    SupportedAes128CmSha1_80, from_feature_flags,
};

/// Bytes after a packet in place of the authentication tag.
pub(crate) const SIGNATURE: usize = 16;

const CLOSE: u8 = 21;
const HANDSHAKE: u8 = 22;
const DATA: u8 = 23;
/// When to repeat a handshake record that was lost.
const RETRANSMIT: Duration = Duration::from_millis(100);
const IDLE: Duration = Duration::from_secs(86_400);

pub(crate) fn crypto() -> CryptoProvider {
    CryptoProvider { dtls_provider: &NULL_CRYPTO, srtp_provider: &NULL_CRYPTO, ..from_feature_flags() }
}

static NULL_CRYPTO: NullCrypto = NullCrypto;

#[derive(Debug)]
struct NullCrypto;

impl DtlsProvider for NullCrypto {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        static MADE: LazyLock<Option<DtlsCert>> =
            LazyLock::new(|| from_feature_flags().dtls_provider.generate_certificate());
        MADE.clone()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        _: DtlsVersion,
        _: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        Ok(Box::new(NullDtls {
            now,
            certificate: certificate.certificate.clone(),
            is_active: false,
            reported: 0,
            handshaken: false,
            out: VecDeque::new(),
            read: VecDeque::new(),
            closed: false,
        }))
    }
}

/// One side of a connection. Both sides use the same certificate, so each has the other's.
#[derive(Debug)]
struct NullDtls {
    now: Instant,
    certificate: Vec<u8>,
    is_active: bool,
    /// How many of the three events of a completed handshake were reported.
    reported: u8,
    handshaken: bool,
    out: VecDeque<Vec<u8>>,
    read: VecDeque<Vec<u8>>,
    closed: bool,
}

impl DtlsInstance for NullDtls {
    fn set_active(&mut self, active: bool) {
        self.is_active = active;
        if active {
            self.out.push_back(vec![HANDSHAKE]);
        }
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        match packet.split_first() {
            Some((&HANDSHAKE, _)) => {
                self.handshaken = true;
                if !self.is_active {
                    self.out.push_back(vec![HANDSHAKE]);
                }
            }
            Some((&DATA, content)) if self.handshaken => self.read.push_back(content.to_vec()),
            Some((&CLOSE, _)) => self.closed = true,
            _ => {}
        }
        Ok(())
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        if let Some(packet) = self.out.pop_front() {
            return DtlsOutput::Packet(fill(buffer, &packet));
        }
        if self.handshaken && self.reported < 3 {
            self.reported += 1;
            return match self.reported {
                1 => DtlsOutput::Connected,
                2 => DtlsOutput::PeerCert(fill(buffer, &self.certificate)),
                _ => DtlsOutput::KeyingMaterial(KeyingMaterial::new(&[0; 56]), SrtpProfile::AEAD_AES_128_GCM),
            };
        }
        if let Some(content) = self.read.pop_front() {
            return DtlsOutput::ApplicationData(fill(buffer, &content));
        }
        if std::mem::take(&mut self.closed) {
            return DtlsOutput::CloseNotify;
        }
        let waits = if self.is_active && !self.handshaken { RETRANSMIT } else { IDLE };
        DtlsOutput::Timeout(self.now + waits)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        if self.is_active && !self.handshaken && now >= self.now + RETRANSMIT {
            self.out.push_back(vec![HANDSHAKE]);
        }
        self.now = now;
        Ok(())
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        if !self.handshaken {
            return Ok(0);
        }
        self.out.push_back([&[DATA], data].concat());
        Ok(data.len())
    }

    fn is_active(&self) -> bool {
        self.is_active
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.handshaken.then_some(ProtocolVersion::DTLS1_2)
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.out.push_back(vec![CLOSE]);
        Ok(())
    }
}

fn fill<'a>(buffer: &'a mut [u8], content: &[u8]) -> &'a [u8] {
    let length = content.len().min(buffer.len());
    buffer[..length].copy_from_slice(&content[..length]);
    &buffer[..length]
}

impl SrtpProvider for NullCrypto {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        unreachable!("another profile is negotiated")
    }
    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &NULL_CRYPTO
    }
    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        unreachable!("another profile is negotiated")
    }
    fn srtp_aes_128_ecb_round(&self, _: &[u8], input: &[u8], output: &mut [u8]) {
        let length = input.len().min(output.len());
        output[..length].copy_from_slice(&input[..length]);
    }
    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        self.srtp_aes_128_ecb_round(key, input, output);
    }
}

impl SupportedAeadAes128Gcm for NullCrypto {
    fn create_cipher(&self, _: [u8; 16], _: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Self)
    }
}

impl AeadAes128GcmCipher for NullCrypto {
    fn encrypt(&mut self, _: &[u8; 12], _: &[u8], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        output[..input.len()].copy_from_slice(input);
        output[input.len()..input.len() + SIGNATURE].fill(0);
        Ok(())
    }

    fn decrypt(&mut self, _: &[u8; 12], _: &[&[u8]], input: &[u8], output: &mut [u8]) -> Result<usize, CryptoError> {
        let length = input.len() - SIGNATURE;
        output[..length].copy_from_slice(&input[..length]);
        Ok(length)
    }
}
