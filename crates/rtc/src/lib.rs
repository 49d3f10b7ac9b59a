//! The shell of the rooms: sockets, threads, timers.

mod net;
pub mod thread;
pub mod wire;
