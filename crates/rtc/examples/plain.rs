//! The media server alone: rooms for clients with a token signed with `devkey` / `secret`.
//!
//! `cargo run -p anteroom-rtc --example plain -- 127.0.0.1:7880` and any LiveKit client. Further arguments are
//! addresses for webhooks.

use std::net::SocketAddr;
use std::sync::Arc;

use anteroom_app::{Admission, Admitted, Bearer, Clock, Error, Rng};
use anteroom_livekit::Keys;
use anteroom_rtc::{Config, Embedded, transport};
use async_trait::async_trait;
use jiff::Timestamp;

/// Admits every valid token.
struct AdmitAll;

#[async_trait]
impl Admission for AdmitAll {
    async fn may_join(&self, _: &Bearer) -> Result<Admitted, Error> {
        Ok(Admitted::TokenOnly)
    }

    async fn arrived(&self, bearer: &Bearer) {
        tracing::info!(room = bearer.room, identity = bearer.identity, "arrived");
    }

    async fn departed(&self, bearer: &Bearer) {
        tracing::info!(room = bearer.room, identity = bearer.identity, "departed");
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

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,str0m=error".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let listen: SocketAddr = std::env::args().nth(1).as_deref().unwrap_or("127.0.0.1:7880").parse()?;
    let config = Config {
        wire: transport::Config { listen: SocketAddr::new([0, 0, 0, 0].into(), listen.port() + 1), advertise: vec![] },
        url: format!("ws://{listen}"),
        keys: Keys::single("devkey", "secret"),
        webhooks: std::env::args().skip(2).map(|url| url.parse()).collect::<Result<_, _>>()?,
    };
    let embedded = Embedded::start(config, Arc::new(System), Arc::new(System))?;
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!(%listen, "listening; API key devkey, secret secret");
    axum::serve(listener, embedded.router(Arc::new(AdmitAll))).await?;
    Ok(())
}
