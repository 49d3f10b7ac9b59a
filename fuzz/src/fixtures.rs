//! Shared by all targets: the origin of virtual time and a media configuration, whose certificate is made once.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use anteroom_media::Config;

/// The start of a run. All later times are computed.
#[expect(clippy::disallowed_methods, reason = "the one real instant; time is virtual from here on")]
pub(crate) fn start() -> Instant {
    Instant::now()
}

/// The server's candidate.
pub(crate) fn server() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 7_882))
}

/// With real cryptography.
pub(crate) fn media() -> Arc<Config> {
    static MADE: LazyLock<Arc<Config>> =
        LazyLock::new(|| Arc::new(Config::new(&[server()], &[server()]).expect("an address to be reached at")));
    Arc::clone(&MADE)
}
