//! How domain values lie in columns: instants as milliseconds, ids and choices as their written form.

use std::str::FromStr;

use anteroom_domain::SecretHash;
use jiff::Timestamp;

use crate::Error;

/// An instant as stored.
pub(crate) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// An instant that may be missing.
pub(crate) fn millis_of(at: Option<Timestamp>) -> Option<i64> {
    at.map(millis)
}

/// An instant as read.
pub(crate) fn instant(column: &'static str, millis: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(millis).map_err(|_| Error::Corrupt { column })
}

/// An instant that may be missing, as read.
pub(crate) fn instant_of(column: &'static str, millis: Option<i64>) -> Result<Option<Timestamp>, Error> {
    millis.map(|millis| instant(column, millis)).transpose()
}

/// A text that must be one of ours.
pub(crate) fn parse<T: FromStr>(column: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Corrupt { column })
}

/// A value that the row's other columns promise.
pub(crate) fn present<T>(column: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or(Error::Corrupt { column })
}

/// The 32 bytes of a hash.
pub(crate) fn hash(column: &'static str, bytes: &[u8]) -> Result<SecretHash, Error> {
    let bytes = bytes.try_into().map_err(|_| Error::Corrupt { column })?;
    Ok(SecretHash::from_bytes(bytes))
}
