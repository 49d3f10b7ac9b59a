//! The shell of the rooms: sockets, threads, timers.
