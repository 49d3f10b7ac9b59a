//! What is read from a request: who asks, from where, what they sent, and how much they may ask.

pub(crate) mod auth;
pub(crate) mod client_address;
pub(crate) mod extract;
pub(crate) mod rate_limit;
