//! The `clients` stage: `livekit-client` in real browsers, against our media server and against LiveKit's.

use anyhow::Result;

use crate::process::{command, run_captured};
use crate::stages::Proof;
use crate::test_counts::{Counts, count_node};
use crate::{install, media_server, paths};

/// Runs the browser tests against our server, then one session on both servers and compares the events.
pub(crate) fn stage() -> Result<Proof> {
    let directory = paths::root().join("e2e");
    install::node()?;
    install::packages(&directory)?;
    let chromium = install::chromium()?;
    install::firefox()?;
    let (anteroom, livekit) = (media_server::build()?, install::livekit_server()?);
    // Several, because the `sdk` stage has one.
    let media_threads = std::env::var("ANTEROOM_MEDIA_THREADS").unwrap_or_else(|_| "2".to_owned());
    let mut counts = Counts::default();
    for part in ["clients", "compare"] {
        let output = run_captured(
            command("npm", &["run", "--silent", part])
                .current_dir(&directory)
                .env("ANTEROOM_PLAIN", &anteroom)
                .env("ANTEROOM_MEDIA_THREADS", &media_threads)
                .env("ANTEROOM_CHROMIUM", &chromium)
                .env("LIVEKIT_SERVER", &livekit),
        )?;
        counts.add(count_node(&output));
    }
    Ok(Proof::Tests(counts))
}
