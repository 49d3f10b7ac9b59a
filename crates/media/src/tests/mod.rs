//! Rooms with str0m clients on a simulated network, in virtual time.

mod client;
mod encoder;
mod sim;
mod track;

mod arrival;
mod av_sync;
mod bandwidth;
mod codecs;
mod connection_quality;
mod cost;
mod data;
mod data_budget;
mod delay;
mod failures;
mod forged_packets;
mod forwarding;
mod groups;
mod half_open;
mod keyframe_budget;
mod memory;
mod negotiation_cost;
mod packet_loss;
mod probing;
mod routing_property;
mod scalability;
mod server_offers;
mod simulcast;

pub(crate) use sim::origin;
