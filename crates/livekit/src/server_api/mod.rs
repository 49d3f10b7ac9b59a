//! LiveKit's server API (`livekit.RoomService`, Twirp) for clients with an API key.
//!
//! A request is read in this order: [`Method`] (does it exist), [`Encoding`], [`Caller`] (authentication and grants),
//! then the body. An unauthorised caller is refused before the body is read.

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
