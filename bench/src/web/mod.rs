//! HTTP as browsers and API clients use it: connections that are kept and opened again, from many addresses, and event
//! streams. What was measured, by step.

mod access;
mod address;
mod client;
mod connection;
mod event_stream;
mod process_limits;
mod steps;

pub(crate) use self::access::{Access, GuestAccess, LoginAccess};
pub(crate) use self::address::{address, server_address};
pub(crate) use self::client::{WebClient, WebRequest};
pub(crate) use self::event_stream::{EventStream, ServerEvent};
pub(crate) use self::process_limits::raise_open_files;
pub(crate) use self::steps::{StepResult, Steps};
