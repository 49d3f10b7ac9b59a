//! Rooms with real peers on a simulated network, in virtual time.

mod client;
mod encoder;
mod sim;
mod track;

mod codecs;
mod cost;
mod data;
mod failing;
mod forwarding;
mod lossy;
mod narrow;
mod offering;
mod probing;
mod promises;
mod quality;
mod simulcast;
mod sync;

pub(crate) use sim::origin;
