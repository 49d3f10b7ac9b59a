//! What all rooms of a process share: candidates, DTLS certificate and limits.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::bwe::Bitrate;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::net::TcpType;
use str0m::rtp::StreamTx;
use str0m::{Candidate, Rtc};

#[cfg(feature = "fuzzing")]
use crate::peer::authenticated;
use crate::peer::dtls;
use crate::rtp::dependency_descriptor as descriptor;

/// Video packets kept for retransmission (NACK), and for how long: the smaller of the two counts. At 1.5 Mbit/s the
/// window is a second, about 300 kB per subscription.
pub(crate) const VIDEO_RESEND_PACKETS: usize = 256;
const VIDEO_RESEND_WINDOW: Duration = Duration::from_secs(1);
/// Retransmissions stop at this share of the bytes sent: random loss of 25 % stays below it, and on a line that is too
/// narrow half of the stream is not added to what does not fit.
const MAX_RESEND_RATIO: f32 = 0.33;
/// Send buffer of one peer's data channels in bytes; a message beyond it is refused. Senders of reliable messages wait
/// for a reader whose buffer is half full.
pub(crate) const MAX_BUFFERED_DATA: usize = 3 * 1024 * 1024;
/// Initial bandwidth estimate in bits per second. The pacer uses it: with less, the first keyframe of a large picture
/// would take half a second.
pub(crate) const INITIAL_ESTIMATE: u64 = 3_000_000;
/// Interval of str0m's statistics.
const STATS_INTERVAL: Duration = Duration::from_secs(1);
/// The largest message on a data channel in bytes, as LiveKit's server announces it.
pub const MAX_MESSAGE: usize = 65_535;

/// Our candidates and certificate, shared by all rooms of a media thread.
#[derive(Clone)]
pub struct Config {
    candidates: Vec<Candidate>,
    certificate: DtlsCert,
    crypto: Arc<CryptoProvider>,
}

/// Why a [`Config`] cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Without an address no peer could connect.
    #[error("no address to offer as a candidate")]
    NoCandidate,
    /// An address that cannot be a candidate, such as 0.0.0.0.
    #[error("{0} cannot be a candidate: {1}")]
    Address(SocketAddr, String),
    /// The certificate could not be made.
    #[error("the DTLS certificate could not be made")]
    Certificate,
}

impl Config {
    /// UDP host candidates, and passive TCP host candidates (RFC 6544). A datagram's destination must be one of
    /// them. Generates the certificate, whose key lives as long as the process.
    pub fn new(udp: &[SocketAddr], tcp: &[SocketAddr]) -> Result<Self, ConfigError> {
        let candidates = candidates(udp, tcp)?;
        let crypto = Arc::new(dtls::provider());
        let certificate = crypto.dtls_provider.generate_certificate().ok_or(ConfigError::Certificate)?;
        Ok(Self { candidates, certificate, crypto })
    }

    /// The same certificate with other candidates: clients see one fingerprint, whichever thread has their room.
    pub fn with_candidates(&self, udp: &[SocketAddr], tcp: &[SocketAddr]) -> Result<Self, ConfigError> {
        Ok(Self { candidates: candidates(udp, tcp)?, ..self.clone() })
    }

    /// Replaces the cryptography: with real encryption a fuzz target would run a hundred times fewer packets, and
    /// could not read what is sent.
    #[cfg(feature = "fuzzing")]
    #[doc(hidden)]
    #[must_use]
    pub fn with_crypto(self, mut crypto: CryptoProvider) -> Self {
        crypto.srtp_provider = authenticated::counted(&crypto);
        let certificate = crypto.dtls_provider.generate_certificate().unwrap_or(self.certificate);
        Self { crypto: Arc::new(crypto), certificate, candidates: self.candidates }
    }

    /// A new connection with our candidates and certificate.
    pub(crate) fn rtc(&self, now: Instant, ice: &IceCreds) -> Rtc {
        let ice = str0m::IceCreds { ufrag: ice.ufrag.clone(), pass: ice.pwd.clone() };
        let mut rtc = Rtc::builder()
            .set_rtp_mode(true)
            .set_ice_lite(true)
            .set_local_ice_credentials(ice)
            .set_crypto_provider(self.crypto.clone())
            .set_dtls_cert(self.certificate.clone())
            .clear_codecs()
            .enable_opus(true, true)
            .enable_vp8(true)
            .enable_h264(true)
            .enable_vp9(true)
            .enable_av1(true)
            .set_send_buffer_video(VIDEO_RESEND_PACKETS)
            .enable_bwe(Some(Bitrate::bps(INITIAL_ESTIMATE)))
            .set_extension(descriptor::ID, descriptor::extension())
            .set_stats_interval(Some(STATS_INTERVAL))
            .set_sctp_max_message_size(MAX_MESSAGE as u32)
            .set_sctp_max_buffered_amount(MAX_BUFFERED_DATA)
            .build(now);
        for candidate in &self.candidates {
            rtc.add_local_candidate(candidate.clone());
        }
        rtc
    }
}

/// Configures a new stream of video to a subscriber. A stream that is configured again forgets what it has sent.
///
/// Packets do not wait in str0m's pacer: with a stream of more than 1.1 times the estimate, video would be up to two
/// seconds late for as long as that lasts. The publisher has paced them already, and allocation keeps to the estimate.
/// str0m still paces probes and padding.
pub(crate) fn configure_video(stream: &mut StreamTx) {
    stream.set_unpaced(true);
    stream.set_rtx_cache(VIDEO_RESEND_PACKETS, VIDEO_RESEND_WINDOW, Some(MAX_RESEND_RATIO));
}

/// Nothing is sent again; what is queued for it is dropped.
pub(crate) fn refuse_resends(stream: &mut StreamTx) {
    // The share of retransmissions is never below zero: each one exceeds this limit.
    stream.set_rtx_cache(VIDEO_RESEND_PACKETS, VIDEO_RESEND_WINDOW, Some(-1.0));
}

fn candidates(udp: &[SocketAddr], tcp: &[SocketAddr]) -> Result<Vec<Candidate>, ConfigError> {
    let udp = udp.iter().map(|addr| (*addr, Candidate::builder().udp().host(*addr).build()));
    let tcp = tcp.iter().map(|addr| {
        let candidate = Candidate::builder().tcp().host(*addr).tcptype(TcpType::Passive);
        (*addr, candidate.build())
    });
    let candidates = udp
        .chain(tcp)
        .map(|(addr, built)| built.map_err(|error| ConfigError::Address(addr, error.to_string())))
        .collect::<Result<Vec<_>, _>>()?;
    if candidates.is_empty() { Err(ConfigError::NoCandidate) } else { Ok(candidates) }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("candidates", &self.candidates).finish_non_exhaustive()
    }
}

/// The local ICE credentials of a peer, random and provided by the caller (RFC 8445 section 5.3: at least 24 bits for
/// the ufrag, 128 bits for the password).
#[derive(Clone, PartialEq, Eq)]
pub struct IceCreds {
    /// The part of a STUN USERNAME before the colon. At least 4 ice-chars.
    pub ufrag: String,
    /// The key of the connectivity checks. At least 22 ice-chars.
    pub pwd: String,
}

impl std::fmt::Debug for IceCreds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceCreds").field("ufrag", &self.ufrag).finish_non_exhaustive()
    }
}
