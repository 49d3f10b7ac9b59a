//! The shell of the rooms: sockets, threads, timers.

mod courier;
mod door;
mod embedded;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod hall;
mod names;
mod net;
pub mod thread;
pub mod wire;

pub use embedded::{Config, Embedded};
pub use reqwest::Url;
