//! Bandwidth estimation, its distribution over layers, and connection quality.

pub(crate) mod allocation;
pub(crate) mod budget;
pub(crate) mod connection_score;
