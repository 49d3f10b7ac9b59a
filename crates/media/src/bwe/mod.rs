//! Bandwidth estimation (congestion control): budget, allocation to layers, limits for publishers, connection quality.

pub(crate) mod allocation;
pub(crate) mod budget;
pub(crate) mod connection_score;
pub(crate) mod last_estimates;
pub(crate) mod sender_limit;
