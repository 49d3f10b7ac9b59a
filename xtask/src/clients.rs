//! LiveKit's own client in real browsers, against our media server and against LiveKit's.

use anyhow::Result;

use crate::counts::{Counts, of_node};
use crate::run::{command, run_heard};
use crate::stages::Proof;
use crate::{needs, place, plain};

/// What our server does for it, and then the same session on both servers, told alike.
pub(crate) fn stage() -> Result<Proof> {
    let directory = place::root().join("e2e");
    needs::node()?;
    needs::packages(&directory)?;
    let chromium = needs::chromium()?;
    needs::firefox()?;
    let (ours, theirs) = (plain::build()?, needs::livekit_server()?);
    let mut counts = Counts::default();
    for part in ["clients", "compare"] {
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
