//! Two programs on one PostgreSQL database, as processes.

#![allow(clippy::unwrap_used, reason = "a failing test may panic anywhere")]
#![allow(clippy::disallowed_methods, reason = "tasks of the mail server end with the test")]

mod mail;
mod node;
mod story;
