//! Tests of the use cases on a complete site.

mod accounts;
mod api_keys;
mod key_scopes;
mod password_links;
mod setting_up;

mod booking;
mod cancelling;
mod companions;
mod handovers;
mod invitations;
mod messages;

mod join_window;
mod live_updates;
mod removals;
mod seats;
mod tickets;
mod waiting_room;

mod attendance;
mod deserted;
mod ended_access;
mod ending;
mod records;
mod still_there;

mod hosted;
mod simultaneous;
mod time_zone_changes;

mod acknowledged;
mod audit;
mod authorization;
mod privacy;
mod races;
mod two_programs;
mod users;

use anteroom_app::{Error, Result};
use anteroom_domain::FieldError;

/// The error code, or `yes`.
fn error_code<T>(answer: Result<T>) -> &'static str {
    match answer {
        Ok(_) => "yes",
        Err(error) => error.code(),
    }
}

/// All field errors, in alphabetical order.
fn wrong_fields<T>(answer: Result<T>) -> Vec<(&'static str, FieldError)> {
    match answer {
        Err(Error::Invalid(fields)) => {
            let mut named: Vec<_> = fields.iter().collect();
            named.sort_unstable();
            named
        }
        Ok(_) => panic!("it was accepted"),
        Err(other) => panic!("{other:?}"),
    }
}
