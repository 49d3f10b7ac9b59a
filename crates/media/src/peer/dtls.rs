//! DTLS for all peers with one checked configuration.
//!
//! str0m makes a new configuration per peer, and each one runs a self-test of the whole crypto library: a millisecond
//! of CPU per join, and at the full hour everybody joins at once. On the wire it is the same as str0m's own provider.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use str0m::config::{CryptoProvider, DtlsCert, DtlsVersion};
use str0m::crypto::dtls::{DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, ProtocolVersion};
use str0m::crypto::{CryptoError, from_feature_flags};

use super::authenticated;

static SHARED: SharedDtls = SharedDtls { config: OnceLock::new() };

/// str0m's crypto with this DTLS provider instead of its own, and with the count of what is authenticated.
pub(crate) fn provider() -> CryptoProvider {
    let srtp_provider = authenticated::srtp_provider();
    CryptoProvider { dtls_provider: &SHARED, srtp_provider, ..from_feature_flags() }
}

#[derive(Debug)]
struct SharedDtls {
    config: OnceLock<(Option<usize>, Arc<dimpl::Config>)>,
}

impl SharedDtls {
    /// All peers have the same MTU, so in practice there is one configuration.
    fn config(&self, mtu: Option<usize>) -> Result<Arc<dimpl::Config>, CryptoError> {
        match self.config.get() {
            Some((of, config)) if *of == mtu => Ok(config.clone()),
            Some(_) => checked(mtu),
            None => {
                let config = checked(mtu)?;
                Ok(self.config.get_or_init(|| (mtu, config)).1.clone())
            }
        }
    }
}

fn checked(mtu: Option<usize>) -> Result<Arc<dimpl::Config>, CryptoError> {
    // ICE has verified the address before DTLS starts: no cookie needed.
    let mut builder = dimpl::Config::builder().use_server_cookie(false);
    if let Some(mtu) = mtu {
        builder = builder.mtu(mtu);
    }
    builder.build().map(Arc::new).map_err(|error| CryptoError::Other(error.to_string()))
}

impl DtlsProvider for SharedDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        dimpl::certificate::generate_self_signed_certificate().ok()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let config = self.config(mtu)?;
        let certificate = certificate.clone();
        let dtls = match version {
            DtlsVersion::Dtls12 => dimpl::Dtls::new_12(config, certificate, now),
            DtlsVersion::Dtls13 => dimpl::Dtls::new_13(config, certificate, now),
            DtlsVersion::Auto => dimpl::Dtls::new_auto(config, certificate, now),
            other => return Err(CryptoError::Other(format!("unknown DTLS version {other}"))),
        };
        Ok(Box::new(Instance(dtls)))
    }
}

struct Instance(dimpl::Dtls);

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dtls")
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }
    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }
    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        let output = self.0.poll_output(buf);
        if matches!(output, DtlsOutput::ApplicationData(_)) {
            authenticated::add_one();
        }
        output
    }
    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }
    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.0.send_application_data(data)
    }
    fn is_active(&self) -> bool {
        self.0.is_active()
    }
    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }
    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }
    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}
