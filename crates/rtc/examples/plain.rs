//! The media server alone: rooms for clients with a token signed with `devkey` / `secret`.
//!
//! `cargo run -p anteroom-rtc --example plain -- 127.0.0.1:7880` and any LiveKit client. Further arguments are
//! addresses for webhooks, `--key=KEY:SECRET` and `--no-auto-create`. `ANTEROOM_MEDIA_THREADS` is the
//! number of media threads (1); each takes a free port.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::Arc;

use anteroom_app::{Admission, Admitted, AttendanceRecord, Bearer, Clock, Error, Rng};
use anteroom_livekit::Keys;
use anteroom_rtc::{Config, Embedded, transport};
use anyhow::Context;
use async_trait::async_trait;
use axum::Router;
use axum::routing::get;
use jiff::Timestamp;

/// Gives the memory of calls that are over back to the system.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Admits every valid token.
struct AdmitAll;

#[async_trait]
impl Admission for AdmitAll {
    async fn may_join(&self, _: &Bearer) -> Result<Admitted, Error> {
        Ok(Admitted::TokenOnly)
    }

    async fn attend(&self, record: &AttendanceRecord) -> Result<(), Error> {
        let AttendanceRecord { bearer, is_connected, .. } = record;
        tracing::info!(room = bearer.room, identity = bearer.identity, is_connected, "attendance");
        Ok(())
    }
}

struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is the process's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Rng for System {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

fn media_threads() -> anyhow::Result<NonZeroU16> {
    #[expect(clippy::disallowed_methods, reason = "this is the process's configuration")]
    let number = std::env::var("ANTEROOM_MEDIA_THREADS");
    Ok(number.as_deref().unwrap_or("1").parse()?)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,str0m=error".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut listen: SocketAddr = "127.0.0.1:7880".parse()?;
    let (mut keys, mut webhooks, mut auto_create_rooms) = (Keys::single("devkey", "secret"), Vec::new(), true);
    for argument in std::env::args().skip(1) {
        if let Some(key) = argument.strip_prefix("--key=") {
            let (key, secret) = key.split_once(':').context("--key needs KEY:SECRET")?;
            keys = Keys::single(key, secret);
        } else if argument == "--no-auto-create" {
            auto_create_rooms = false;
        } else if argument.starts_with("http") {
            webhooks.push(argument.parse()?);
        } else {
            listen = argument.parse().with_context(|| argument.clone())?;
        }
    }
    let signer = keys.signer().to_owned();
    let config = Config {
        wire: transport::Config { listen: SocketAddr::from(([0, 0, 0, 0], 0)), advertise: vec![] },
        media_threads: media_threads()?,
        url: format!("ws://{listen}"),
        keys,
        webhooks,
        auto_create_rooms,
    };
    let embedded = Embedded::start(config, Arc::new(System), Arc::new(System))?;
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!(%listen, "listening; API key {signer}");
    // LiveKit's server answers `GET /`, and tests wait for it; `HEAD /` is among the routes of the rooms.
    let alive = Router::new().route("/", get(async || "OK"));
    axum::serve(listener, alive.merge(embedded.router(Arc::new(AdmitAll), |routes, _| routes))).await?;
    Ok(())
}
