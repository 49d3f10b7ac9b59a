//! The embedded media server: its settings and addresses.

use std::net::SocketAddr;
use std::sync::Arc;

use anteroom_app::{Clock, Rng};
use anteroom_livekit::Keys;
use anteroom_rtc as rtc;
use anyhow::{Context, Result};

use crate::config::{Advertise, Config};
use crate::secrets::LiveKitKey;

/// Starts it. `http` is the address that pages are served at, `url` the one of the signalling.
pub(crate) fn start(
    config: &Config,
    http: SocketAddr,
    url: &str,
    key: &LiveKitKey,
    (clock, rng): (Arc<dyn Clock>, Arc<dyn Rng>),
) -> Result<rtc::Embedded> {
    let settings = settings(config, media_address(config, http), url, key, &*rng)?;
    let started = rtc::Embedded::start(settings, clock, rng);
    started.context("cannot start the media server; --media-port chooses other ports")
}

/// Media listens on all interfaces: phones in the local network must reach it, and browsers offer no loopback
/// candidates.
fn media_address(config: &Config, http: SocketAddr) -> SocketAddr {
    let any = (config.listen.port() == 0).then_some(0);
    let port = config.media_port.or(any).unwrap_or_else(|| http.port().wrapping_add(1));
    SocketAddr::from((std::net::Ipv6Addr::UNSPECIFIED, port))
}

fn settings(config: &Config, listen: SocketAddr, url: &str, key: &LiveKitKey, rng: &dyn Rng) -> Result<rtc::Config> {
    Ok(rtc::Config {
        wire: rtc::transport::Config { listen, advertise: advertised(config, rng)? },
        media_threads: config.media_threads,
        url: url.to_owned(),
        keys: Keys::single(&key.key, &key.secret),
        webhooks: config.webhook_urls.clone(),
        auto_create_rooms: config.auto_create_rooms,
    })
}

/// The addresses that clients send media to. Waits for STUN servers: the server cannot be used before they answer.
fn advertised(config: &Config, rng: &dyn Rng) -> Result<Vec<rtc::transport::AdvertisedAddress>> {
    let resolve = |advertise: &Advertise| match advertise {
        Advertise::Address(address) => Ok(*address),
        Advertise::Stun(server) => {
            let mut transaction = [0; 12];
            rng.fill(&mut transaction);
            let ip = rtc::transport::external_address(server, transaction)
                .with_context(|| format!("--advertise stun:{server}: no address from this STUN server"))?;
            tracing::info!(%ip, server, "external address");
            Ok(rtc::transport::AdvertisedAddress { ip, port: None })
        }
    };
    config.advertise.iter().map(resolve).collect()
}
