//! A release build holds the browser's files inside; it must be made again when they change.

fn main() {
    let debug = std::env::var_os("PROFILE").is_some_and(|profile| profile == "debug");
    let watched = if debug { "build.rs" } else { "../../ui/dist" }; // in debug they are read from disk
    println!("cargo:rerun-if-changed={watched}");
}
