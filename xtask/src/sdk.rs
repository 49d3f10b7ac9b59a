//! The `sdk` stage: LiveKit's unmodified SDKs against our media server. See e2e/sdk/README.md.

use std::path::Path;

use anyhow::{Result, bail, ensure};

use crate::media_server::{self, KEY, MediaServer, SECRET};
use crate::process::{command, run_captured};
use crate::stages::{PartsFailed, Proof};
use crate::test_counts::{Counts, count_go, count_node, count_pytest, count_stories, count_vitest};
use crate::{install, paths};

type Part = (&'static str, fn(&Path) -> Result<Counts>);

const PARTS: &[Part] = &[
    ("node: the server API", node_server),
    ("node: the SDK's published tests", node_published),
    ("python: sessions and the server API", python),
    ("python: the SDK's published tests", python_published),
    ("go: sessions and the server API", go),
    ("go: the SDK's published tests", go_published),
];

/// Sessions with one and with two peer connections, without and with end-to-end encryption; then the server API.
const PYTHON_STORIES: &[&[&str]] = &[
    &["session_story.py"],
    &["session_story.py", "--older"],
    &["session_story.py", "--sealed"],
    &["session_story.py", "--older", "--sealed"],
    &["server_story.py"],
];

/// Left out: H265, for which the SDK has no software encoder. By itself the test would count as skipped.
const PYTHON_PUBLISHED: &str = "not h265";

/// Runs every part, also after a failed one. A part in which no test ran has failed.
pub(crate) fn stage() -> Result<Proof> {
    let program = media_server::build()?;
    let mut counts = Counts::default();
    let mut failed = Vec::new();
    for (name, part) in PARTS {
        println!("\n─ {name}");
        match part(&program).and_then(|ran| require_tests(&ran)) {
            Ok(ran) => counts.add(ran),
            Err(error) => {
                println!("─ {name}: {error:#}");
                failed.push((*name, error));
            }
        }
    }
    if !failed.is_empty() {
        bail!(PartsFailed(failed));
    }
    Ok(Proof::Tests(counts))
}

fn require_tests(ran: &Counts) -> Result<Counts> {
    ensure!(ran.ran > 0, "no test ran");
    Ok(*ran)
}

fn node_server(program: &Path) -> Result<Counts> {
    let directory = paths::root().join("e2e/sdk/node");
    install::node()?;
    install::packages(&directory)?;
    let mut tests = command("npm", &["run", "--silent", "server"]);
    let output = run_captured(tests.current_dir(&directory).env("ANTEROOM_PLAIN", program))?;
    Ok(count_node(&output))
}

fn node_published(program: &Path) -> Result<Counts> {
    let server = MediaServer::start(program)?;
    let output = run_captured(
        command("npm", &["run", "--silent", "test"])
            .current_dir(paths::root().join("e2e/sdk/node"))
            .env("NO_COLOR", "1")
            .env("LIVEKIT_URL", server.url())
            .env("LIVEKIT_API_KEY", KEY)
            .env("LIVEKIT_API_SECRET", SECRET),
    )?;
    Ok(count_vitest(&output))
}

fn python(program: &Path) -> Result<Counts> {
    let directory = paths::root().join("e2e/sdk/python");
    let requirements = std::fs::read_to_string(directory.join("requirements.txt"))?;
    let python = install::python_environment("python", &requirements)?.join("bin/python");
    let server = MediaServer::start(program)?;
    let mut counts = Counts::default();
    for story in PYTHON_STORIES {
        let mut play = command(&python.to_string_lossy(), story);
        counts.add(count_stories(&run_captured(play.arg(server.url()).current_dir(&directory))?));
    }
    Ok(counts)
}

/// The tests with media: sizes of the simulcast layers, an audible sweep, colours.
fn python_published(program: &Path) -> Result<Counts> {
    let directory = paths::root().join("e2e/sdk/python");
    let [sdk, pytest] = ["requirements.txt", "published/requirements.txt"].map(|list| directory.join(list));
    let requirements = std::fs::read_to_string(sdk)? + &std::fs::read_to_string(pytest)?;
    let environment = install::python_environment("python-published", &requirements)?;
    let tests = install::python_source(&environment, "livekit", &requirements)?.join("tests");
    let server = MediaServer::start(program)?;
    let mut play = command(&environment.join("bin/python").to_string_lossy(), &["-m", "pytest", "-v"]);
    play.args(["-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "-k", PYTHON_PUBLISHED]);
    play.args(["test_change_video_quality.py", "test_audio.py", "test_video.py"]).current_dir(tests);
    play.env("PYTHONPATH", directory.join("published")).env("LIVEKIT_URL", server.url());
    play.env("LIVEKIT_API_KEY", KEY).env("LIVEKIT_API_SECRET", SECRET);
    Ok(count_pytest(&run_captured(&mut play)?))
}

fn go(program: &Path) -> Result<Counts> {
    let mut tests = install::go(&["test", "-count=1", "-v", "./..."])?;
    let output = run_captured(tests.current_dir(paths::root().join("e2e/sdk/go")).env("ANTEROOM_PLAIN", program))?;
    Ok(count_go(&output))
}

/// These tests use a fixed server address, so they run in a network namespace where it is free.
fn go_published(program: &Path) -> Result<Counts> {
    let directory = paths::root().join("e2e/sdk/go");
    let tests = paths::reference_dir()?.join("go-sdk.test");
    let mut build =
        install::go(&["test", "-c", "-o", &tests.to_string_lossy(), "github.com/livekit/server-sdk-go/v2"])?;
    run_captured(build.current_dir(&directory))?;
    let mut play = install::in_own_network(&["sh", "published.sh"])?;
    let output = run_captured(play.arg(program).arg(&tests).current_dir(&directory))?;
    Ok(count_go(&output))
}
