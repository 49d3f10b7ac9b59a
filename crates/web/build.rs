//! Whether `ui/dist` is built. A release build embeds it, must be rebuilt when it changes, and does not compile without
//! it (`src/assets.rs`).

use std::path::Path;

fn main() {
    let debug = std::env::var_os("PROFILE").is_some_and(|profile| profile == "debug");
    let watched = if debug { "build.rs" } else { "../../ui/dist" }; // a debug build reads the files from disk
    println!("cargo:rerun-if-changed={watched}");
    println!("cargo:rustc-check-cfg=cfg(ui_is_built)");
    if Path::new("../../ui/dist/.vite/manifest.json").is_file() {
        println!("cargo:rustc-cfg=ui_is_built");
    }
}
