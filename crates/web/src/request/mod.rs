//! Reading requests: authentication, client address, logins, rate limits, extractors for bodies and parameters.

pub(crate) mod auth;
pub(crate) mod browser_name;
pub(crate) mod client_address;
pub(crate) mod extract;
mod forwarded;
pub(crate) mod language;
pub(crate) mod login;
pub(crate) mod login_limits;
pub(crate) mod rate_limit;
