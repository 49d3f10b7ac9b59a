//! The caller of the server API, and the grants of its token.

use super::method::{Method, RequiredGrant};
use super::twirp_error::{Code, TwirpError};
use crate::token::{Claims, Keys};

/// An API client with a valid token.
#[derive(Debug)]
pub struct Caller(Claims);

impl Caller {
    /// Reads the `Authorization` header. `now` is in seconds since 1970.
    pub fn identify(keys: &Keys, authorization: Option<&str>, now: i64) -> Result<Self, TwirpError> {
        // A missing token and a missing grant get the same answer, as on LiveKit's server.
        let header = authorization.ok_or_else(TwirpError::request_denied)?;
        let no_bearer = || TwirpError::new(Code::Unauthenticated, "the Authorization header must start with Bearer");
        let token = header.strip_prefix("Bearer ").ok_or_else(no_bearer)?;
        let claims = keys.verify(token, now);
        claims.map(Self).map_err(|error| TwirpError::new(Code::Unauthenticated, error.to_string()))
    }

    /// Checks the grant for a method. `roomAdmin` is limited to a room, which is checked after the body is read.
    pub fn may_call(&self, method: Method) -> Result<(), TwirpError> {
        let video = &self.0.video;
        let granted = match method.required_grant() {
            RequiredGrant::Create => video.room_create,
            RequiredGrant::List => video.room_list,
            RequiredGrant::Admin => video.room_admin,
        };
        if granted { Ok(()) } else { Err(TwirpError::request_denied()) }
    }

    pub(super) fn check_room_admin(&self, room: &str) -> Result<(), TwirpError> {
        let video = &self.0.video;
        if video.room_admin && video.room == room { Ok(()) } else { Err(TwirpError::request_denied()) }
    }

    /// Checks the grant to move a participant from one room to another.
    pub(super) fn check_move(&self, room: &str, destination: &str) -> Result<(), TwirpError> {
        self.check_room_admin(room)?;
        if self.0.video.destination_room == destination { Ok(()) } else { Err(TwirpError::request_denied()) }
    }
}
