//! The shell of the rooms: sockets, threads, timers.

pub mod thread;
pub mod wire;
