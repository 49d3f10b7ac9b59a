//! Bandwidth estimation (congestion control): budget, allocation to layers, connection quality.

pub(crate) mod allocation;
pub(crate) mod budget;
pub(crate) mod connection_score;
