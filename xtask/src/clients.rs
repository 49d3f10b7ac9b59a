//! LiveKit's own client in real browsers, against our media server and against LiveKit's.

use anyhow::Result;

use crate::process::{command, run_heard};
use crate::stages::Proof;
use crate::test_counts::{Counts, of_node};
use crate::{install, media_server, paths};

/// What our server does for it, and then the same session on both servers, told alike.
pub(crate) fn stage() -> Result<Proof> {
    let directory = paths::root().join("e2e/clients");
    install::node()?;
    install::packages(&directory)?;
    let chromium = install::chromium()?;
    install::firefox()?;
    let (ours, theirs) = (media_server::build()?, install::livekit_server()?);
    let mut counts = Counts::default();
    for part in ["stories", "compare"] {
        let said = run_heard(
            command("npm", &["run", "--silent", part])
                .current_dir(&directory)
                .env("ANTEROOM_PLAIN", &ours)
                .env("ANTEROOM_CHROMIUM", &chromium)
                .env("LIVEKIT_SERVER", &theirs),
        )?;
        counts.add(of_node(&said));
    }
    Ok(Proof::Tests(counts))
}
