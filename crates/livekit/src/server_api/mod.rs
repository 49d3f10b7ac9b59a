//! The server API: what programs with an API key may ask of the rooms, and how they are answered.
//!
//! One request is read in this order: [`Method`] (is there such a door), [`Encoding`], [`Caller`] (who asks, and
//! may they at all), then the body as an [`Order`]. Whoever may not is refused before their bytes are read.

mod api_request;
mod api_response;
mod caller;
mod encoding;
mod limits;
mod method;
mod twirp_error;

pub use api_request::read_request;
pub use api_response::write_response;
pub use caller::Caller;
pub use encoding::Encoding;
pub use limits::LONGEST_BODY;
pub use method::{Method, RequiredGrant};
pub use twirp_error::{Code, TwirpError};

#[cfg(test)]
mod tests;
