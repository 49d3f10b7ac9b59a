//! Who asks, and what their token lets them ask.

use super::method::{Method, Needs};
use super::twirp_error::{Code, Fault};
use crate::token::{Claims, Keys};

/// Somebody with a token that a key of ours signed.
#[derive(Debug)]
pub struct Caller(Claims);

impl Caller {
    /// Reads the `Authorization` header. `now` is in seconds since 1970.
    pub fn identify(keys: &Keys, authorization: Option<&str>, now: i64) -> Result<Self, Fault> {
        // No token and a token for something else are answered alike, as clients know it.
        let header = authorization.ok_or_else(Fault::denied)?;
        let no_bearer = || Fault::new(Code::Unauthenticated, "the Authorization header must start with Bearer");
        let token = header.strip_prefix("Bearer ").ok_or_else(no_bearer)?;
        let claims = keys.verify(token, now);
        claims.map(Self).map_err(|error| Fault::new(Code::Unauthenticated, error.to_string()))
    }

    /// May they call this at all? Which room an administrator may call it for is asked once the room is known.
    pub fn may_call(&self, method: Method) -> Result<(), Fault> {
        let video = &self.0.video;
        let granted = match method.needs() {
            Needs::Create => video.room_create,
            Needs::List => video.room_list,
            Needs::Admin => video.room_admin,
        };
        if granted { Ok(()) } else { Err(Fault::denied()) }
    }

    pub(super) fn administers(&self, room: &str) -> Result<(), Fault> {
        let video = &self.0.video;
        if video.room_admin && video.room == room { Ok(()) } else { Err(Fault::denied()) }
    }

    /// May they bring somebody from the one room to the other?
    pub(super) fn moves_to(&self, room: &str, destination: &str) -> Result<(), Fault> {
        self.administers(room)?;
        if self.0.video.destination_room == destination { Ok(()) } else { Err(Fault::denied()) }
    }
}
