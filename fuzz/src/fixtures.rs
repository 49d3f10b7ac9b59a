//! What every run stands on: an instant to reckon from and the media's certificate, made once.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use anteroom_media::Config;

/// The beginning of a run's time. Everything after it is reckoned.
#[expect(clippy::disallowed_methods, reason = "the one real instant; time is virtual from here on")]
pub(crate) fn start() -> Instant {
    Instant::now()
}

/// Where peers reach us.
pub(crate) fn server() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 7_882))
}

/// With the cryptography that ships.
pub(crate) fn media() -> Arc<Config> {
    static MADE: LazyLock<Arc<Config>> =
        LazyLock::new(|| Arc::new(Config::new(&[server()], &[server()]).expect("an address to be reached at")));
    Arc::clone(&MADE)
}
