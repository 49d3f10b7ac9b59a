//! Tests of the program as its users start it.

#![allow(clippy::unwrap_used, reason = "a failing test may panic anywhere")]

mod commands;
mod configuration;
mod endpoints;
mod first_setup;
mod flood;
mod metrics;
mod running;
mod shared_database;
