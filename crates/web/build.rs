//! A release build embeds `ui/dist` and must be rebuilt when it changes.

fn main() {
    let debug = std::env::var_os("PROFILE").is_some_and(|profile| profile == "debug");
    let watched = if debug { "build.rs" } else { "../../ui/dist" }; // a debug build reads the files from disk
    println!("cargo:rerun-if-changed={watched}");
}
