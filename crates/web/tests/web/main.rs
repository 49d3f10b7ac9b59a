//! Tests of the HTTP routes, in process: no socket, no browser.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod api;
mod authorization;
mod bad_input;
mod client;
mod companions;
mod handovers;
mod headers;
mod keys;
mod languages;
mod links;
mod live;
mod logins;
mod long_lists;
mod monitoring;
mod pages;
mod records;
mod setup;
mod shared_streams;
mod site;
mod staff;
mod states;
