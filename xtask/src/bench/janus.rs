//! Janus with its VideoRoom plugin: a folder with the configuration of one run.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process::command;

/// An address outside this machine (RFC 5737). Nothing is sent to it.
const ELSEWHERE: &str = "192.0.2.254:9";
/// All that is loaded: the rest of the package would only use memory.
const MODULES: [&str; 2] = ["libjanus_videoroom.so", "libjanus_websockets.so"];

/// Writes the configuration: signalling on this port of the loopback address, media on the machine's own address, which
/// ICE needs here (Janus takes no loopback address), as ICE-lite, as a public server runs.
pub(super) fn write_configuration(folder: &Path, port: u16, event_loops: u16) -> Result<()> {
    for (kind, module) in ["plugins", "transports"].into_iter().zip(MODULES) {
        std::fs::create_dir_all(folder.join(kind))?;
        std::os::unix::fs::symlink(installed(module)?, folder.join(kind).join(module))?;
    }
    let (path, own) = (folder.display(), own_address()?);
    let server = format!(
        r#"general: {{
  configs_folder = "{path}"
  plugins_folder = "{path}/plugins"
  transports_folder = "{path}/transports"
  debug_level = 4
  debug_colors = false
  event_loops = {event_loops}
}}
media: {{ ipv6 = false }}
nat: {{
  ice_lite = true
  ice_enforce_list = "{own}"
}}
loggers: {{ disable = "libjanus_jsonlog.so" }}
"#
    );
    let signalling = format!(
        r#"general: {{
  json = "compact"
  ws = true
  ws_port = {port}
  ws_interface = "lo"
}}
"#
    );
    std::fs::write(folder.join("janus.jcfg"), server)?;
    std::fs::write(folder.join("janus.transport.websockets.jcfg"), signalling)?;
    Ok(std::fs::write(folder.join("janus.plugin.videoroom.jcfg"), "general: {\n}\n")?)
}

/// The path of a file of the Debian package.
fn installed(module: &str) -> Result<String> {
    let output = command("dpkg", &["--listfiles", "janus"]).output().context("cannot start dpkg")?;
    let files = String::from_utf8_lossy(&output.stdout).into_owned();
    let file = files.lines().find(|file| file.ends_with(&format!("/{module}")));
    file.map(str::to_owned).with_context(|| format!("the package janus has no {module}"))
}

fn own_address() -> Result<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(ELSEWHERE).context("Janus takes no loopback address, and this machine has no other")?;
    match socket.local_addr()?.ip() {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(_) => bail!("this machine has no IPv4 address"),
    }
}
