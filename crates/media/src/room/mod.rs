//! Orchestration: one file for each thing that [`media::Media`] does with the values of the other folders.

pub(crate) mod allocate;
pub(crate) mod catch_panic;
pub(crate) mod client_offer;
pub(crate) mod data;
pub(crate) mod description;
pub(crate) mod dynacast;
pub(crate) mod forward;
pub(crate) mod keyframe_request;
pub(crate) mod layer_selection;
pub(crate) mod limit_senders;
pub(crate) mod loudest_audio;
pub(crate) mod media;
pub(crate) mod mute;
pub(crate) mod peers;
mod person;
pub(crate) mod report_audio_level;
pub(crate) mod report_quality;
pub(crate) mod routes;
pub(crate) mod server_offer;
pub(crate) mod subscribe;
